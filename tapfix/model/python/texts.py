"""What a string expression is put together from: f-strings, ``+``, ``%`` and ``.format``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from tapfix.model.python.values import Value

Part = str | Value
Evaluate = Callable[[ast.expr], Value]


def text_parts(node: ast.expr, evaluate: Evaluate) -> tuple[Part, ...] | None:
    """The literal texts and values of a string expression, in order; None if it is no string."""
    parts: Iterable[Part] | None = None
    if isinstance(node, ast.JoinedStr):
        parts = [_piece(piece, evaluate) for piece in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = _sum(evaluate(node.left), evaluate(node.right))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        parts = _percent(node, evaluate)
    elif isinstance(node, ast.Call):
        parts = _format(node, evaluate)
    return _merged(parts) if parts is not None else None


def _piece(piece: ast.expr, evaluate: Evaluate) -> Part:
    if not isinstance(piece, ast.FormattedValue):
        return str(piece.value) if isinstance(piece, ast.Constant) else evaluate(piece)
    value = evaluate(piece.value)
    plain = piece.conversion == -1 and piece.format_spec is None
    return value.constant if isinstance(value.constant, str) and plain else value


def _sum(left: Value, right: Value) -> list[Part] | None:
    return [left, right] if left.is_text or right.is_text else None


def _percent(node: ast.BinOp, evaluate: Evaluate) -> list[Part] | None:
    text = evaluate(node.left).constant
    if not isinstance(text, str):
        return None
    fields = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    return _filled(text.split("%s"), fields, evaluate)


def _format(node: ast.Call, evaluate: Evaluate) -> list[Part] | None:
    """The parts of ``"a-{}-b".format(x)`` and ``"a-{name}".format(name=x)``."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "format":
        return None
    text = evaluate(node.func.value).constant
    if not isinstance(text, str):
        return None
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    texts, fields = [""], list[ast.expr]()
    for index, piece in enumerate(text.replace("}", "{").split("{")):
        if index % 2 == 0:
            texts[-1] += piece
            continue
        place = len(fields) if not piece else int(piece) if piece.isdigit() else -1
        filler = named.get(piece) if place < 0 else dict(enumerate(node.args)).get(place)
        if filler is None:
            return None
        fields.append(filler)
        texts.append("")
    return _filled(texts, fields, evaluate)


def _filled(texts: list[str], fields: list[ast.expr], evaluate: Evaluate) -> list[Part] | None:
    if len(texts) != len(fields) + 1:
        return None
    parts: list[Part] = [texts[0]]
    for value, text in zip(fields, texts[1:], strict=True):
        parts += [evaluate(value), text]
    return parts


def _merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Neighbouring literal texts as one, texts within texts laid flat, no empty ones."""
    merged: list[Part] = []
    for part in (piece for whole in parts for piece in _flat(whole)):
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged)


def _flat(part: Part) -> tuple[Part, ...]:
    if isinstance(part, Value) and isinstance(part.constant, str):
        return (part.constant,)
    return part.parts if isinstance(part, Value) and part.kind == "text" else (part,)
