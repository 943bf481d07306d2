"""Text from sources and file names, made fit for a terminal or a log: it cannot give orders."""

from __future__ import annotations

import re

# What a terminal obeys, what turns the text around it, what ends a line.
_ORDERS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_IN_TEXT = re.compile(f"[{_ORDERS}]")
_IN_LINE = re.compile(f"[{_ORDERS}\t\n]")
_SIGN = "\ufffd"


def clean_text(text: str) -> str:
    """A text of several lines with a sign for each character that is an order."""
    return _IN_TEXT.sub(_SIGN, text.replace("\r\n", "\n"))


def clean_name(name: str) -> str:
    """A name on one line, whatever it holds: in a log, a line of its own may be an order."""
    return _IN_LINE.sub(_SIGN, name)


def clean_line(text: str) -> str:
    """Prose on one line."""
    return clean_name(" ".join(text.split()))
