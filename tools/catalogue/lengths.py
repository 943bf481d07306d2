"""How long a name may be, where the schema does not say: in words, or in the library's checks."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = re.compile(
    r"\b\d+ (?:to|and|through|-) (?P<range>\d+) (?:[\w/-]+,? ){0,4}?(?:characters|letters)"
    r"|(?:up to|maximum of|at most|no more than|exceed|longer than) (?:a maximum of )?"
    r"(?P<most>\d+) (?:[\w/-]+,? ){0,3}?characters"
    r"|[Mm]aximum length (?:of|is) (?P<length>\d+)"
    r"|\b(?P<fewer>\d+) (?:[\w/-]+,? ){0,2}?characters or (?:fewer|less)"
    r"|[Ll]ength (?:must be )?between \d+ and (?P<between>\d+)"
)


def in_words(text: str) -> int | None:
    """The greatest length that a documentation text states, None if it states none."""
    stated = [int(number) for found in _WORDS.finditer(text) for number in found.groups() if number]
    return min(stated, default=None)


def in_checks(names: Iterable[str], scripts: Iterable[str]) -> int | None:
    """The greatest length that JavaScript lets pass for a value called one of ``names``."""
    called = "|".join(re.escape(name) for name in names)
    checked = re.compile(rf"(?<!\w)(?:{called})\??\.length>(\d+)")
    limits = [int(number) for script in scripts for number in checked.findall(script)]
    return min(limits, default=None)
