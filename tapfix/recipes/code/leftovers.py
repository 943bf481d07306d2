"""Statements of the stack's code that nobody needs once a text has gone to a file."""

from __future__ import annotations

import ast
import io
import posixpath
import re
import tokenize

from tapfix.edits import Ref, RemoveStatement
from tapfix.model.app import App
from tapfix.model.lambdas.inline import InlineFunction
from tapfix.model.python.modules import Module

_READS = re.compile(r"with\b|\w+ *= *(?:open|(?:pathlib\.)?Path)\b")
_DIRECTIVE = re.compile(r"#\s*(?:!|(?:fmt|yapf|noqa|type|pragma|pylint|ruff|isort|tapfix)\b)", re.I)


def leftovers(module: Module, inline: InlineFunction) -> tuple[RemoveStatement, ...]:
    """The removals of what only led to the text, if nothing else goes with it.

    Comments above a statement right before the construct's are about the construct: they stay.
    So do those above a statement that reads a file: they are about the stack.
    """
    follower = inline.function.construct.statement
    found = []
    for ref in inline.spent:
        if _may_go(module, ref):
            between = module.file.utf8[ref.end : follower.offset]
            stays = ref.end <= follower.offset and not between.strip()
            stays = stays or _READS.match(module.file.source(ref)) is not None
            found.append(RemoveStatement(ref, keep_comments=stays and bool(_notes(module, ref))))
    return tuple(found)


def notes_with(module: Module, edit: RemoveStatement) -> list[str]:
    """The comment lines that go with a statement."""
    return [] if edit.keep_comments else _notes(module, edit.statement)


def is_used_once(app: App, path: str) -> bool:
    """Whether one file of an app names the file at ``path``, and none imports it."""
    file = posixpath.basename(path).encode()
    stem = re.escape(file.removesuffix(b".py"))
    imported = re.compile(rb"^[ \t]*(?:from|import)\b[^\n]*\b" + stem + rb"\b", re.MULTILINE)
    others = [data for other, data in app.files.items() if other != path]
    named = sum(data.count(file) for data in others)
    return named == 1 and not any(imported.search(data) for data in others)


def _may_go(module: Module, ref: Ref) -> bool:
    notes = _notes(module, ref)
    if any(_DIRECTIVE.match(note) for note in notes):
        return False
    source = module.file.source(ref)
    if notes and source.startswith(("import", "from")):
        return False
    line = module.file.utf8[ref.end :].split(b"\n", 1)[0]
    return not line.strip() and not _has_comments(source) and not _is_last(module, ref)


def _has_comments(source: str) -> bool:
    if "#" not in source:
        return False
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return True
    return any(token.type == tokenize.COMMENT for token in tokens)


def _is_last(module: Module, ref: Ref) -> bool:
    """Whether a statement is the only one of its block."""
    for node in ast.walk(module.file.tree):
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(block, list) and len(block) == 1 and module.ref(block[0]) == ref:
                return True
    return False


def _notes(module: Module, ref: Ref) -> list[str]:
    """The comment lines of a statement's column right above it, those that begin the file not."""
    text = module.file.utf8
    start = text.rfind(b"\n", 0, ref.offset) + 1
    rows = text[:start].decode().splitlines()
    column = ref.offset - start
    notes: list[str] = []
    for row in reversed(rows):
        if not row.lstrip().startswith("#") or len(row) - len(row.lstrip()) != column:
            return notes[::-1]
        notes.append(row.strip())
    return []
