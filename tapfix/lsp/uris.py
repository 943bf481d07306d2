"""From the editor's URIs to absolute paths and back."""

from __future__ import annotations

import os
from urllib.parse import quote, unquote, urlsplit


def path_of(uri: str) -> str | None:
    """The normal absolute path of a file's URI; None for what is no file on this machine."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path, errors="surrogateescape")
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or "\0" in path:
        return None
    return os.path.normpath(path) if path.startswith("/") else None


def uri_of(path: str) -> str:
    """The URI of an absolute path."""
    return f"file://{quote(os.fsencode(path))}"
