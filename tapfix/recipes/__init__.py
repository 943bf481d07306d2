"""Edits that several codemods need, made once: from the app to edits, no finding in them."""
