"""What each fix of a run changes, taken alone: for whoever judges one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tapfix.api.layout import LineLengths
from tapfix.api.result import Change, Mode, Result, Status
from tapfix.edits import Finding
from tapfix.engine.plan import apply_fixes
from tapfix.engine.style import Style

_OFFERED = (Status.FIXABLE, Status.HELD_BACK)


def alone(result: Result) -> Mapping[Finding, Mapping[str, Change]]:
    """The files that each fix changes, before and after it, by finding and absolute path.

    A fix of a later round starts from what earlier rounds made. Of a report, that wrote nothing,
    it is what the fixes on offer would do to the files on disk. A fix that cannot be applied is
    not among them.
    """
    lengths = LineLengths()

    def style(path: str) -> Style:
        return Style(lengths.of(path))

    found: dict[Finding, Mapping[str, Change]] = {}
    fixed = {one.finding for one in result.fixed}
    for step in result.steps:
        for finding in step.applied:
            if finding in fixed and finding not in found:
                found[finding] = _changes(finding, step.before.get, style)
    if result.mode is Mode.REPORT:
        known = {one.place.path: one.place.data for one in result.findings}
        read = _reader(known)
        for one in result.findings:
            if one.status in _OFFERED and one.finding not in found:
                found[one.finding] = _changes(one.finding, read, style)
    return found


def _changes(
    finding: Finding, read: Callable[[str], bytes | None], style: Callable[[str], Style]
) -> Mapping[str, Change]:
    files = apply_fixes((finding,), read, style).files
    return {path: (read(path), data) for path, data in files.items()}


def _reader(known: Mapping[str, bytes | None]) -> Callable[[str], bytes | None]:
    """Reads files as the run has seen them, or else from the disk; None: there is none."""

    def read(path: str) -> bytes | None:
        data = known.get(path)
        if data is None:
            file = Path(path)
            data = file.read_bytes() if file.is_file() else None
        return data

    return read
