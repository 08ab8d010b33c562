"""A module that lies next to the flows."""
