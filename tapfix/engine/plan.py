"""Which fixes are applied: each whole or not at all, over any number of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tapfix.edits import CreateFile, DeleteFile, Edit, Finding, edited_path
from tapfix.engine.errors import RewriteError
from tapfix.engine.merge import Claims, subject
from tapfix.engine.style import Style

Read = Callable[[str], bytes | None]
StyleOf = Callable[[str], Style]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A finding whose fix was left out, and why, in one line."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the fixes come to: new contents by path (None: the file is deleted), and what became of
    each finding that had a fix. A file that stays as it was is not among ``files``.
    """

    files: Mapping[str, bytes | None]
    applied: tuple[Finding, ...]
    refused: tuple[Refusal, ...]


def apply_fixes(findings: Sequence[Finding], read: Read, style_of: StyleOf) -> Outcome:
    """Apply as many fixes as go together; nothing is written.

    ``read`` gives a file's bytes, or None if it does not exist; ``style_of`` its layout settings.
    The order of ``findings`` does not matter: of two fixes that do not go together the later one by
    code and place is refused, with all its edits in all files.
    """
    fixable = sorted((f for f in set(findings) if f.fix is not None), key=_order)
    files = _Files(read, style_of)
    blamed: list[Refusal] = []
    chosen, refused = _without_contradictions(fixable)
    while (blame := _first_blame(chosen, files)) is not None:
        blamed.append(blame)
        fixable.remove(blame.finding)  # what contradicted it may land now
        chosen, refused = _without_contradictions(fixable)
    changed = {path: files.result(path, edits) for path, edits in _by_path(chosen).items()}
    return Outcome(
        {path: new for path, new in sorted(changed.items()) if new != files.before(path)},
        tuple(chosen),
        tuple(sorted([*refused, *blamed], key=lambda refusal: _order(refusal.finding))),
    )


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.ref, finding.message, repr(finding.fix)


def _edits(finding: Finding) -> tuple[Edit, ...]:
    return () if finding.fix is None else finding.fix.edits


def _without_contradictions(findings: Iterable[Finding]) -> tuple[list[Finding], list[Refusal]]:
    """The fixes whose edits can stand beside those of all before them."""
    claims, chosen, refused = Claims(), [], []
    owners: dict[Edit, Finding] = {}
    for finding in findings:
        contradiction = claims.contradicted(_edits(finding))
        if contradiction is None:
            claims.take(_edits(finding))
            chosen.append(finding)
            for edit in _edits(finding):
                owners.setdefault(edit, finding)
        else:
            edit, other = contradiction
            owner = owners.get(other, finding)
            whose = "itself" if owner is finding else f"the fix for {owner.code}"
            reason = f"it contradicts {whose} in {subject(edit)}"
            refused.append(Refusal(finding, reason))
    return chosen, refused


class _Files:
    """The files as they are, and what edits make of them; every result is worked out once."""

    def __init__(self, read: Read, style_of: StyleOf) -> None:
        self._read = read
        self._style_of = style_of
        self._before: dict[str, bytes | None] = {}
        self._results: dict[tuple[str, tuple[Edit, ...]], bytes | RewriteError | None] = {}

    def before(self, path: str) -> bytes | None:
        """The file as it is."""
        if path not in self._before:
            self._before[path] = self._read(path)
        return self._before[path]

    def result(self, path: str, edits: Sequence[Edit]) -> bytes | None:
        """The file after its edits; None if it is deleted. Raises RewriteError."""
        key = (path, tuple(edits))
        if key not in self._results:
            try:
                self._results[key] = self._make(path, edits)
            except RewriteError as error:
                self._results[key] = error
        result = self._results[key]
        if isinstance(result, RewriteError):
            raise result
        return result

    def error(self, path: str, findings: Sequence[Finding]) -> RewriteError | None:
        """Why the file does not come out with the fixes of these findings, if it does not."""
        try:
            self.result(path, _by_path(findings)[path])
        except RewriteError as error:
            return error
        return None

    def _make(self, path: str, edits: Sequence[Edit]) -> bytes | None:
        from tapfix.engine.rewrite import rewrite  # LibCST loads slowly

        before = self.before(path)
        if any(isinstance(edit, (CreateFile, DeleteFile)) for edit in edits):
            return _whole(before, edits)
        if before is None:
            raise RewriteError(f"there is no file {path}")
        return rewrite(before, edits, self._style_of(path), path)


def _whole(before: bytes | None, edits: Sequence[Edit]) -> bytes | None:
    if len(edits) > 1:
        raise RewriteError("another fix changes the file that this one creates or deletes")
    if not isinstance(edits[0], CreateFile):
        return None
    new = edits[0].text.encode()
    if before is not None and before != new:
        raise RewriteError(f"the file {edits[0].path} exists with other content")
    return new


def _by_path(findings: Iterable[Finding]) -> dict[str, list[Edit]]:
    """All edits by the file they change, each once, in the order of the findings."""
    grouped: dict[str, dict[Edit, None]] = {}
    for finding in findings:
        for edit in _edits(finding):
            grouped.setdefault(edited_path(edit), {}).setdefault(edit)
    return {path: list(edits) for path, edits in grouped.items()}


def _first_blame(chosen: Sequence[Finding], files: _Files) -> Refusal | None:
    """The first fix with which a file no longer comes out; None if all files do."""
    for path in sorted(_by_path(chosen)):
        users = [f for f in chosen if any(edited_path(edit) == path for edit in _edits(f))]
        if files.error(path, users) is not None:
            return _blame(path, users, files)
    return None


def _blame(path: str, users: Sequence[Finding], files: _Files) -> Refusal:
    """Halve the fixes of a file until the one is found that does not go with those before it."""
    good, bad = 0, len(users)
    while bad - good > 1:
        middle = (good + bad) // 2
        if files.error(path, users[:middle]) is None:
            good = middle
        else:
            bad = middle
    error = files.error(path, users[:bad])
    assert error is not None
    return Refusal(users[bad - 1], error.reason)
