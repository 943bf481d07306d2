"""New string literals in the quotes that a file uses."""

from __future__ import annotations

import re

from tapfix.engine.errors import RewriteError
from tapfix.engine.tokens import scan

_SIMPLE = re.compile(r'([A-Za-z]*)"([^"\'\\]*)"')


def requoted(text: str, quote: str) -> str:
    """Source text with its double-quoted literals in ``quote``, where nothing inside stands in
    the way: no quote, no backslash.
    """
    if quote == '"' or '"' not in text:
        return text
    data = text.encode()
    try:
        literals = [token for token in scan(data) if token.kind == "STRING"]
    except RewriteError:
        return text
    for token in reversed(literals):
        match = _SIMPLE.fullmatch(token.text)
        if match:
            new = f"{match[1]}{quote}{match[2]}{quote}".encode()
            data = data[: token.start] + new + data[token.end :]
    return data.decode()
