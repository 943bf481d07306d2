"""A finding in the middle of a run: before it is known what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tapfix.api.result import Place
from tapfix.edits import Finding
from tapfix.rule import Rule


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a rule, and its place in the source as it was then.

    ``held_back`` says why its fix may not be applied, if it has one that may not.
    """

    finding: Finding
    rule: Rule = field(compare=False)
    place: Place
    held_back: str | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether there is a fix that may be applied."""
        return self.finding.fix is not None and self.held_back is None
