"""The configurations in the manual, as they are written there."""

from __future__ import annotations

import re
from pathlib import Path

MANUAL = Path(__file__).parents[2] / "docs" / "editors.md"


def block(heading: str, language: str) -> str:
    """The one block of a language under a heading of the manual."""
    parts = re.split(r"^## (.+)\n", MANUAL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    section = dict(zip(parts[1::2], parts[2::2], strict=True))[heading]
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return str(found)
