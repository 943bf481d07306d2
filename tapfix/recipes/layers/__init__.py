"""Layers of the packages that functions lack."""
