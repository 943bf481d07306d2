"""The real Python signatures, read from the installed package's own source.

Importing the package would start Node and take minutes for all modules; its source is regular
enough to be searched as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_TYPE = 'jsii_type="'
_INIT = "def __init__("
_LIST = "\n__all__ = [\n"


def constructors(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The jsii name and the parameters of each class in a module, ``self`` left out.

    A ``*`` stands in the list where keywords begin. Classes that inherit their constructor are
    not among them.
    """
    text = path.read_text(encoding="utf-8")
    end = 0
    while (start := text.find(_INIT, end)) >= 0:
        searched, end = end, text.index(") -> None:", start)
        start = text.rindex(_INIT, start, end)  # earlier ones stand in a docstring's example
        owner = text.rfind(_TYPE, searched, start)
        if owner >= 0:
            name = text[owner + len(_TYPE) : text.index('"', owner + len(_TYPE))]
            yield name, _parameters(text[start + len(_INIT) : end])


def exported(path: Path) -> frozenset[str]:
    """The names in a module's ``__all__``."""
    _, _, rest = path.read_text(encoding="utf-8").partition(_LIST)
    return frozenset(re.findall(r'"(\w+)"', rest.partition("\n]\n")[0]))


def _parameters(text: str) -> list[str]:
    if "\n" in text:
        lines = (line.strip() for line in text.splitlines())
        names = [re.split(r"[:,=]", line)[0] for line in lines if line]
    else:
        names = [found[1] for found in re.finditer(r"(?:^|, )(\*?\w*)(?=[:,]|$)", text)]
    return [name for name in names if name != "self"]
