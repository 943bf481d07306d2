"""Giving a name its suffix in the words of the expression that makes the name."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from tapfix.model.python.modules import Module
from tapfix.recipes.naming.literals import Atom, NotALiteral, Replacement, atoms, pieces, replaced

_AUTOMATIC = re.compile(r"[^{}]*(?:\{\}[^{}]*)+")
UNKNOWN = "\ue002"
"""Stands for a part of a text that no source tells."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """A name and how it changes.

    ``text`` is the whole old name. ``dropped`` is the end of it that gives way to the suffix,
    ``ending`` one that must stay behind it (``.fifo``); one of the two at most is not empty.
    """

    text: str
    separator: str = "-"
    dropped: str = ""
    ending: str = ""

    def tail(self, suffix: str) -> str:
        """What comes behind the stem of the name, as text of an f-string."""
        return f"{self.separator}{{{suffix}}}{self.ending}"

    @property
    def cut(self) -> int:
        """How many characters at the end of the old name are written anew."""
        return len(self.dropped) + len(self.ending)

    def literal(self, suffix: str) -> str:
        """The new name with a known suffix."""
        stem = self.text[: len(self.text) - self.cut]
        return f"{stem}{self.separator}{suffix}{self.ending}"


def suffixed(module: Module, node: ast.expr, renaming: Renaming, suffix: str) -> str | None:
    """The source of an expression for a name with the suffix at its end; None if it has no end."""
    source = module.file.source(module.ref(node))
    if isinstance(node, ast.JoinedStr) or _is_text(node):
        return _literal(source, renaming, suffix)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _variable(source, renaming, suffix)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _sum(module, node, source, renaming, suffix)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _percent(node, source, renaming, suffix)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _format(node, source, renaming, suffix)
    return _appended(source, renaming, suffix)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _literal(source: str, renaming: Renaming, suffix: str) -> str | None:
    try:
        found = atoms(source)
        end = found[-1].end if found else pieces(source)[-1].body[1]
        start = end
        if renaming.cut:
            last = found[-renaming.cut :]
            if "".join(atom.text for atom in last) != renaming.dropped + renaming.ending:
                return None
            start = last[0].start
        return replaced(source, [Replacement(start, end, renaming.tail(suffix))])
    except NotALiteral:
        return None


def _variable(source: str, renaming: Renaming, suffix: str) -> str | None:
    if "\n" in source or '"' in source:
        return None
    if renaming.ending:
        stem = f"{source}.removesuffix('{renaming.ending}')"
        return f'f"{{{stem}}}{renaming.tail(suffix)}"'
    return f'f"{{{source}}}{renaming.tail(suffix)}"' if not renaming.dropped else None


def _sum(
    module: Module, node: ast.BinOp, source: str, renaming: Renaming, suffix: str
) -> str | None:
    """``a + "b"``: the last literal takes the suffix, or one is added."""
    if not (isinstance(node.right, ast.JoinedStr) or _is_text(node.right)):
        return _appended(source, renaming, suffix)
    right = suffixed(module, node.right, renaming, suffix)
    if right is None:
        return None
    whole, part = module.ref(node), module.ref(node.right)
    encoded = source.encode()
    start = part.offset - whole.offset
    return (encoded[:start] + right.encode() + encoded[start + part.length :]).decode()


def _appended(source: str, renaming: Renaming, suffix: str) -> str | None:
    return None if renaming.cut else f'{source} + f"{renaming.tail(suffix)}"'


def _percent(node: ast.BinOp, source: str, renaming: Renaming, suffix: str) -> str | None:
    """``"a-%s" % x`` becomes ``"a-%s-%s" % (x, suffix)``."""
    head, percent, fields = source.rpartition("%")
    template = _templated(head.rstrip(), renaming, "%s")
    fields = fields.strip()
    if template is None or "\n" in source or not percent or '"' in fields or "'" in fields:
        return _appended(source, renaming, suffix)
    if not isinstance(node.right, ast.Tuple):
        return f"{template} % ({fields}, {suffix})"
    if not fields.startswith("(") or not fields.endswith(")"):
        return _appended(source, renaming, suffix)
    return f"{template} % ({fields[1:-1].rstrip(', ')}, {suffix})"


def _format(node: ast.Call, source: str, renaming: Renaming, suffix: str) -> str | None:
    """``"a-{}".format(x)`` becomes ``"a-{}-{}".format(x, suffix)``."""
    assert isinstance(node.func, ast.Attribute)
    template = node.func.value
    value = template.value if isinstance(template, ast.Constant) else None
    plain = isinstance(value, str) and _AUTOMATIC.fullmatch(value) and not node.keywords
    head, _, arguments = source.partition(".format(")
    new = _templated(head, renaming, "{}") if plain else None
    if new is None or "\n" in source or not node.args or arguments[-2:-1] == ",":
        return _appended(source, renaming, suffix)
    return f"{new}.format({arguments[:-1]}, {suffix})"


def _templated(source: str, renaming: Renaming, field: str) -> str | None:
    """A template's literal with one more field at its end."""
    try:
        (piece,) = pieces(source)
    except (NotALiteral, ValueError):
        return None
    end = piece.body[1]
    start = end - len(renaming.dropped + renaming.ending)
    if source[start:end] != renaming.dropped + renaming.ending:
        return None
    tail = f"{renaming.separator}{field}{renaming.ending}"
    return source[:start] + tail + source[end:]


# Names within other texts

FieldText = Callable[[int], str | None]
"""The text that the field with a number stands for; None if it is not known."""

_BEFORE = r"(?<![A-Za-z0-9_\-\ue002])"
_BEHIND = r"(?![A-Za-z0-9_\-\ue002]|\.fifo\b)"
_STARTS, _ENDS = re.compile(_BEFORE), re.compile(_BEHIND)


def occurs(text: str, name: str) -> bool:
    """Whether a name stands in a text, not as part of a longer one."""
    # A pattern of its own for each of many names would cost more than all else here.
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if _STARTS.match(text, start) and _ENDS.match(text, end):
            return True
        start = text.find(name, start + 1)
    return False


def renamed(source: str, field_text: FieldText, renaming: Renaming, suffix: str) -> str | None:
    """The source of a string literal in which the name, wherever it occurs, has the suffix.

    None if the name does not occur, or ends in the middle of something that cannot be split.
    """
    try:
        found = atoms(source)
        text, starts, ends = _laid_out(found, field_text)
        pattern = _BEFORE + re.escape(renaming.text) + _BEHIND
        places = []
        for match in re.finditer(pattern, text):
            end = ends.get(match.end())
            start = starts.get(match.end() - renaming.cut) if renaming.cut else end
            if start is None or end is None:
                return None
            places.append(Replacement(start, end, renaming.tail(suffix)))
        return replaced(source, places) if places else None
    except NotALiteral:
        return None


def _laid_out(
    found: list[Atom], field_text: FieldText
) -> tuple[str, dict[int, int], dict[int, int]]:
    """The text of atoms; and where in the source each of its places begins and ends an atom."""
    text, starts, ends = "", {}, {}
    for atom in found:
        starts[len(text)] = atom.start
        if atom.field is None:
            text += atom.text
        else:
            known = field_text(atom.field)
            text += UNKNOWN if known is None else known
        ends[len(text)] = atom.end
    return text, starts, ends
