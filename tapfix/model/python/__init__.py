"""How an app's Python reads: names, values, calls, paths."""
