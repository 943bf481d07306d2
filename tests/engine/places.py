"""Shared by the engine's tests: places in a source by what stands there, and rewriting by text."""

from __future__ import annotations

import ast

from tapfix.edits import Edit, Ref
from tapfix.engine.rewrite import rewrite
from tapfix.engine.style import Style

PATH = "/app/stack.py"


def text_at(source: str, piece: str, nth: int = 0) -> Ref:
    """The place of the nth occurrence of a piece of text."""
    offset = -1
    for _ in range(nth + 1):
        offset = source.index(piece, offset + 1)
    return Ref(PATH, len(source[:offset].encode()), len(piece.encode()))


def call(source: str, name: str, nth: int = 0) -> Ref:
    """The nth call of what is written ``name``, in the order of the source."""
    found = [
        node
        for node in _walk(source)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name
    ]
    return _ref(source, found[nth])


def display(source: str, nth: int = 0) -> Ref:
    """The nth list, tuple or dict display."""
    kinds = (ast.List, ast.Tuple, ast.Dict)
    return _ref(source, [node for node in _walk(source) if isinstance(node, kinds)][nth])


def function(source: str, name: str) -> Ref:
    """The function of that name, its decorators left out."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [node for node in _walk(source) if isinstance(node, kinds) and node.name == name]
    return _ref(source, found[0])


def statement(source: str, begins: str, nth: int = 0) -> Ref:
    """The nth statement whose text begins so."""
    found = [
        node
        for node in _walk(source)
        if isinstance(node, ast.stmt)
        and (ast.get_source_segment(source, node) or "").startswith(begins)
    ]
    return _ref(source, found[nth])


def edited(source: str, *edits: Edit, line_length: int = 88) -> str:
    """The source after its edits."""
    return rewrite(source.encode(), edits, Style(line_length), PATH).decode()


def _walk(source: str) -> list[ast.expr | ast.stmt]:
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.expr, ast.stmt))]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def _ref(source: str, node: ast.expr | ast.stmt) -> Ref:
    assert node.end_lineno is not None and node.end_col_offset is not None
    lines = source.encode().replace(b"\r\n", b"\n\0").replace(b"\r", b"\n").split(b"\n")
    starts = [0]
    for line in lines:  # a NUL stands for the second byte of CRLF
        starts.append(starts[-1] + len(line) + 1)
    shift = [int(line.startswith(b"\0")) for line in lines]
    begin = starts[node.lineno - 1] + shift[node.lineno - 1] + node.col_offset
    end = starts[node.end_lineno - 1] + shift[node.end_lineno - 1] + node.end_col_offset
    return Ref(PATH, begin, end - begin)
