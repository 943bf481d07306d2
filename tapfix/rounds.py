"""Apps that share files, worked on until their fixes leave nothing to change.

Each round reads what the last one made of the sources, so a fix that needs another's result comes
out in the same run. Everything happens in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tapfix.config import Config
from tapfix.discover import is_below
from tapfix.edits import Finding
from tapfix.finding import Found, Look, crash, look
from tapfix.layout import LineLengths
from tapfix.model.source import Problem
from tapfix.result import Change, Reported, Status
from tapfix.rule import Rule

ROUNDS = 10
"""So many rounds at most: fixes that go on changing each other's result are an error of ours."""


@dataclass(frozen=True, slots=True)
class Target:
    """An app, the rules that apply to it, and its configuration."""

    root: str
    files: Mapping[str, bytes]
    rules: tuple[Rule, ...]
    config: Config


@dataclass(frozen=True, slots=True)
class Outcome:
    """What work on some apps came to. ``suppressed`` counts the findings that comments silence."""

    findings: tuple[Reported, ...] = ()
    changes: Mapping[str, Change] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unused: tuple[Problem, ...] = ()
    suppressed: int = 0
    v1_files: tuple[str, ...] = ()


@dataclass(slots=True)
class Work:
    """Apps that share files, under work.

    ``sources`` are their files after the rounds so far, and ``before`` what the changed ones held
    at first; None: no file. ``looks`` are what was last seen, by the app's root.
    """

    targets: Sequence[Target]
    is_asked: Callable[[str], bool]
    sources: dict[str, bytes | None] = field(default_factory=dict)
    before: dict[str, bytes | None] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    fixed: list[Found] = field(default_factory=list)

    def look(self, targets: Iterable[Target]) -> None:
        """See what the rules find in the apps as their sources stand now."""
        for target in targets:
            files = {path: data for path in self._files_of(target) if (data := self.sources[path])}
            self.looks[target.root] = look(target.root, files, target.rules, target.config)
