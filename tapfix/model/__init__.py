"""The eyes: an app's source, read once into plain values. No rule lives here."""
