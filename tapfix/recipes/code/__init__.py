"""The code that functions run: where it lies, and how it minds its errors."""
