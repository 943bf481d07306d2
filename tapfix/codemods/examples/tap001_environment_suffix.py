"""Examples of TAP001."""

from __future__ import annotations

from tapfix.rule import Example

EXAMPLES: tuple[Example, ...] = ()
