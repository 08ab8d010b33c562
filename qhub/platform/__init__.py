"""What must exist: Config → Platform."""
