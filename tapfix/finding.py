"""Running rules over one app: what they find, where it stands, and what the profile holds back."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from tapfix.config import Config
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.model.source import Problem
from tapfix.result import Place
from tapfix.rule import Profile, Rule

_HARMLESS = frozenset({Impact.NONE, Impact.IN_PLACE, Impact.BEHAVIOUR})


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a rule, and its place in the source as it was then.

    ``held_back`` says why its fix may not be applied, if it has one that may not.
    """

    finding: Finding
    rule: Rule
    place: Place
    held_back: str | None = None

    @property
    def fix_is_wanted(self) -> bool:
        """Whether there is a fix that may be applied."""
        return self.finding.fix is not None and self.held_back is None


def find(
    app: App,
    rules: Iterable[Rule],
    config: Config,
    is_asked: Callable[[str], bool],
    problems: list[Problem],
) -> Iterator[Found]:
    """What the rules find in files that are asked for. A rule that crashes is one problem."""
    for rule in rules:
        try:
            findings = list(rule.find(app))
        except Exception as error:
            # A rule may come from anywhere, and its fault must not hide what others find.
            problems.append(crash(app.root, f"{rule.code} {rule.name}", error))
            continue
        for finding in findings:
            if is_asked(finding.ref.path):
                held_back = _held_back(finding, config)
                yield Found(finding, rule, _place(app, finding), held_back)


def crash(root: str, what: str, error: Exception) -> Problem:
    """The one line that says what crashed on which app, and where in the program."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = " ".join(f"{type(error).__name__}: {error}".split())
    return Problem(root, f"{what} crashed here: {message}{where}; please report it")


def _place(app: App, finding: Finding) -> Place:
    line, column = app.position(finding.ref)
    return Place(finding.ref.path, line, column, app.files.get(finding.ref.path))


def _held_back(finding: Finding, config: Config) -> str | None:
    """Why the profile does not let a fix be applied, or None."""
    fix = finding.fix
    if fix is None or not fix.stateful or fix.impact in _HARMLESS:
        return None
    if config.profile is not Profile.PRODUCTION or config.allow_replace:
        return None
    return (
        f"held back in profile production, as it replaces a resource that holds data"
        f" ({fix.impact.value}); --allow-replace applies it"
    )
