"""Text → Config: reading, schema, rules across fields."""
