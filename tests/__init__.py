"""Tests of tapfix."""
