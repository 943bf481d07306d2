"""The witness: an app synthesised before and after the change, and what its templates say."""
