"""Programs that tests run in another environment than their own."""
