"""The voice: how findings and results are told."""
