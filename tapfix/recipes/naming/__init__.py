"""Names that vary with the environment, and all that goes with a new name."""
