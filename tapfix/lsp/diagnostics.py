"""From findings to the editor's diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lsprotocol.types import (
    CodeDescription,
    Diagnostic,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    DiagnosticTag,
    Location,
    Range,
)

from tapfix.api.found import Found
from tapfix.api.workspace import Sight, View
from tapfix.edits import Ref
from tapfix.lsp.client import Client
from tapfix.lsp.documents import Document, text_of
from tapfix.lsp.shift import Shift, shift_between
from tapfix.lsp.text import Text
from tapfix.lsp.uris import uri_of
from tapfix.model.python.source import Problem
from tapfix.rule import Severity

SOURCE = "tapfix"
_SEVERITIES = {
    Severity.CRITICAL: DiagnosticSeverity.Error,
    Severity.HIGH: DiagnosticSeverity.Warning,
    Severity.MEDIUM: DiagnosticSeverity.Information,
    Severity.LOW: DiagnosticSeverity.Information,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as the editor shows it, and the app that it is of."""

    diagnostic: Diagnostic
    found: Found
    sight: Sight


@dataclass(frozen=True, slots=True)
class Board:
    """All that is to be shown, by path; ``idle`` are comments that silence nothing."""

    shown: Mapping[str, Sequence[Shown]]
    idle: Mapping[str, Sequence[Diagnostic]]

    def diagnostics(self, path: str) -> list[Diagnostic]:
        """What is to be shown in a file."""
        return [*(one.diagnostic for one in self.shown.get(path, ())), *self.idle.get(path, ())]


def board_of(view: View, documents: Mapping[str, Document], client: Client) -> Board:
    """What the editor is to show of all apps; what several apps find is shown once."""
    shown: dict[str, dict[tuple[object, ...], Shown]] = {}
    idle: dict[str, dict[Problem, Diagnostic]] = {}
    for sight in view.sights:
        places = _Places(sight, documents, client)
        for found in sight.look.found:
            finding = found.finding
            known = shown.setdefault(finding.ref.path, {})
            key = (finding.code, finding.ref.offset, finding.ref.length, finding.message)
            if key not in known:
                known[key] = Shown(_diagnostic(found, places, client), found, sight)
        for problem in sight.look.unused:
            known_idle = idle.setdefault(problem.path, {})
            if problem not in known_idle:
                known_idle[problem] = _idle(problem, places)
    return Board(
        {path: list(found.values()) for path, found in shown.items()},
        {path: list(found.values()) for path, found in idle.items()},
    )


class _Places:
    """From places in what was looked at to ranges in what the editor shows."""

    def __init__(self, sight: Sight, documents: Mapping[str, Document], client: Client) -> None:
        self._sight = sight
        self._documents = documents
        self._client = client
        self._texts: dict[str, Text] = {}
        self._shifts: dict[str, Shift] = {}

    def text(self, path: str) -> Text:
        """The text that the editor shows of a file."""
        if path not in self._texts:
            document = self._documents.get(path)
            if document is not None:
                self._texts[path] = document.text
            else:
                self._texts[path] = text_of(path, self._sight.target.files.get(path, b""))
        return self._texts[path]

    def range(self, ref: Ref) -> Range:
        """Where a place stands, cut off at the end of its first line."""
        text = self.text(ref.path)
        shift = self._shift(ref.path)
        start = text.head + shift.of(ref.offset)
        end = max(start, text.head + shift.of(ref.end))
        encoding = self._client.encoding
        first = text.position(start, encoding)
        line = text.starts[first.line] + len(text.line(first.line).rstrip())
        return Range(first, text.position(max(start, min(end, line)), encoding))

    def _shift(self, path: str) -> Shift:
        """From what was looked at to what the editor shows: the same, if that can be read."""
        if path not in self._shifts:
            seen = now = b""
            if self._sight.is_behind(path):
                seen = text_of(path, self._sight.files[path]).utf8
                now = self.text(path).utf8[self.text(path).head :]
            self._shifts[path] = shift_between(seen, now)
        return self._shifts[path]

    def line_from(self, line: int, column: int, path: str) -> Range:
        """The rest of a 1-based line from a column in characters on."""
        text = self.text(path)
        number = min(max(line - 1, 0), len(text.starts) - 1)
        data = text.line(number)
        before = data.decode("utf-8", "surrogatepass")[: max(column - 1, 0)]
        start = text.starts[number] + len(before.encode("utf-8", "surrogatepass"))
        return text.range(start, text.starts[number] + len(data), self._client.encoding)

    def uri(self, path: str) -> str:
        """A file's URI, as the editor spells it if it has the file open."""
        document = self._documents.get(path)
        return document.uri if document is not None else uri_of(path)


def _diagnostic(found: Found, places: _Places, client: Client) -> Diagnostic:
    finding, rule = found.finding, found.rule
    severity = DiagnosticSeverity.Hint if finding.note else _SEVERITIES[rule.severity]
    reason = found.held_back or (finding.reason if finding.fix is None else None)
    ref = finding.ref
    return Diagnostic(
        range=places.range(ref),
        message=f"{finding.message} ({reason})" if reason else finding.message,
        severity=severity,
        code=finding.code,
        code_description=CodeDescription(rule.page) if client.links else None,
        source=SOURCE,
        related_information=list(_related(found, places)) or None if client.related else None,
        data={"offset": ref.offset, "length": ref.length},
    )


def _related(found: Found, places: _Places) -> Iterator[DiagnosticRelatedInformation]:
    """The construct that a finding elsewhere belongs to."""
    ref = found.finding.related
    if ref is not None:
        location = Location(places.uri(ref.path), places.range(ref))
        yield DiagnosticRelatedInformation(location, "the construct that this belongs to")


def _idle(problem: Problem, places: _Places) -> Diagnostic:
    return Diagnostic(
        range=places.line_from(problem.line, problem.column, problem.path),
        message=problem.message,
        severity=DiagnosticSeverity.Hint,
        source=SOURCE,
        tags=[DiagnosticTag.Unnecessary],
    )
