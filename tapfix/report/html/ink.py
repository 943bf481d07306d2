"""Text that comes from anywhere, made fit to stand in the page: masked, escaped, all of it seen."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from tapfix.report.masking import masked

# What no reader could see, or what would turn the text around it: control and format characters
# (bidirectional ones among them), line separators, halves of pairs.
_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})
_SEEN = dict.fromkeys(map(ord, "\t\n"))
_CODE = re.compile("`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Ink:
    """Writes text from sources and messages into HTML; ``hides`` are passwords."""

    hides: Collection[str] = ()

    def masked(self, text: str) -> str:
        """A text with the mask in the place of passwords, not escaped yet."""
        return masked(text, self.hides) if self.hides else text

    def text(self, text: str) -> str:
        """Text between tags; what cannot be seen is shown by its number."""
        return shown(self.masked(text))

    def prose(self, text: str) -> str:
        """Text in one line, with what stands in backticks as code."""
        line = " ".join(self.masked(text).split())
        return _CODE.sub(r"<code>\1</code>", shown(line))

    def value(self, text: str) -> str:
        """Text where no tags may stand: in double quotes as an attribute's value, in drawings."""
        return html.escape("".join(_named(one) for one in self.masked(text)))


def shown(text: str) -> str:
    """Escaped text between tags, from one that is masked already."""
    if text.isascii() and text.translate(_SEEN).isprintable():
        return html.escape(text)
    pieces = (
        f'<span class="hidden-sign">{_named(one)}</span>' if _is_hidden(one) else html.escape(one)
        for one in text
    )
    return "".join(pieces)


def _is_hidden(character: str) -> bool:
    return ord(character) not in _SEEN and unicodedata.category(character) in _HIDDEN_KINDS


def _named(character: str) -> str:
    return f"U+{ord(character):04X}" if _is_hidden(character) else character
