"""Comments that silence findings, for flaws that templates show."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from tapfix.api.silence import silence
from tapfix.edits import Finding, Ref
from tapfix.model.python.source import SourceError, SourceFile, parse
from tapfix.verify.judge import Seen

Read = Callable[[str], bytes | None]
"""The content of a file, None if there is none."""


def unsilenced(flaws: Iterable[Seen], read: Read) -> tuple[Seen, ...]:
    """The flaws that no comment at the statement that makes their resource silences."""
    flaws = tuple(flaws)
    paths = {seen.path for seen in flaws if seen.path is not None}
    files = {path: data for path in paths if (data := read(path)) is not None}
    sources = {path: _source(path, data) for path, data in files.items()}
    findings = [_finding(seen, sources.get(seen.path or "")) for seen in flaws]
    rules = {seen.rule.code: seen.rule for seen in flaws}
    silent = set(silence(findings, files, tuple(rules.values())).suppressed)
    return tuple(one for one, it in zip(flaws, findings, strict=True) if it not in silent)


def _source(path: str, data: bytes) -> SourceFile | None:
    try:
        return parse(path, data)
    except SourceError:
        return None


def _finding(seen: Seen, source: SourceFile | None) -> Finding:
    """A flaw as a finding at the innermost statement around its line; nowhere without a file."""
    message = f"{seen.resource} {seen.shows}"
    if source is None:
        return Finding(seen.rule.code, Ref("", 0, 0), message)
    statements = (node for node in ast.walk(source.tree) if isinstance(node, ast.stmt))
    around = [
        source.ref(node)
        for node in statements
        if node.lineno <= seen.line <= (node.end_lineno or node.lineno)
    ]
    ref = min(around, key=lambda ref: ref.length, default=Ref(source.path, 0, 0))
    return Finding(seen.rule.code, ref, message)
