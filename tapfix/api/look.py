"""One look at an app: what its rules find, where it stands, and what may not be mended."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from tapfix.api.result import Place
from tapfix.api.silence import idle, silence
from tapfix.config import Config
from tapfix.edits import Finding, Impact
from tapfix.model.app import App, read_app
from tapfix.model.python.kept import Kept
from tapfix.model.python.source import Problem
from tapfix.model.shown import Shown
from tapfix.rule import Profile, Rule

_HARMLESS = frozenset({Impact.NONE, Impact.IN_PLACE, Impact.BEHAVIOUR})


@dataclass(frozen=True, slots=True)
class Target:
    """An app, the rules that apply to it among those that are known, and its configuration.

    ``others`` are those that would apply too, had nobody selected. ``shown`` is what a synthesis of
    its files showed.
    """

    root: str
    files: Mapping[str, bytes]
    rules: tuple[Rule, ...]
    known: tuple[Rule, ...]
    config: Config
    others: tuple[Rule, ...] = ()
    shown: Shown = field(default_factory=Shown)


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


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of an app.

    ``problems`` are files that cannot be read and rules that crashed, ``unused`` suppressions that
    silence nothing, ``v1_files`` the files that use CDK version 1, ``hides`` the passwords that
    findings know which are not among ``found``.
    """

    found: tuple[Found, ...]
    problems: tuple[Problem, ...]
    unused: tuple[Problem, ...]
    suppressed: int
    v1_files: tuple[str, ...]
    hides: tuple[str, ...] = ()


def look(
    target: Target,
    files: Mapping[str, bytes],
    is_asked: Callable[[str], bool],
    tick: Callable[[str], None],
    kept: Kept | None = None,
) -> Look:
    """Read an app from ``files`` and ask its rules about those files that ``is_asked`` for.

    ``kept`` are files that an earlier look has parsed; what this one parses goes there too.
    """
    tick(target.root)
    shown = target.shown.carried_to(files)
    app = read_app(target.root, files, target.config.settings, shown, kept)
    findings: dict[Finding, Rule] = {}
    crashes: list[Problem] = []
    ran: set[str] = set()
    for rule in target.rules:
        tick(target.root)
        try:
            findings.update((finding, rule) for finding in list(rule.find(app)))
            ran.add(rule.code)
        except Exception as error:
            # A rule may come from anywhere, and its fault must not hide what others find.
            crashes.append(crash(app.root, f"{rule.code} {rule.name}", error))
    asked = [finding for finding in findings if is_asked(finding.ref.path)]
    parted = silence(asked, app.files, target.known)
    return Look(
        found=tuple(_found(app, one, findings[one], target.config) for one in parted.kept),
        problems=(*app.problems, *crashes),
        unused=tuple(idle(app, parted.unused, ran, target.known, is_asked)),
        suppressed=len(parted.suppressed),
        v1_files=tuple(module.path for module in app.v1_modules),
        hides=(*_passwords(parted.suppressed), *_passwords(_unasked(app, target))),
    )


def _passwords(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        yield from finding.hides


def _unasked(app: App, target: Target) -> Iterator[Finding]:
    """What rules find that are not selected, but know passwords."""
    for rule in target.known:
        if rule.hides and rule not in target.rules:
            with contextlib.suppress(Exception):  # a crash of a rule that nobody selected
                yield from rule.find(app)


def _found(app: App, finding: Finding, rule: Rule, config: Config) -> Found:
    line, column = app.position(finding.ref)
    place = Place(finding.ref.path, line, column, app.files.get(finding.ref.path))
    return Found(finding, rule, place, _held_back(finding, config))


def crash(root: str, what: str, error: Exception) -> Problem:
    """The one line that says what crashed on which app, and where in the program."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = " ".join(f"{type(error).__name__}: {error}".split())
    return Problem(root, f"{what} crashed here: {message}{where}; please report it")


def _held_back(finding: Finding, config: Config) -> str | None:
    """Why the profile does not let a fix be applied, or None."""
    fix = finding.fix
    if fix is None or not fix.stateful or fix.impact in _HARMLESS:
        return None
    if config.profile is not Profile.PRODUCTION or config.allow_replace:
        return None
    return (
        f"held back in profile production: it replaces a resource that holds data"
        f" ({fix.impact.value}); --allow-replace lets it through"
    )
