"""The structure of one logical line, read with LibCST: which brackets hold what, byte by byte.

Only the logical lines that change are parsed (a whole file costs LibCST seconds); so form feeds
and lone carriage returns between statements, which LibCST drops, never reach it.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from tapfix.engine.brackets import Bracket, Item, Span
from tapfix.engine.errors import RewriteError
from tapfix.engine.source import plain


class Structure:
    """The bracketed lists of a logical line.

    ``prefix`` and ``suffix`` make a module of it (an ``elif`` needs an ``if`` before it). Places
    are byte offsets from the beginning of ``text``. Raises RewriteError if LibCST cannot read it.
    """

    def __init__(self, text: bytes, prefix: bytes, suffix: bytes) -> None:
        source = prefix + plain(text) + (suffix or b"\n")
        try:
            module = cst.parse_module(source)
        except cst.ParserSyntaxError as error:
            raise RewriteError(f"LibCST cannot read the statement: {error.message}") from None
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._text = text
        self._shift = len(prefix)
        self._spans = wrapper.resolve(ByteSpanPositionProvider)
        if self._spans[module].length != len(source):
            raise RewriteError("LibCST does not give the statement back as it was")
        self._calls: dict[Span, cst.Call] = {}
        self._displays: dict[Span, cst.Dict | cst.List | cst.Tuple] = {}
        for node in self._spans:
            if isinstance(node, cst.Call):
                self._calls[self._span(node)] = node
            elif isinstance(node, (cst.Dict, cst.List, cst.Tuple)):
                self._displays[self._display_span(node)] = node

    def call(self, place: Span) -> Bracket:
        """The arguments of the call at ``place``."""
        call = self._calls.get(place)
        if call is None:
            raise RewriteError("there is no call at this place")
        arguments = [arg for arg in call.args if isinstance(arg.value, cst.GeneratorExp)]
        if any(not arg.value.lpar for arg in arguments):
            raise RewriteError("a generator without parentheses is the call's only argument")
        return self._bracket(
            self._span(call.whitespace_before_args)[0], [self._argument(a) for a in call.args]
        )

    def display(self, place: Span) -> Bracket:
        """The entries of the dict display, or the elements of the list or tuple, at ``place``."""
        node = self._displays.get(place)
        if node is None:
            raise RewriteError("there is no dict, list or tuple display at this place")
        items = [self._element(element) for element in node.elements]
        if isinstance(node, cst.Tuple) and not node.lpar:
            end = items[-1].end if items[-1].comma is None else items[-1].comma + 1
            return Bracket(items[0].start, end, tuple(items), bare=True, kind="tuple")
        return self._bracket(place[0] + 1, items, "tuple" if isinstance(node, cst.Tuple) else "")

    def parameters(self) -> Bracket:
        """The parameters of the function that the line defines."""
        function = next(n for n in self._spans if isinstance(n, cst.FunctionDef))
        p = function.params
        items = [self._parameter(param) for param in p.posonly_params]
        if isinstance(p.posonly_ind, cst.ParamSlash):
            items.append(self._mark(p.posonly_ind, "/"))
        items += [self._parameter(param) for param in p.params]
        if isinstance(p.star_arg, cst.Param):
            items.append(self._parameter(p.star_arg, "*"))
        elif isinstance(p.star_arg, cst.ParamStar):
            items.append(self._mark(p.star_arg, "*"))
        items += [self._parameter(param) for param in p.kwonly_params]
        if p.star_kwarg is not None:
            items.append(self._parameter(p.star_kwarg, "**"))
        return self._bracket(self._span(function.whitespace_before_params)[0], items)

    def imported_names(self, place: Span) -> Bracket:
        """The names of the ``from … import …`` statement at ``place``."""
        for node in self._spans:
            if isinstance(node, cst.ImportFrom) and self._span(node) == place:
                break
        else:
            raise RewriteError("there is no from-import at this place")
        assert not isinstance(node.names, cst.ImportStar)
        items = [self._alias(alias) for alias in node.names]
        if node.lpar is None:
            return Bracket(items[0].start, items[-1].end, tuple(items), bare=True, kind="import")
        return self._bracket(self._span(node.lpar)[0] + 1, items, "import")

    def around(self, place: Span) -> list[Bracket]:
        """The brackets of calls and displays that hold ``place``, outermost first."""
        found = []
        for span, node in [*self._calls.items(), *self._displays.items()]:
            if span[0] <= place[0] and place[1] <= span[1]:
                found.append(self._try(span, isinstance(node, cst.Call)))
        brackets = [b for b in found if b and b.open <= place[0] and place[1] <= b.close]
        return sorted(brackets, key=lambda bracket: (bracket.open, -bracket.close))

    def _try(self, span: Span, is_call: bool) -> Bracket | None:
        try:
            return self.call(span) if is_call else self.display(span)
        except RewriteError:
            return None

    def _span(self, node: cst.CSTNode) -> Span:
        span = self._spans[node]
        start = span.start - self._shift
        return start, start + span.length

    def _display_span(self, node: cst.Dict | cst.List | cst.Tuple) -> Span:
        """The display's place as ``ast`` has it: a tuple's innermost parentheses belong to it."""
        start, end = self._span(node)
        if isinstance(node, cst.Tuple) and node.lpar:
            return self._span(node.lpar[-1])[0], self._span(node.rpar[0])[1]
        return start, end

    def _bracket(self, start: int, items: Sequence[Item], kind: str = "") -> Bracket:
        behind = items[-1].end if items else start
        if items and items[-1].comma is not None:
            behind = items[-1].comma + 1
        return Bracket(start, skip_gap(self._text, behind), tuple(items), kind=kind)

    def _comma(self, end: int) -> int | None:
        place = skip_gap(self._text, end)
        return place if self._text[place : place + 1] == b"," else None

    def _item(
        self, place: Span, name: str | None = None, value: Span | None = None, star: str = ""
    ) -> Item:
        return Item(place[0], place[1], self._comma(place[1]), name, value, star)

    def _argument(self, arg: cst.Arg) -> Item:
        place = self._span(arg)
        if arg.keyword is None:
            return self._item(place, star=arg.star)
        value = (self._outer_start(arg.value), place[1])
        return self._item(place, arg.keyword.value, value)

    def _element(self, element: cst.BaseElement | cst.BaseDictElement) -> Item:
        place = self._span(element)
        if isinstance(element, cst.DictElement):
            start = self._outer_start(element.value)
            return self._item(place, _plain_key(element.key), (start, place[1]))
        if isinstance(element, (cst.StarredDictElement, cst.StarredElement)):
            return self._item(place, star="*")
        return self._item(place)

    def _outer_start(self, node: cst.BaseExpression) -> int:
        return self._span(node.lpar[0] if node.lpar else node)[0]

    def _outer_end(self, node: cst.BaseExpression) -> int:
        return self._span(node.rpar[-1] if node.rpar else node)[1]

    def _parameter(self, param: cst.Param, star: str = "") -> Item:
        """A parameter with its annotation and default, which LibCST's own span leaves out."""
        start, end = self._span(param)
        last = param.default or (param.annotation.annotation if param.annotation else None)
        end = end if last is None else self._outer_end(last)
        return self._item((start, end), param.name.value, star=star)

    def _mark(self, mark: cst.ParamStar | cst.ParamSlash, sign: str) -> Item:
        start = self._span(mark)[0]
        return self._item((start, start + 1), star=sign)

    def _alias(self, alias: cst.ImportAlias) -> Item:
        assert isinstance(alias.name, cst.Name)
        return self._item(self._span(alias), alias.name.value)


def skip_gap(text: bytes, offset: int) -> int:
    """The first byte from ``offset`` on that is no blank, newline, backslash or comment."""
    while offset < len(text) and text[offset : offset + 1] in b" \t\f\r\n\\#":
        if text[offset : offset + 1] == b"#":
            while offset < len(text) and text[offset : offset + 1] not in b"\r\n":
                offset += 1
        else:
            offset += 1
    return offset


def _plain_key(key: cst.BaseExpression) -> str | None:
    if not isinstance(key, (cst.SimpleString, cst.ConcatenatedString)):
        return None
    value = key.evaluated_value
    return value if isinstance(value, str) else None
