"""From files before and after to the editor's edits: only what differs, so that cursors stay."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lsprotocol.types import (
    AnnotatedTextEdit,
    ChangeAnnotation,
    CreateFile,
    DeleteFile,
    OptionalVersionedTextDocumentIdentifier,
    Position,
    Range,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from tapfix.api.result import Change
from tapfix.lsp.client import Client
from tapfix.lsp.documents import Document, text_of
from tapfix.lsp.shift import common
from tapfix.lsp.text import Text
from tapfix.lsp.uris import uri_of

_ANNOTATION = "tapfix"
# Neovim adds an empty line to a text that goes into an empty file, or behind the last line of one,
# and ends a line of its own; unless it takes the place of all lines up to the end.
_ALL_OF_NOTHING = Range(Position(0, 0), Position(1, 0))


class CannotEdit(Exception):
    """The editor cannot make a change; the message says which."""


@dataclass(frozen=True, slots=True)
class Warning:
    """What the user is asked to confirm before an edit is made."""

    label: str
    description: str


def workspace_edit(
    changes: Mapping[str, Change],
    documents: Mapping[str, Document],
    client: Client,
    warning: Warning | None = None,
) -> WorkspaceEdit:
    """The edit that makes the changes, in the form that the editor understands.

    ``documents`` are those that are open, by path. Raises ``CannotEdit``.
    """
    steps = [
        step
        for path, change in changes.items()
        for step in _steps(path, change, documents.get(path), client)
    ]
    if not client.versions:
        return WorkspaceEdit(
            changes={
                step.text_document.uri: [edit for edit in step.edits if isinstance(edit, TextEdit)]
                for step in steps
                if isinstance(step, TextDocumentEdit)
            }
        )
    if warning is None or not client.asks:
        return WorkspaceEdit(document_changes=steps)
    note = ChangeAnnotation(warning.label, True, warning.description)
    return WorkspaceEdit(
        document_changes=[_annotated(step) for step in steps],
        change_annotations={_ANNOTATION: note},
    )


_Step = TextDocumentEdit | CreateFile | DeleteFile


def _steps(path: str, change: Change, document: Document | None, client: Client) -> Iterator[_Step]:
    """What happens to one file."""
    before, after = change
    uri = document.uri if document is not None else uri_of(path)
    if after is None:
        if not (client.deletes and client.versions):
            raise CannotEdit(f"this editor cannot delete {Path(path).name}, which the fix would")
        yield DeleteFile(uri)
        return
    if before is None:
        if client.creates:
            yield CreateFile(uri)
        elif not client.makes_files:
            raise CannotEdit(f"this editor cannot create {Path(path).name}, which the fix needs")
        edits = [TextEdit(_ALL_OF_NOTHING, text_of(path, after).string)]
    else:
        edits = list(_edits(path, before, after, document, client))
    version = document.version if document is not None else None
    yield TextDocumentEdit(OptionalVersionedTextDocumentIdentifier(uri, version), edits)


def _edits(
    path: str, before: bytes, after: bytes, document: Document | None, client: Client
) -> Iterator[TextEdit]:
    old = document.text if document is not None else text_of(path, before)
    new = text_of(path, after).utf8
    for start, end, piece in differences(old.utf8[old.head :], new):
        area = old.range(old.head + start, old.head + end, client.encoding)
        yield TextEdit(area, piece.decode("utf-8", "surrogatepass"))


def differences(old: bytes, new: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Pieces of ``old`` by start and end with what stands there in ``new``, none of them whole."""
    before, after = Text(old.decode("utf-8", "surrogatepass")), Text(new.decode())
    old_lines, new_lines = _lines(before), _lines(after)
    matcher = difflib.SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    for kind, first, last, other, other_last in matcher.get_opcodes():
        if kind != "equal":
            start = (*before.starts, len(old))[first]
            was, now = b"".join(old_lines[first:last]), b"".join(new_lines[other:other_last])
            yield _before_last_end(old, *_trimmed(start, was, now))


def _before_last_end(old: bytes, start: int, end: int, new: bytes) -> tuple[int, int, bytes]:
    """What is put behind the last line goes before that one's end, and takes an end along."""
    ending = b"\r\n" if old.endswith(b"\r\n") else b"\n"
    if start == len(old) and old.endswith(ending) and new.endswith(ending):
        start = end = start - len(ending)
        new = ending + new.removesuffix(ending)
    return start, end, new


def _lines(text: Text) -> list[bytes]:
    bounds = (*text.starts, len(text.utf8))
    return [text.utf8[a:b] for a, b in itertools.pairwise(bounds)]


def _trimmed(start: int, was: bytes, now: bytes) -> tuple[int, int, bytes]:
    """A replacement without what is the same at its beginning and its end."""
    head = common(was, now)
    while head and (_is_inside(was, head) or _is_inside(now, head)):
        head -= 1
    tail = common(was[head:][::-1], now[head:][::-1])
    while tail and (_is_inside(was, len(was) - tail) or _is_inside(now, len(now) - tail)):
        tail -= 1
    return start + head, start + len(was) - tail, now[head : len(now) - tail]


def _is_inside(data: bytes, offset: int) -> bool:
    """Whether an offset lies within a character or a line end of two bytes."""
    if offset >= len(data):
        return False
    return data[offset] & 0xC0 == 0x80 or data[offset - 1 : offset + 1] == b"\r\n"


def _annotated(step: _Step) -> _Step:
    if isinstance(step, TextDocumentEdit):
        edits = [
            AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text)
            for edit in step.edits
            if isinstance(edit, TextEdit)
        ]
        return TextDocumentEdit(step.text_document, edits)
    step.annotation_id = _ANNOTATION
    return step
