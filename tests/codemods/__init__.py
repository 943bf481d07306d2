"""Tests of the codemods, beyond their own examples."""
