"""Which findings are sent to the editor when, and which it fetches itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lsprotocol.types import (
    Diagnostic,
    DocumentDiagnosticReport,
    PublishDiagnosticsParams,
    RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport,
    WorkspaceDiagnosticReport,
    WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
)

from tapfix.lsp.client import Client
from tapfix.lsp.session import Seen
from tapfix.lsp.uris import path_of, uri_of


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the editor last heard of a file, and of which version of its text."""

    uri: str
    version: int | None
    diagnostics: Sequence[Diagnostic]


@dataclass(frozen=True, slots=True)
class _Result:
    """What the editor last fetched of a file, by a number that it names the next time."""

    number: int
    diagnostics: Sequence[Diagnostic]


class Publisher:
    """Sends findings of open files to an editor that does not fetch them, and those of the others.

    An editor that has once fetched those of the whole workspace is sent none. ``publish`` and
    ``refresh`` send a message. For the thread that reads messages alone.
    """

    def __init__(
        self,
        client: Client,
        publish: Callable[[PublishDiagnosticsParams], None],
        refresh: Callable[[], None],
    ) -> None:
        self._client = client
        self._publish = publish
        self._refresh = refresh
        self._sent: dict[str, _Sent] = {}
        self._results: dict[str, _Result] = {}
        self._shown: Mapping[str, _Sent] = {}
        self._fetches_all = False

    def show(self, seen: Seen) -> None:
        """Send what is new, and have the editor fetch what it does not hear of otherwise."""
        current = {path: _current(path, seen) for path in _paths(seen)}
        for path in sorted({*current, *self._sent}):
            self._send(path, current.get(path), path in seen.texts.documents)
        if self._client.pulls and self._has_news(current):
            self._refresh()
        self._shown = current

    def _send(self, path: str, now: _Sent | None, is_open: bool) -> None:
        """Send what is to be shown of a file, unless the editor knows it."""
        before = self._sent.pop(path, None)
        if self._fetches_all or (self._client.pulls and is_open):
            # From now on it fetches them: the same must not be shown twice.
            now = None
        if now is not None and (now.diagnostics or is_open):
            self._sent[path] = now
            if now != before:
                self._tell(now)
        elif before is not None and before.diagnostics:
            self._tell(_Sent(before.uri, None, ()))

    def _tell(self, sent: _Sent) -> None:
        self._publish(PublishDiagnosticsParams(sent.uri, list(sent.diagnostics), sent.version))

    def _has_news(self, current: Mapping[str, _Sent]) -> bool:
        """Whether the findings of a file have changed whose text has not."""
        for path in {*current, *self._shown}:
            old, new = self._shown.get(path), current.get(path)
            if (old.diagnostics if old else ()) == (new.diagnostics if new else ()):
                continue
            if old is None or new is None or old.version == new.version:
                return True
        return False

    def fetched(self, path: str, seen: Seen, previous: str | None) -> DocumentDiagnosticReport:
        """The answer to an editor that fetches the findings of one file."""
        result, is_known = self._result(path, seen, previous)
        if is_known:
            return RelatedUnchangedDocumentDiagnosticReport(str(result.number))
        return RelatedFullDocumentDiagnosticReport(
            list(result.diagnostics), result_id=str(result.number)
        )

    def fetched_all(self, seen: Seen, previous: Mapping[str, str]) -> WorkspaceDiagnosticReport:
        """The answer to an editor that fetches all findings; ``previous`` are numbers by path."""
        self._fetches_all = True
        self.show(seen)
        items: list[WorkspaceDocumentDiagnosticReport] = []
        for path in sorted({*_paths(seen), *previous}):
            result, is_known = self._result(path, seen, previous.get(path))
            current = _current(path, seen)
            number = str(result.number)
            if is_known:
                items.append(
                    WorkspaceUnchangedDocumentDiagnosticReport(
                        current.uri, number, version=current.version
                    )
                )
            else:
                items.append(
                    WorkspaceFullDocumentDiagnosticReport(
                        current.uri,
                        list(result.diagnostics),
                        version=current.version,
                        result_id=number,
                    )
                )
        return WorkspaceDiagnosticReport(items)

    def _result(self, path: str, seen: Seen, previous: str | None) -> tuple[_Result, bool]:
        """The findings of a file under a number, and whether the editor has named that."""
        diagnostics = seen.board.diagnostics(path)
        known = self._results.get(path)
        if known is None or known.diagnostics != diagnostics:
            number = 1 if known is None else known.number + 1
            known = self._results[path] = _Result(number, diagnostics)
        return known, str(known.number) == previous


def _paths(seen: Seen) -> set[str]:
    """The files of which there is something to say: those with findings, and open ones of apps."""
    documents = seen.texts.documents
    ours = {path for path in documents if seen.view.holding(path)}
    return {*seen.board.shown, *seen.board.idle, *ours}


def _current(path: str, seen: Seen) -> _Sent:
    document = seen.texts.documents.get(path)
    uri = document.uri if document is not None else uri_of(path)
    version = document.version if document is not None else None
    return _Sent(uri, version, seen.board.diagnostics(path))


def paths_of(previous: Mapping[str, str]) -> dict[str, str]:
    """Numbers by path from numbers by URI."""
    return {path: number for uri, number in previous.items() if (path := path_of(uri))}
