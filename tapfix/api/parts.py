"""The change of a run in parts, each of which can be taken by itself and leaves whole fixes.

Fixes grow into each other: two set arguments of one call, five need the same import, one builds on
what another made. What shares a changed place, or a name that is new, is one part. So a part has
all that its findings change, in all files. Where that cannot be shown, there is one part only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from tapfix.api.hunks import Hunk, hunks_of, opcodes, text_of
from tapfix.api.layout import LineLengths
from tapfix.api.result import Reported, Result, Step
from tapfix.edits import Finding, edited_path
from tapfix.engine.plan import apply_fixes
from tapfix.engine.style import Style


@dataclass(frozen=True, slots=True)
class Part:
    """Findings that are fixed together, and what that changes; hunks are in order of path."""

    findings: tuple[Reported, ...]
    hunks: tuple[Hunk, ...]


def parts_of(result: Result) -> tuple[Part, ...]:
    """The parts of a result's changes, in the order of their first findings.

    Raises ``NoText`` where a file that changes is no text.
    """
    hunks = hunks_of(result)
    ties = _Ties(result, hunks)
    for index, step in enumerate(result.steps):
        for finding in step.applied:
            ties.add(step, finding)
            if finding in step.raised:
                earlier = result.steps[index - step.number + 1 : index]
                ties.add_raised(finding, earlier)
    ties.add_names()
    ties.add_rest()
    parts = ties.parts()
    if len(parts) > 1 and not all(ties.is_whole(part) for part in parts):
        return (Part(result.fixed, hunks),)
    return parts


class _Ties:
    """What belongs together: findings and hunks, each a number, in groups that grow."""

    def __init__(self, result: Result, hunks: Sequence[Hunk]) -> None:
        self._result = result
        self._hunks = hunks
        self._fixed = result.fixed
        self._number = {one.finding: number for number, one in enumerate(self._fixed)}
        self._parent = list(range(len(self._fixed) + len(hunks)))
        self._claimed: set[int] = set()
        self._at: dict[str, list[int]] = {}
        for number, hunk in enumerate(hunks, len(self._fixed)):
            self._at.setdefault(hunk.path, []).append(number)
        lengths = LineLengths()
        self._style = lambda path: Style(lengths.of(path))

    def _group(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def _join(self, one: int, others: Iterable[int]) -> None:
        for other in others:
            self._parent[self._group(other)] = self._group(one)

    def _hunk(self, number: int) -> Hunk:
        return self._hunks[number - len(self._fixed)]

    def add(self, step: Step, finding: Finding) -> None:
        """Tie a finding to the hunks that its fix has a share in."""
        number = self._number.get(finding)
        if number is None or finding.fix is None:
            return
        alone = apply_fixes((finding,), step.before.get, self._style).files
        for path in {edited_path(edit) for edit in finding.fix.edits}:
            mine = self._mine(path, step.before.get(path), alone)
            self._claimed.update(mine)
            self._join(number, mine)

    def _mine(self, path: str, before: bytes | None, alone: Mapping[str, bytes | None]) -> set[int]:
        """The hunks of a file that a fix has a share in: all, if it is not clear in which."""
        here = self._at.get(path, [])
        if path not in alone or not here:
            return set()
        original, _ = self._result.changes[path]
        old, then = text_of(path, original), text_of(path, before)
        back = opcodes(old.lines, then.lines)
        mine: set[int] = set()
        for tag, start, end, _, _ in opcodes(then.lines, text_of(path, alone[path]).lines):
            if tag != "equal":
                span = _carried_back(back, start, end)
                met = {number for number in here if self._hunk(number).meets(*span)}
                if not met:
                    return set(here)
                mine |= met
        return mine

    def add_raised(self, finding: Finding, earlier: Iterable[Step]) -> None:
        """Tie a finding that came up with earlier fixes to these, unless it is to one already."""
        findings = (one for step in earlier for one in step.applied)
        others = [self._number[one] for one in findings if one in self._number]
        number = self._number.get(finding)
        if number is not None and self._group(number) not in map(self._group, others):
            self._join(number, others)

    def add_names(self) -> None:
        """Tie hunks of a file that use a name which is new in it, or which is gone from it."""
        for path, here in self._at.items():
            before, after = self._result.changes[path]
            if path.endswith(".py") and before is not None and after is not None:
                old, new = list(_names(before)), list(_names(after))
                spans = {number: self._hunk(number) for number in here}
                olds = {number: (one.start, one.end) for number, one in spans.items()}
                news = {
                    number: (one.first, one.first + len(one.new)) for number, one in spans.items()
                }
                self._tie_users(new, {name for name, _ in old}, news)
                self._tie_users(old, {name for name, _ in new}, olds)

    def _tie_users(
        self,
        names: Iterable[tuple[str, int]],
        known: Set[str],
        spans: Mapping[int, tuple[int, int]],
    ) -> None:
        users: dict[str, int] = {}
        for name, line in names:
            for number, (start, end) in spans.items():
                if name not in known and start < line <= end:
                    self._join(users.setdefault(name, number), [number])

    def add_rest(self) -> None:
        """Tie a hunk that nobody claims to all fixes that edit its file, or else to all."""
        for path, numbers in self._at.items():
            editors = [
                number
                for number, one in enumerate(self._fixed)
                if one.finding.fix and path in map(edited_path, one.finding.fix.edits)
            ]
            for number in numbers:
                if number not in self._claimed:
                    self._join(number, editors or range(len(self._fixed)))

    def parts(self) -> tuple[Part, ...]:
        """The groups, in the order of their first findings."""
        groups: dict[int, tuple[list[Reported], list[Hunk]]] = {}
        for number, one in enumerate(self._fixed):
            groups.setdefault(self._group(number), ([], []))[0].append(one)
        for number, hunk in enumerate(self._hunks, len(self._fixed)):
            groups.setdefault(self._group(number), ([], []))[1].append(hunk)
        return tuple(Part(tuple(findings), tuple(hunks)) for findings, hunks in groups.values())

    def is_whole(self, part: Part) -> bool:
        """Whether a part is what the fixes of its findings come to without any others.

        Of those that build on others' results, that cannot be asked.
        """
        first = [step for step in self._result.steps if step.number == 1]
        files = {path: data for step in first for path, data in step.before.items()}
        alone = {finding for step in first for finding in step.applied}
        findings = tuple(one.finding for one in part.findings)
        if not alone.issuperset(findings):
            return True
        made = apply_fixes(findings, files.get, self._style).files
        by_path: dict[str, list[Hunk]] = {}
        for hunk in part.hunks:
            by_path.setdefault(hunk.path, []).append(hunk)
        return made.keys() == by_path.keys() and all(
            text_of(path, made[path]).lines == hunks[0].old.patched(hunks)
            for path, hunks in by_path.items()
        )


def _carried_back(
    back: Sequence[tuple[str, int, int, int, int]], start: int, end: int
) -> tuple[int, int]:
    """The range of lines of the first text that a range of lines of the second came from."""
    starts, ends = [], []
    for tag, first, last, other, other_last in back:
        equal = tag == "equal"
        if other <= start <= other_last:
            starts.append(first + start - other if equal else first)
        if other <= end <= other_last:
            ends.append(first + end - other if equal else last)
    return min(starts, default=0), max(ends, default=0)


def _names(data: bytes) -> Iterator[tuple[str, int]]:
    """The names that a file uses or binds, attributes that it sets among them, by 1-based line."""
    tree = ast.parse(data)
    nodes = list(ast.walk(tree))
    stored = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    for node in nodes:
        match node:
            case ast.Name(id=name, lineno=line) | ast.arg(arg=name, lineno=line):
                yield name, line
            case ast.alias(name=name, asname=other, lineno=line):
                yield other or name.partition(".")[0], line
            case ast.FunctionDef(name=name, lineno=line) | ast.ClassDef(name=name, lineno=line):
                yield name, line
            case ast.Attribute(attr=name, end_lineno=int(line)) if name in stored:
                yield name, line
            case _:
                pass
