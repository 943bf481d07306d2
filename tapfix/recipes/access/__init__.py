"""Letting functions reach what they use: rights, networks, logins."""
