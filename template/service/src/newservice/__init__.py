"""Does nothing yet."""
