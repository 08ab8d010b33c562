"""The Platform as processes of this machine."""
