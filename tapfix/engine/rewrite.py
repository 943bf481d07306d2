"""From a file's bytes and its edits to the file's new bytes: pure, and checked before it is given.

Each logical line with an edit in it is parsed with LibCST, patched and laid out by itself; all else
is carried over byte for byte. The result must parse to the very tree that the edits ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tapfix.edits import (
    AddImport,
    AddParameter,
    CreateFile,
    DeleteFile,
    Edit,
    InsertStatements,
    RemoveStatement,
    WrapStatements,
    edited_path,
)
from tapfix.engine.draft import ExtendImport, LineEdit
from tapfix.engine.errors import RewriteError
from tapfix.engine.expect import Expected
from tapfix.engine.fitting import rewritten
from tapfix.engine.imports import placed
from tapfix.engine.insertion import inserted
from tapfix.engine.logical import Line, read_line
from tapfix.engine.merge import Claims, subject
from tapfix.engine.outline import Habits, Outline, habits_of, read_outline
from tapfix.engine.patch import Patch, apply
from tapfix.engine.shedding import shed
from tapfix.engine.slots import place_of
from tapfix.engine.source import decode, encode, newline_at, plain
from tapfix.engine.style import Style
from tapfix.engine.wrapping import wrapped

__all__ = ["RewriteError", "rewrite"]

_WHOLE = (AddImport, InsertStatements, RemoveStatement)
_SIGNATURE_COMMENT = re.compile(
    rb"(?:[ \t]*(?:#[^\r\n]*)?[\r\n]+)?[ \t]*#\s*type:\s*\((?!\s*\.\.\.\s*\))"
)


def rewrite(source: bytes, edits: Sequence[Edit], style: Style, path: str) -> bytes:
    """The bytes of the file at ``path`` after its edits.

    All that is not edited stays byte for byte; comments stay, exactly once. Raises RewriteError
    (and so changes nothing) where edits contradict each other, where a place is not in the file,
    where the result would not be what the edits say, and where bytes cannot be kept.
    """
    unique = _unique(edits, path)
    original = decode(source)
    text = original.text
    if any(isinstance(edit, WrapStatements) for edit in unique):
        text, unique = wrapped(text, unique, habits_of(text), style.line_length)
    outline = read_outline(text)
    expected = Expected(outline, unique)
    patches = _patches(outline, unique, habits_of(text), style.line_length, path)
    text = apply(text, patches)
    expected.check(text)
    return encode(original, text)


def _unique(edits: Sequence[Edit], path: str) -> list[Edit]:
    claims = Claims()
    for edit in edits:
        if isinstance(edit, (CreateFile, DeleteFile)) or edited_path(edit) != path:
            raise RewriteError(f"{type(edit).__name__} is no edit inside of this file")
        contradiction = claims.contradicted([edit])
        if contradiction is not None:
            raise RewriteError(f"two edits contradict each other in {subject(edit)}")
        claims.take([edit])
    return claims.edits()


def _patches(
    outline: Outline, edits: Sequence[Edit], habits: Habits, line_length: int, path: str
) -> list[Patch]:
    imports = placed(
        outline, path, [e for e in edits if isinstance(e, AddImport)], habits, line_length
    )
    statements = [edit for edit in edits if isinstance(edit, InsertStatements)]
    gone = [edit for edit in edits if isinstance(edit, RemoveStatement)]
    inside = [e for e in edits if not isinstance(e, _WHOLE)]
    return [
        *imports.patches,
        *inserted(outline, statements, habits, line_length),
        *shed(outline, gone),
        *_lines(outline, [*inside, *imports.extended], habits, line_length),
    ]


def _lines(
    outline: Outline, edits: Sequence[LineEdit], habits: Habits, line_length: int
) -> Iterator[Patch]:
    """The logical lines that have edits in them, each as one patch."""
    by_line: dict[int, list[LineEdit]] = {}
    for edit in edits:
        place = edit.statement if isinstance(edit, ExtendImport) else place_of(edit)
        assert place is not None
        by_line.setdefault(outline.head(place.offset), []).append(edit)
    plain_text = plain(outline.text)
    for start, group in by_line.items():
        line = read_line(outline.text, plain_text, start)
        if any(isinstance(edit, AddParameter) for edit in group):
            _refuse_type_comment(outline.text, line)
        newline = newline_at(outline.text, start)
        new = rewritten(line, group, newline, habits, line_length)
        yield Patch(line.start, line.end, new.decode())


def _refuse_type_comment(text: bytes, line: Line) -> None:
    if _SIGNATURE_COMMENT.match(text, line.code_end):
        raise RewriteError("the function's type comment would no longer fit its parameters")
