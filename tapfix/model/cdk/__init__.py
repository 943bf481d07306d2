"""The constructs of an app, and what its code does with them."""
