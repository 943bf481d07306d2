"""Taking arguments out; entries, elements and positional arguments; replacing and wrapping."""

from __future__ import annotations

import sys

import pytest

from tapfix.edits import (
    AppendArgument,
    AppendElement,
    Edit,
    RemoveArgument,
    ReplaceExpression,
    SetArgument,
    SetEntry,
    WrapExpression,
)
from tapfix.engine.rewrite import RewriteError
from tests.engine.places import call, display, edited, text_at


@pytest.mark.parametrize(
    ("before", "names", "after"),
    [
        ("f(a, b=1, c=2)\n", "b", "f(a, c=2)\n"),
        ("f(a, b=1, c=2)\n", "c", "f(a, b=1)\n"),
        ("f(a, b=1, c=2)\n", "bc", "f(a)\n"),
        ("f(b=1)\n", "b", "f()\n"),
        ("f(b=1, )\n", "b", "f( )\n"),
        ("f(b=1, c=2, **p)\n", "bc", "f(**p)\n"),
        ("f(\n    a,\n    b=1,\n    c=2,\n)\n", "b", "f(\n    a,\n    c=2,\n)\n"),
        ("f(\n    a,\n    b=1,\n    c=2,\n)\n", "c", "f(\n    a,\n    b=1,\n)\n"),
        ("f(\n  a,\n  b=1,\n  c=2\n)\n", "c", "f(\n  a,\n  b=1\n)\n"),
        ("f(\n  a,\n  b=1,\n  c=2\n)\n", "bc", "f(\n  a\n)\n"),
        ("f(\n    b=g(\n        1,\n    ),\n    c=2,\n)\n", "b", "f(\n    c=2,\n)\n"),
        ("f(a,\n  b=1,\n  c=2)\n", "c", "f(a,\n  b=1)\n"),
        ("f(a,\n  b=1,\n  c=2)\n", "b", "f(a,\n  c=2)\n"),
        ("f(\n    a,\n    b=1,  # why\n    c=2,\n)\n", "b", "f(\n    a,\n    # why\n    c=2,\n)\n"),
        (
            "f(\n    a,\n    # why\n    b=1,\n    c=2,\n)\n",
            "b",
            "f(\n    a,\n    # why\n    c=2,\n)\n",
        ),
        ("f(\n    a,\n    b=1\n    # why\n)\n", "b", "f(\n    a\n    # why\n)\n"),
    ],
)
def test_arguments_go(before: str, names: str, after: str) -> None:
    ref = call(before, "f")
    assert edited(before, *(RemoveArgument(ref, name) for name in names)) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(a, b=1)\n", "f(a, c=2)\n"),
        ("f(a, b=1, **p)\n", "f(a, c=2, **p)\n"),
        ("f(\n  a,\n  b=1  # why\n)\n", "f(\n  a,\n  c=2  # why\n)\n"),
        ("f(b=1, d=3)\n", "f(d=3, c=2)\n"),
    ],
)
def test_a_new_argument_takes_the_place_of_one_that_goes_from_the_end(
    before: str, after: str
) -> None:
    ref = call(before, "f")
    assert edited(before, RemoveArgument(ref, "b"), SetArgument(ref, "c", "2")) == after


@pytest.mark.parametrize(
    "before",
    [
        "f(a,  # why\n  b=1)\n",
        "f(\n    a, b=g(\n        1  # why\n    ),\n)\n",
        "f(a, **{'b': 1})\n",
    ],
)
def test_an_argument_that_cannot_go_without_harm_stays(before: str) -> None:
    with pytest.raises(RewriteError):
        edited(before, RemoveArgument(call(before, "f"), "b"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = {}\n", 'x = {"B": q.url}\n'),
        ('x = {"A": 1}\n', 'x = {"A": 1, "B": q.url}\n'),
        ('x = {"B": 1}\n', 'x = {"B": q.url}\n'),
        ('x = {"B": 1, "B": 2}\n', 'x = {"B": 1, "B": q.url}\n'),
        ('x = {"A" "B": 1, "B": (2)}\n', 'x = {"A" "B": 1, "B": q.url}\n'),
        ("x = {A: 1, **common}\n", 'x = {A: 1, **common, "B": q.url}\n'),
        ("x = {'A': 1}\n", "x = {'A': 1, 'B': q.url}\n"),
        ('x = {\n    "A": 1,  # a\n}\n', 'x = {\n    "A": 1,  # a\n    "B": q.url,\n}\n'),
        ('x = {\n  "A": 1  # a\n}\n', 'x = {\n  "A": 1,  # a\n  "B": q.url\n}\n'),
    ],
)
def test_dict_entries(before: str, after: str) -> None:
    assert edited(before, SetEntry(display(before), "B", "q.url")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = []\n", "x = [n]\n"),
        ("x = ()\n", "x = (n,)\n"),
        ("x = (a,)\n", "x = (a, n)\n"),
        ("x = (a, b)\n", "x = (a, b, n)\n"),
        ("x = a, b\n", "x = a, b, n\n"),
        ("x = ((a, b))\n", "x = ((a, b, n))\n"),
        ("x = [a, *b]\n", "x = [a, *b, n]\n"),
        ("x = [\n    a,\n    b,  # why\n]\n", "x = [\n    a,\n    b,  # why\n    n,\n]\n"),
        ("x = [a,\n     b]\n", "x = [a,\n     b,\n     n]\n"),
    ],
)
def test_elements(before: str, after: str) -> None:
    assert edited(before, AppendElement(display(before), "n")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()\n", "f(n)\n"),
        ("f(a)\n", "f(a, n)\n"),
        ("f(a, k=1)\n", "f(a, n, k=1)\n"),
        ("f(k=1)\n", "f(n, k=1)\n"),
        ("f(*a, **k)\n", "f(*a, n, **k)\n"),
        ("f(\n    a,  # a\n    k=1,\n)\n", "f(\n    a,  # a\n    n,\n    k=1,\n)\n"),
    ],
)
def test_positional_arguments(before: str, after: str) -> None:
    assert edited(before, AppendArgument(call(before, "f"), "n")) == after


def test_an_expression_is_replaced_and_wrapped_with_edits_inside() -> None:
    before = "x = json.loads(record['kinesis']['data'])\ny = f(a)(b)\n"
    data = text_at(before, "record['kinesis']['data']")
    edits: list[Edit] = [
        WrapExpression(data, "base64.b64decode(", ")"),
        WrapExpression(text_at(before, "record['kinesis']"), "dict(", ")"),
        ReplaceExpression(text_at(before, "record"), "item"),
        WrapExpression(text_at(before, "f(a)"), "outer(", ")"),
        SetArgument(call(before, "f"), "k", "1"),
        WrapExpression(call(before, "f(a)"), "log(", ")"),
    ]
    assert edited(before, *edits) == (
        "x = json.loads(base64.b64decode(dict(item['kinesis'])['data']))\n"
        "y = log(outer(f(a, k=1))(b))\n"
    )


@pytest.mark.parametrize(
    ("before", "edits"),
    [
        # what was replaced holds another edit
        (
            "f(g(a))\n",
            [
                ReplaceExpression(call("f(g(a))\n", "g"), "h"),
                SetArgument(call("f(g(a))\n", "g"), "k", "1"),
            ],
        ),
        (
            "f(k=g(a))\n",
            [
                SetArgument(call("f(k=g(a))\n", "f"), "k", "h"),
                WrapExpression(text_at("f(k=g(a))\n", "a"), "(", ")"),
            ],
        ),
        # contradictions
        (
            "f()\n",
            [
                SetArgument(call("f()\n", "f"), "k", "1"),
                SetArgument(call("f()\n", "f"), "k", "2"),
            ],
        ),
        (
            "f(k=1)\n",
            [
                SetArgument(call("f(k=1)\n", "f"), "k", "2"),
                RemoveArgument(call("f(k=1)\n", "f"), "k"),
            ],
        ),
        # what would come out is not what was asked for
        ("x = a.b\n", [ReplaceExpression(text_at("x = a.b\n", "a"), "c or d")]),
        ("x = f(a)\n", [SetArgument(call("x = f(a)\n", "f"), "k", "1, 2")]),
        ("x = f(a)\n", [SetArgument(call("x = f(a)\n", "f"), "k", "1) + g(2")]),
        ("x = f(a)\n", [SetArgument(call("x = f(a)\n", "f"), "k", "1 #")]),
        ("x = f(y for y in z)\n", [SetArgument(call("x = f(y for y in z)\n", "f"), "k", "1")]),
        # what is not there
        ("x = f(a)\n", [SetArgument(text_at("x = f(a)\n", "x"), "k", "1")]),
        ("x = f(a)\n", [SetArgument(text_at("x = f(a)\n", "(a)"), "k", "1")]),
        ("x = [a]\n", [SetEntry(display("x = [a]\n"), "k", "1")]),
        ("x = {a: 1}\n", [AppendElement(display("x = {a: 1}\n"), "k")]),
        (
            "x = {a for a in b}\n",
            [AppendElement(text_at("x = {a for a in b}\n", "{a for a in b}"), "k")],
        ),
    ],
)
def test_what_cannot_be_done_is_refused(before: str, edits: list[Edit]) -> None:
    with pytest.raises(RewriteError) as caught:
        edited(before, *edits)
    assert "\n" not in str(caught.value) and str(caught.value) == caught.value.reason


def test_equal_edits_are_one() -> None:
    before = "f(g(a))\n"
    edit = SetArgument(call(before, "f"), "k", "1")
    wrap = WrapExpression(call(before, "g"), "h(", ")")
    assert edited(before, edit, wrap, edit, wrap) == "f(h(g(a)), k=1)\n"


class TestInsideFStrings:
    BEFORE = 'x = f"{g(a)}-{b!r:>{c}}"\n'

    def place(self, piece: str) -> object:
        return text_at(self.BEFORE, piece)

    def test_a_plain_text_lands_or_is_refused_on_pythons_that_have_no_places_there(self) -> None:
        edit = SetArgument(text_at(self.BEFORE, "g(a)"), "k", "1")
        if sys.version_info >= (3, 12):
            assert edited(self.BEFORE, edit) == self.BEFORE.replace("g(a)", "g(a, k=1)")
        else:
            with pytest.raises(RewriteError):
                edited(self.BEFORE, edit)

    @pytest.mark.parametrize("text", ['"s"', "'s'", "'\\n'", "{1: 2}", "[\n1]"])
    def test_what_could_break_the_string_is_refused(self, text: str) -> None:
        with pytest.raises(RewriteError):
            edited(self.BEFORE, SetArgument(text_at(self.BEFORE, "g(a)"), "k", text))

    def test_the_whole_string_can_be_replaced_and_stands_in_nobodys_way(self) -> None:
        before = self.BEFORE.replace("x = ", "x = h(").replace("\n", ")\n")
        edit = SetArgument(call(before, "h"), "k", "1")
        assert edited(before, edit) == before.replace(")\n", ", k=1)\n")


MODERN = """\
match f(a):
    case X(a=1) if f(b):
        f(c)
    case _:
        pass
if (n := f(d)) > 1:
    pass
elif f(e):
    pass
else: f(g)
try: pass
except f(h): pass
finally: f(i)
with f(j) as p, f(k): pass
async def z(a, /, b: int = f(l)):  # a comment
    async with f(m) as s: return await f(o)
for q in f(r): x: int = f(s)
lambda u: f(v)
def w() -> f(x): yield f(y)
class C(f(z), metaclass=M): pass
x = y = f(aa)  # type: X
assert f(ab), f(ac)
del f(ad)[0]
print(*f(ae), **f(af))
"""


@pytest.mark.parametrize("nth", range(MODERN.count("f(")))
def test_calls_in_every_kind_of_statement(nth: int) -> None:
    parts = MODERN.split("f(")
    ref = call(MODERN, "f", nth)
    expected = "f(".join(parts[: nth + 1]) + "f(" + parts[nth + 1].replace(")", ", new=1)", 1)
    expected += "".join(f"f({part}" for part in parts[nth + 2 :])
    assert edited(MODERN, SetArgument(ref, "new", "1")) == expected


def test_all_of_them_at_once() -> None:
    edits = [SetArgument(call(MODERN, "f", n), "new", "1") for n in range(MODERN.count("f("))]
    assert edited(MODERN, *edits).count("new=1") == len(edits)
