"""Examples of each codemod: its tests and its manual page."""
