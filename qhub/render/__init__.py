"""Platform → Bundle → disk."""
