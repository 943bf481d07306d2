"""What becomes of a resource and its data, and how they are encrypted."""
