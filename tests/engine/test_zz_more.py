"""Random calls in random layouts: nothing lost, nothing doubled, nothing else changed."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from dataclasses import dataclass

import black
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tapfix.edits import Edit, Ref, RemoveArgument, SetArgument
from tapfix.engine.rewrite import RewriteError
from tests.engine.places import call, edited

CHECK = settings(
    max_examples=700,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MODE = black.Mode(string_normalization=False)
NAMES = ["name", "removal_policy", "versioned", "lifecycle_rules"]
VALUES = ["True", "T.DESTROY", '"archive"', 'f"archive-{suffix}"', "[s3.Rule(days=90, id=x)]"]
BLANKS = st.sampled_from(["", "", " ", "\n    ", "\n        ", "  # c{}\n    ", "\n  # c{}\n\n  "])


@dataclass
class Counted:
    """Numbers the comments, so that each is another."""

    number: int = 0

    def __call__(self, blanks: str) -> str:
        self.number += "{}" in blanks
        return blanks.format(self.number)


@st.composite
def calls(draw: st.DrawFn, depth: int = 1, counted: Counted | None = None) -> str:
    """The source of a call of `f`, or inside of it of `g`."""
    count = counted or Counted()
    atoms = st.sampled_from(
        ["a", "1", "(x)", "'s'", "x.y", "'''s\n t'''", "[\n  1,\n]", "-1", "b if c else d"]
    )
    values = atoms if not depth else st.one_of(atoms, calls(depth - 1, count))
    items = [draw(values) for _ in range(draw(st.integers(0, 2)))]
    names = draw(st.lists(st.sampled_from([*NAMES, "other"]), unique=True, max_size=3))
    items += [f"{name}{draw(st.sampled_from(['=', ' = ']))}{draw(values)}" for name in names]
    items += draw(st.sampled_from([[], [], ["**props"], ["*more", "**props"]]))
    text = "f(" if depth else "g("
    for index, item in enumerate(items):
        text += count(draw(BLANKS)) + item + count(draw(BLANKS))
        last = index == len(items) - 1
        text += "" if last and draw(st.booleans()) else ","
    return text + count(draw(BLANKS)) + ")"


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A small file with one statement that holds the call, in some place and some newline."""
    text = draw(calls())
    before = draw(
        st.sampled_from(["x = ", "return ", "x.y(1, ", "if ", "x = [\n    ", "# é\nx = y = "])
    )
    after = {"x.y(1, ": ")", "if ": ":  # end\n    pass", "x = [\n    ": ",\n]"}.get(before, "")
    unit = draw(st.sampled_from(["    ", "  ", "\t"]))
    body = (before + text + after + draw(st.sampled_from(["", "  # last"]))).split("\n")
    head = f"# top\n\n\ndef m(self):\n{unit}y = 1\n"
    # strings over lines are indented with the rest: it is the source that counts
    return head + "".join(f"{unit}{line}\n" for line in body) + f"{unit}z = 2\n\n\nend()\n"


@st.composite
def changes(draw: st.DrawFn, source: str) -> list[Edit]:
    found: list[Edit] = []
    for name in ("f", "g"):
        for nth in range(sum(1 for node in nodes(source) if ast.unparse(node.func) == name)):
            found += draw(edits(call(source, name, nth)))
    return found


@st.composite
def edits(draw: st.DrawFn, ref: Ref) -> list[Edit]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    return [SetArgument(ref, name, draw(st.sampled_from(VALUES))) for name in names]


def nodes(source: str) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


def parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def comments(source: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


def arguments(source: str) -> list[tuple[str, dict[str | None, str]]]:
    """Every call's name and keyword arguments."""
    return [
        (ast.unparse(node.func), {k.arg: ast.unparse(k.value) for k in node.keywords})
        for node in nodes(source)
        if ast.unparse(node.func) in ("f", "g")
    ]


@CHECK
@given(data=st.data())
def test_comments_stay_once_and_all_else_byte_for_byte(data: st.DataObject) -> None:
    source = data.draw(sources())
    assume(parses(source))
    wanted = data.draw(changes(source))
    assume(not overlap(source, wanted))
    after = edited(source, *wanted)
    assert comments(after) == comments(source)
    head, tail = source.index("    y" if "    y" in source else "y"), len("z = 2\n\n\nend()\n")
    assert after[:head] == source[:head] and after[-tail:] == source[-tail:]
    for edit in wanted:
        assert isinstance(edit, SetArgument)
        name = source.encode()[edit.call.offset : edit.call.offset + 1].decode()
        value = ast.unparse(ast.parse(edit.value, mode="eval"))
        assert any(n == name and found.get(edit.name) == value for n, found in arguments(after))


def overlap(source: str, wanted: list[Edit]) -> bool:
    """Whether a call that is edited stands inside a value that is replaced."""
    try:
        edited(source, *wanted)
    except RewriteError as error:
        assert error.reason == "two edits want to change the same text"
        return True
    return False


@CHECK
@given(data=st.data(), newline=st.sampled_from(["\r\n", "\r"]))
def test_the_newline_does_not_matter(data: st.DataObject, newline: str) -> None:
    source = data.draw(sources())
    assume(parses(source))
    other = source.replace("\n", newline)
    here, there = (
        [SetArgument(call(text, "f"), name, "T.DESTROY") for name in NAMES[:2]]
        for text in (source, other)
    )
    assert edited(other, *there) == edited(source, *here).replace("\n", newline)


@CHECK
@given(data=st.data())
def test_what_black_left_alone_it_leaves_alone_after(data: st.DataObject) -> None:
    source = data.draw(sources())
    assume(parses(source))
    clean = black.format_str(source, mode=MODE)
    assume(black.format_str(clean, mode=MODE) == clean)
    wanted = data.draw(changes(clean))
    assume(not overlap(clean, wanted))
    after = edited(clean, *wanted)
    assert black.format_str(after, mode=MODE) == after


@CHECK
@given(data=st.data())
def test_what_was_added_can_be_taken_out_again(data: st.DataObject) -> None:
    source = data.draw(sources())
    assume(parses(source))
    added = edited(source, SetArgument(call(source, "f"), "added", "T.X"))
    without = edited(added, RemoveArgument(call(added, "f"), "added"))
    assert ast.dump(ast.parse(without)) == ast.dump(ast.parse(source))
    assert comments(without) == comments(source)
