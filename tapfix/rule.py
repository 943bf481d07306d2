"""What a codemod is: a code, a name, a severity, a function that finds, and examples."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tapfix.edits import Finding
from tapfix.model.app import App
from tapfix.proof import Proof

MANUAL = "https://tapfix.readthedocs.io/en/stable/rules"
"""Where the manual pages of the built-in rules stand, each under its code in small letters."""


class Severity(enum.Enum):
    """How much a flaw harms, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Profile(enum.Enum):
    """Which intent holds: everything destroyable, or data that must survive."""

    EPHEMERAL = "ephemeral"
    PRODUCTION = "production"


Source = str | Mapping[str, str]
"""A text (the app file of a one-file app) or a tree of files by relative path."""


@dataclass(frozen=True, slots=True)
class Example:
    """A small app and what the rule makes of it.

    ``after`` is None where the rule must stay silent. ``reported`` marks an app in which the rule
    finds something that it does not mend: ``after`` is None too. ``settings`` are tapfix settings
    by their names in ``[tool.tapfix]``.
    """

    title: str
    before: Source
    after: Source | None = None
    reported: bool = False
    settings: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One flaw and its codemod.

    ``doc`` is the manual page: the first line names the flaw, then why it matters, what the fix
    does, and what it leaves alone. ``last``: its fixes build on what those of all other rules make,
    and wait until these are done. ``hides``: its findings know passwords; it is asked for them even
    where it is not selected, since no report may hold one. ``proof`` is what shows in a template
    that a fix holds; for the built-in rules it stands in ``codemods/proofs``, which only a
    verification loads.
    """

    code: str
    name: str
    severity: Severity
    find: Callable[[App], Iterator[Finding]]
    doc: str
    examples: tuple[Example, ...]
    profiles: frozenset[Profile] = frozenset(Profile)
    last: bool = False
    hides: bool = False
    proof: Proof | None = None

    @property
    def page(self) -> str:
        """The address of the rule's page in the manual."""
        return f"{MANUAL}/{self.code.lower()}"
