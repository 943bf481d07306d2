"""The texts that an editor has open, as plain values: what changes makes a new one."""

from __future__ import annotations

import codecs
import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lsprotocol.types import (
    PositionEncodingKind,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)

from tapfix.lsp.text import Text
from tapfix.model.python.source import SourceError, decode


@dataclass(frozen=True, eq=False)
class Document:
    """A file as the editor has it. ``uri`` is the editor's own spelling of ``path``."""

    uri: str
    path: str
    version: int | None
    text: Text

    @cached_property
    def data(self) -> bytes:
        """What the file would hold if it were saved.

        Text that its declared encoding cannot hold comes out as something that is no Python.
        """
        text = self.text.utf8
        if not self.path.endswith(".py"):
            return text
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(text).readline)
        except SyntaxError:
            return text
        if encoding.startswith("utf-8"):
            return text
        try:
            return self.text.string.encode(encoding)
        except UnicodeEncodeError:
            # Python refuses a file with both a mark for UTF-8 and another encoding's name.
            return codecs.BOM_UTF8 + text

    def changed(
        self,
        version: int | None,
        changes: Iterable[TextDocumentContentChangeEvent],
        encoding: PositionEncodingKind | str,
    ) -> Document:
        """The document after changes that the editor tells of, one after the other."""
        text = self.text
        for change in changes:
            if isinstance(change, TextDocumentContentChangePartial):
                text = text.replaced(change.range, change.text, encoding)
            else:
                text = Text(change.text)
        return Document(self.uri, self.path, version, text)


def text_of(path: str, data: bytes) -> Text:
    """The text of a file that is not open, as an editor would show it."""
    if path.endswith(".py"):
        try:
            return Text(decode(path, data))
        except SourceError:
            pass
    return Text(data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace"))
