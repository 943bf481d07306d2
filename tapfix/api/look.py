"""One look at an app: what its rules find, where it stands, and what may not be mended."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from tapfix.api.carrying import carried
from tapfix.api.found import Found
from tapfix.api.result import Place, Reported, Status
from tapfix.api.silence import idle, silence
from tapfix.config import Config
from tapfix.discover.revisions import Uncommitted
from tapfix.edits import Finding, Fix, Impact, edited_path
from tapfix.model.app import App, read_app
from tapfix.model.python.kept import Kept
from tapfix.model.python.source import Problem
from tapfix.model.shown import Shown
from tapfix.rule import Profile, Rule

if TYPE_CHECKING:
    from tapfix.api.baseline import Baseline, Compared

_HARMLESS = frozenset({Impact.NONE, Impact.IN_PLACE, Impact.BEHAVIOUR})


@dataclass(frozen=True, slots=True)
class Target:
    """An app, the rules that apply to it among those that are known, and its configuration.

    ``others`` are those that would apply too, had nobody selected. ``shown`` is what a synthesis of
    its files showed. ``uncommitted`` knows the files that may not be written, if there are such.
    ``baseline`` holds findings to be silent about; ``old``, if not None, are those of an earlier
    look that it had, before fixes of others changed the files: then only these are. ``only`` is
    the one file that may be changed, where others may not.
    """

    root: str
    files: Mapping[str, bytes]
    rules: tuple[Rule, ...]
    known: tuple[Rule, ...]
    config: Config
    others: tuple[Rule, ...] = ()
    shown: Shown = field(default_factory=Shown)
    uncommitted: Uncommitted | None = None
    baseline: Baseline | None = None
    old: tuple[Found, ...] | None = None
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of an app.

    ``problems`` are files that cannot be read and rules that crashed, ``silenced`` findings that a
    comment silences, each with the reason that it gives, ``unused`` suppressions that silence
    nothing, ``v1_files`` the files that use CDK version 1, ``hides`` the passwords that findings
    know which are not among ``found``. ``old`` are findings that the baseline has, ``was`` is what
    they were in the look before the fixes, and ``compared`` is what else there is to say of them.
    """

    found: tuple[Found, ...]
    problems: tuple[Problem, ...]
    unused: tuple[Problem, ...]
    silenced: tuple[tuple[Found, str | None], ...]
    v1_files: tuple[str, ...]
    hides: tuple[str, ...] = ()
    old: tuple[Found, ...] = ()
    was: Mapping[Found, Found] = field(default_factory=dict)
    compared: Compared | None = None


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
    seen = Look(
        found=tuple(_found(app, one, findings[one], target) for one in parted.kept),
        problems=(*app.problems, *crashes),
        unused=tuple(idle(app, parted.unused, ran, target.known, is_asked)),
        silenced=tuple(
            (_found(app, one, findings[one], target), parted.reasons.get(one))
            for one in parted.suppressed
        ),
        v1_files=tuple(module.path for module in app.v1_modules),
        hides=(*_passwords(parted.suppressed), *_passwords(_unasked(app, target))),
    )
    if target.old is not None:
        became = carried(target.old, seen.found)
        return replace(_without(seen, became.keys()), was=became)
    return seen if target.baseline is None else _beside(target.baseline, target.root, seen)


def _beside(baseline: Baseline, root: str, seen: Look) -> Look:
    """A look without what the baseline has; notes are no findings to agree on."""
    found = {_reported(one): one for one in seen.found if not one.finding.note}
    silenced = [_reported(one) for one, _ in seen.silenced]
    compared = baseline.compared(root, tuple(found), silenced, seen.hides)
    return replace(_without(seen, {found[one] for one in compared.old}), compared=compared)


def outgrown(target: Target, seen: Look) -> Mapping[Found, Found]:
    """The old findings that the baseline does not know any more, with what they were.

    Fixes of others have changed both their statements and what is to be said of them.
    """
    if target.baseline is None or not seen.was:
        return {}
    whole = replace(seen, found=(*seen.old, *seen.found))
    known = _beside(target.baseline, target.root, whole).old
    return {now: was for now, was in seen.was.items() if now not in known and not now.finding.note}


def _reported(one: Found) -> Reported:
    return Reported(one.finding, one.rule, one.place, Status.SILENCED)


def _without(seen: Look, old: Set[Found]) -> Look:
    """A look without old findings; what they know is still not to be shown."""
    return replace(
        seen,
        found=tuple(one for one in seen.found if one not in old),
        old=tuple(one for one in seen.found if one in old),
        hides=(*seen.hides, *_passwords(one.finding for one in old)),
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


def _found(app: App, finding: Finding, rule: Rule, target: Target) -> Found:
    line, column = app.position(finding.ref)
    place = Place(finding.ref.path, line, column, app.files.get(finding.ref.path))
    return Found(finding, rule, place, _held_back(finding, target))


def crash(root: str, what: str, error: Exception) -> Problem:
    """The one line that says what crashed on which app, and where in the program."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = " ".join(f"{type(error).__name__}: {error}".split())
    return Problem(root, f"{what} crashed here: {message}{where}; please report it")


def _held_back(finding: Finding, target: Target) -> str | None:
    """Why a fix may not be applied, or None."""
    fix = finding.fix
    if fix is None:
        return None
    return _of_profile(fix, target.config) or _of_git(fix, target) or _of_others(fix, target)


def _of_profile(fix: Fix, config: Config) -> str | None:
    """Why the profile does not let a fix be applied, or None."""
    if not fix.stateful or fix.impact in _HARMLESS:
        return None
    if config.profile is not Profile.PRODUCTION or config.allow_replace:
        return None
    return (
        f"held back in profile production: it replaces a resource that holds data"
        f" ({fix.impact.value}); --allow-replace lets it through"
    )


def _of_others(fix: Fix, target: Target) -> str | None:
    """Why a fix may not be applied where it has to change other files too, or None."""
    if target.only is None:
        return None
    others = sorted({edited_path(edit) for edit in fix.edits} - {target.only})
    names = ", ".join(path.removeprefix(f"{target.root}/") for path in others)
    return f"it changes {names} too, which takes saved files" if others else None


def _of_git(fix: Fix, target: Target) -> str | None:
    """Why git's state of the files that a fix edits does not let it be applied, or None."""
    uncommitted = target.uncommitted
    if uncommitted is None:
        return None
    paths = sorted({edited_path(edit) for edit in fix.edits})
    touched = [path.removeprefix(f"{target.root}/") for path in paths if uncommitted.holds(path)]
    if not touched:
        return None
    verb = "has" if len(touched) == 1 else "have"
    return f"{', '.join(touched)} {verb} uncommitted changes, which --require-clean leaves alone"
