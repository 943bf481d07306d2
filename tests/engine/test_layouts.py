"""Setting and adding arguments in every layout that a call can have."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NamedTuple

import black
import pytest

from tapfix.edits import Edit, ReplaceExpression, SetArgument
from tests.engine.places import call, edited, text_at


class Layout(NamedTuple):
    """A call of ``f`` as it is, and as it is after each of the three changes."""

    before: str
    set_b: str
    add_c: str
    add_c_and_d: str


LAYOUTS = {
    "one line": Layout(
        "x = f(a, b=1)\n",
        "x = f(a, b=2)\n",
        "x = f(a, b=1, c=T.X)\n",
        "x = f(a, b=1, c=T.X, d=True)\n",
    ),
    "one line, trailing comma": Layout(
        "x = f(a, b=1,)\n",
        "x = f(a, b=2,)\n",
        "x = f(a, b=1, c=T.X,)\n",
        "x = f(a, b=1, c=T.X, d=True,)\n",
    ),
    "one line, no blanks": Layout(
        "x = f(a,b=1)\n",
        "x = f(a,b=2)\n",
        "x = f(a,b=1,c=T.X)\n",
        "x = f(a,b=1,c=T.X,d=True)\n",
    ),
    "one argument a line": Layout(
        "x = f(\n    a,\n    b=1,\n)\n",
        "x = f(\n    a,\n    b=2,\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X,\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X,\n    d=True,\n)\n",
    ),
    "one argument a line, no trailing comma": Layout(
        "x = f(\n    a,\n    b=1\n)\n",
        "x = f(\n    a,\n    b=2\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X,\n    d=True\n)\n",
    ),
    "all arguments on a line of their own": Layout(
        "x = f(\n    a, b=1\n)  # why\n",
        "x = f(\n    a, b=2\n)  # why\n",
        "x = f(\n    a, b=1, c=T.X\n)  # why\n",
        "x = f(\n    a, b=1, c=T.X, d=True\n)  # why\n",
    ),
    "comment after the last argument": Layout(
        "x = f(\n    a,  # first\n    b=1,  # last\n)\n",
        "x = f(\n    a,  # first\n    b=2,  # last\n)\n",
        "x = f(\n    a,  # first\n    b=1,  # last\n    c=T.X,\n)\n",
        "x = f(\n    a,  # first\n    b=1,  # last\n    c=T.X,\n    d=True,\n)\n",
    ),
    "comment after the last argument, no trailing comma": Layout(
        "x = f(\n    a,\n    b=1  # last\n)\n",
        "x = f(\n    a,\n    b=2  # last\n)\n",
        "x = f(\n    a,\n    b=1,  # last\n    c=T.X\n)\n",
        "x = f(\n    a,\n    b=1,  # last\n    c=T.X,\n    d=True\n)\n",
    ),
    "comment line before the bracket": Layout(
        "x = f(\n    a,\n    b=1,\n    # d=False,\n)\n",
        "x = f(\n    a,\n    b=2,\n    # d=False,\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X,\n    # d=False,\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X,\n    d=True,\n    # d=False,\n)\n",
    ),
    "aligned with the bracket": Layout(
        "x = f(a,\n      b=1)\n",
        "x = f(a,\n      b=2)\n",
        "x = f(a,\n      b=1,\n      c=T.X)\n",
        "x = f(a,\n      b=1,\n      c=T.X,\n      d=True)\n",
    ),
    "first arguments beside the bracket": Layout(
        "x = f(a,\n    b=1,\n)\n",
        "x = f(a,\n    b=2,\n)\n",
        "x = f(a,\n    b=1,\n    c=T.X,\n)\n",
        "x = f(a,\n    b=1,\n    c=T.X,\n    d=True,\n)\n",
    ),
    "last argument goes over lines": Layout(
        "x = f(a, b=g(\n    1,\n))\n",
        "x = f(a, b=2)\n",
        "x = f(a, b=g(\n    1,\n), c=T.X)\n",
        "x = f(a, b=g(\n    1,\n), c=T.X, d=True)\n",
    ),
    "props last": Layout(
        "x = f(a, b=1, **props)\n",
        "x = f(a, b=2, **props)\n",
        "x = f(a, b=1, c=T.X, **props)\n",
        "x = f(a, b=1, c=T.X, d=True, **props)\n",
    ),
    "props last, one argument a line": Layout(
        "x = f(\n    a,\n    b=1,\n    # shared\n    **props,\n)\n",
        "x = f(\n    a,\n    b=2,\n    # shared\n    **props,\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X,\n    # shared\n    **props,\n)\n",
        "x = f(\n    a,\n    b=1,\n    c=T.X,\n    d=True,\n    # shared\n    **props,\n)\n",
    ),
    "brackets around values": Layout(
        "x = (f)((a), b = (1))\n",
        "x = (f)((a), b = 2)\n",
        "x = (f)((a), b = (1), c = T.X)\n",
        "x = (f)((a), b = (1), c = T.X, d = True)\n",
    ),
    "equals signs with blanks behind alone": Layout(
        "x = f(a, b= 1)\n",
        "x = f(a, b= 2)\n",
        "x = f(a, b= 1, c=T.X)\n",
        "x = f(a, b= 1, c=T.X, d=True)\n",
    ),
    "equals signs in a column": Layout(
        "x = f(a,\n      e  = 0,\n      b  = 1)\n",
        "x = f(a,\n      e  = 0,\n      b  = 2)\n",
        "x = f(a,\n      e  = 0,\n      b  = 1,\n      c  = T.X)\n",
        "x = f(a,\n      e  = 0,\n      b  = 1,\n      c  = T.X,\n      d  = True)\n",
    ),
    "equals signs in a column that the new name passes": Layout(
        "x = f(a,\n      # e\n      b= 1,\n      e= 0)\n",
        "x = f(a,\n      # e\n      b= 2,\n      e= 0)\n",
        "x = f(a,\n      # e\n      b= 1,\n      e= 0,\n      c = T.X)\n",
        "x = f(a,\n      # e\n      b= 1,\n      e= 0,\n      c = T.X,\n      d = True)\n",
    ),
    "blanks at the end of the last row": Layout(
        "x = f(\n    a,\n    b=1  \n)\n",
        "x = f(\n    a,\n    b=2  \n)\n",
        "x = f(\n    a,\n    b=1,  \n    c=T.X\n)\n",
        "x = f(\n    a,\n    b=1,  \n    c=T.X,\n    d=True\n)\n",
    ),
    "comma first": Layout(
        "x = f(\n    a\n    , b=1\n    )\n",
        "x = f(\n    a\n    , b=2\n    )\n",
        "x = f(\n    a\n    , b=1, c=T.X\n    )\n",
        "x = f(\n    a\n    , b=1, c=T.X, d=True\n    )\n",
    ),
    "a decorator": Layout(
        "@f(a, b=1)\ndef g(): return 1\n",
        "@f(a, b=2)\ndef g(): return 1\n",
        "@f(a, b=1, c=T.X)\ndef g(): return 1\n",
        "@f(a, b=1, c=T.X, d=True)\ndef g(): return 1\n",
    ),
    "a header": Layout(
        "with f(a, b=1) as x:  # here\n    pass\n",
        "with f(a, b=2) as x:  # here\n    pass\n",
        "with f(a, b=1, c=T.X) as x:  # here\n    pass\n",
        "with f(a, b=1, c=T.X, d=True) as x:  # here\n    pass\n",
    ),
    "one statement of several": Layout(
        "y = 1; x = f(a, b=1); z = 2\n",
        "y = 1; x = f(a, b=2); z = 2\n",
        "y = 1; x = f(a, b=1, c=T.X); z = 2\n",
        "y = 1; x = f(a, b=1, c=T.X, d=True); z = 2\n",
    ),
}
EMPTY = {
    "empty": ("x = f()\n", "x = f(c=T.X)\n", "x = f(c=T.X, d=True)\n"),
    "a blank": ("x = f( )\n", "x = f(c=T.X)\n", "x = f(c=T.X, d=True)\n"),
    "a newline": (
        "x = f(\n)\n",
        "x = f(\n    c=T.X,\n)\n",
        "x = f(\n    c=T.X,\n    d=True,\n)\n",
    ),
    "a comment": (
        "x = f(  # all defaults\n)\n",
        "x = f(  # all defaults\n    c=T.X,\n)\n",
        "x = f(  # all defaults\n    c=T.X,\n    d=True,\n)\n",
    ),
    "a comment line": (
        "x = f(\n    # b=1,\n)\n",
        "x = f(\n    # b=1,\n    c=T.X,\n)\n",
        "x = f(\n    # b=1,\n    c=T.X,\n    d=True,\n)\n",
    ),
    "only props": (
        "x = f(**props)\n",
        "x = f(c=T.X, **props)\n",
        "x = f(c=T.X, d=True, **props)\n",
    ),
    "only props, on a line": (
        "x = f(\n    # shared\n    **props,\n)\n",
        "x = f(\n    c=T.X,\n    # shared\n    **props,\n)\n",
        "x = f(\n    c=T.X,\n    d=True,\n    # shared\n    **props,\n)\n",
    ),
}
FILES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "no last newline": lambda text: text.removesuffix("\n"),
    "in a method": lambda text: _indented(text, "    "),
    "two spaces": lambda text: _indented(text, "  "),
    "tabs": lambda text: _indented(text, "\t"),
}


def _indented(text: str, unit: str) -> str:
    """The text two levels deep, its own levels of ``unit`` too; alignment stays four or six."""
    rows = text.replace("\n      ", "\n\0").replace("\n    ", f"\n{unit}").replace("\0", " " * 6)
    deep = rows.replace("\n", f"\n{unit * 2}").removesuffix(unit * 2)
    return f"class A:\n{unit}def m(self):\n{unit * 2}{deep}"


def cases() -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    c, d = ("c", "T.X"), ("d", "True")
    found = []
    for before, set_b, add_c, add_both in LAYOUTS.values():
        found += [(before, set_b, (("b", "2"),)), (before, add_c, (c,)), (before, add_both, (c, d))]
    for before, add_c, add_both in EMPTY.values():
        found += [(before, add_c, (c,)), (before, add_both, (c, d))]
    return found


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("before", "after", "arguments"), cases())
def test_layout(before: str, after: str, arguments: tuple[tuple[str, str], ...], file: str) -> None:
    source, expected = FILES[file](before), FILES[file](after)
    ref = call(source, "f")
    edits = [SetArgument(ref, name, value) for name, value in arguments]
    assert edited(source, *edits) == expected


def mode(line_length: int = 88) -> black.Mode:
    return black.Mode(line_length=line_length, string_normalization=False)


LONG = [
    (
        "self.bucket = s3.Bucket(self, 'Bucket', versioned=True, bucket_name='archive')\n",
        "self.bucket = s3.Bucket(\n"
        "    self,\n"
        "    'Bucket',\n"
        "    versioned=True,\n"
        "    bucket_name='archive',\n"
        "    removal_policy=RemovalPolicy.DESTROY,\n"
        ")\n",
    ),
    (
        "self.bucket = s3.Bucket(self, 'Bucket', bucket_name='archive')\n",
        "self.bucket = s3.Bucket(\n"
        "    self, 'Bucket', bucket_name='archive', removal_policy=RemovalPolicy.DESTROY\n"
        ")\n",
    ),
    (
        "add(s3.Bucket(self, 'Bucket', bucket_name='archive', versioned=True), 'archive')\n",
        "add(\n"
        "    s3.Bucket(\n"
        "        self,\n"
        "        'Bucket',\n"
        "        bucket_name='archive',\n"
        "        versioned=True,\n"
        "        removal_policy=RemovalPolicy.DESTROY,\n"
        "    ),\n"
        "    'archive',\n"
        ")\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), LONG)
@pytest.mark.parametrize("unit", ["    ", "  ", "\t"])
def test_a_line_that_gets_too_long_is_split_as_black_splits(
    before: str, after: str, unit: str
) -> None:
    header = f"def f(self):\n{unit}"
    source = header + before
    expected = header + after.replace("    ", unit).replace("\n", f"\n{unit}").removesuffix(unit)
    edit = SetArgument(call(source, "s3.Bucket"), "removal_policy", "RemovalPolicy.DESTROY")
    assert black.format_str(after, mode=mode()) == after
    assert edited(source, edit) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "x = Bucket(self,'B',bucket_name='archive',versioned=True)\n",
            "x = Bucket(\n    self, 'B', bucket_name='archive', versioned=True, policy=DESTROY\n"
            ")\n",
        ),
        (
            "x = Bucket(self,'B',bucket_name='archive',versioned=True,public=False)\n",
            "x = Bucket(\n    self,\n    'B',\n    bucket_name='archive',\n    versioned=True,\n"
            "    public=False,\n    policy=DESTROY,\n)\n",
        ),
        (
            "x = [Bucket(self,'B',name='archive'), Bucket(self,'C',name='new')]\n",
            "x = [\n    Bucket(self,'B',name='archive',policy=DESTROY),\n"
            "    Bucket(self,'C',name='new'),\n]\n",
        ),
        (
            "x = Bucket(self,\n    'B', name='archive', versioned=True, public=False, \n)\n",
            "x = Bucket(self,\n    'B', name='archive', versioned=True, public=False, \n"
            "    policy=DESTROY,\n)\n",
        ),
        (
            "each( of(lambda n: Bucket('B', name='archive', versioned=True), some(every)), 2)\n",
            "each(\n"
            "    of(\n"
            "        lambda n: Bucket(\n"
            "            'B', name='archive', versioned=True, policy=DESTROY\n"
            "        ),\n"
            "        some(every),\n"
            "    ),\n"
            "    2,\n"
            ")\n",
        ),
    ],
)
def test_a_line_of_the_users_own_layout_is_split_only_when_it_gets_too_long(
    before: str, after: str
) -> None:
    edit = SetArgument(call(before, "Bucket"), "policy", "DESTROY")
    assert edited(before, edit, line_length=70) == after


def test_a_line_that_was_too_long_before_is_split_only_if_an_argument_comes_to_it() -> None:
    before = f"x = f(a,'{'y' * 80}',b=1)\n"
    assert edited(before, SetArgument(call(before, "f"), "b", "2")) == before.replace("=1", "=2")
    after = edited(before, SetArgument(call(before, "f"), "c", "2"))
    assert after == f"x = f(\n    a,\n    '{'y' * 80}',\n    b=1,\n    c=2,\n)\n"


def test_a_row_that_was_too_long_before_stays_when_an_argument_comes_to_another_row() -> None:
    before = f"x = f(a,'{'y' * 80}',b=g(n=1),\n      e=True)\n"
    inner, outer = call(before, "g"), call(before, "f")
    after = edited(before, SetArgument(inner, "n", "0"), SetArgument(outer, "c", "3"))
    assert after == f"x = f(a,'{'y' * 80}',b=g(n=0),\n      e=True,\n      c=3)\n"


def test_a_long_new_value_is_broken_where_the_users_layout_is_kept() -> None:
    before = "x = s3.Bucket(self,\n              'B')\n"
    rules = "[s3.LifecycleRule(expiration=Duration.days(1095), enabled=True)]"
    after = edited(
        before, SetArgument(call(before, "s3.Bucket"), "lifecycle_rules", rules), line_length=60
    )
    assert after == (
        "x = s3.Bucket(self,\n"
        "              'B',\n"
        "              lifecycle_rules=[\n"
        "                  s3.LifecycleRule(\n"
        "                      expiration=Duration.days(1095),\n"
        "                      enabled=True,\n"
        "                  )\n"
        "              ])\n"
    )


def test_strings_over_lines_are_not_touched() -> None:
    before = (
        "class A:\n    def m(self):\n"
        "        f(\n            '''a\n  b\n''',\n            1,\n        )\n"
    )
    after = edited(before, SetArgument(call(before, "f"), "c", "2"))
    assert after == before.replace("1,\n", "1,\n            c=2,\n")


def test_a_comment_inside_a_replaced_value_goes_above_it() -> None:
    before = "f(\n    a,\n    b=g(\n        # a week\n        7,  # days\n    ),\n)\n"
    after = edited(before, SetArgument(call(before, "f"), "b", "g(0)"))
    assert after == "f(\n    a,\n    # a week\n    # days\n    b=g(0),\n)\n"


def test_a_comment_inside_a_replaced_value_of_the_first_line_goes_above_the_statement() -> None:
    before = "def m():\n    x = f(b=g(  # a week\n        7))\n"
    after = edited(before, SetArgument(call(before, "f"), "b", "g(0)"))
    assert after == "def m():\n    # a week\n    x = f(b=g(0))\n"


def test_a_comment_inside_a_replaced_value_goes_above_the_statement_if_a_string_is_in_the_way() -> (
    None
):
    before = "x = f(a='s\\\n  t', b=g(  # a week\n    7))\n"
    after = edited(before, SetArgument(call(before, "f"), "b", "g(0)"))
    assert after == "# a week\nx = f(a='s\\\n  t', b=g(0))\n"


def test_comments_inside_two_replaced_values_that_share_a_row() -> None:
    before = "x = f(a=g(  # one\n), b=g(  # two\n))\n"
    ref = call(before, "f")
    after = edited(before, SetArgument(ref, "a", "1"), SetArgument(ref, "b", "2"))
    assert after == "# one\n# two\nx = f(a=1, b=2)\n"


def test_edits_of_nested_calls_and_of_one_call_all_land() -> None:
    before = "f(a, b=g(1, k=h(2)), c=3)\n"
    edits = [
        SetArgument(call(before, "f"), "new", "1"),
        SetArgument(call(before, "g"), "new", "2"),
        SetArgument(call(before, "h"), "new", "3"),
        SetArgument(call(before, "f"), "c", "4"),
        SetArgument(call(before, "f"), "newer", "5"),
    ]
    after = edited(before, *edits)
    assert after == "f(a, b=g(1, k=h(2, new=3), new=2), c=4, new=1, newer=5)\n"


def test_the_users_quotes_are_used_where_nothing_stands_in_the_way() -> None:
    before = "a = 'x'\nb = 'it'\nx = f(a, 'B')\n"
    edits = [
        SetArgument(call(before, "f"), "c", 'f"name-{suffix}"'),
        SetArgument(call(before, "f"), "d", '"it\'s"'),
        SetArgument(call(before, "f"), "e", 'g("a", r"b\\d", """c""")'),
    ]
    after = edited(before, *edits)
    assert after == (
        "a = 'x'\nb = 'it'\n"
        'x = f(a, \'B\', c=f\'name-{suffix}\', d="it\'s", e=g(\'a\', r"b\\d", """c"""))\n'
    )


def test_a_text_in_the_place_of_another_keeps_the_quotes_of_that_one() -> None:
    before = "a = 'x', 'y', 'z'\nx = f(\"name\", c=\"d\")\n"
    edits: list[Edit] = [
        SetArgument(call(before, "f"), "c", 'f"d-{suffix}"'),
        SetArgument(call(before, "f"), "e", '"e"'),
        ReplaceExpression(text_at(before, '"name"'), 'f"name-{suffix}"'),
    ]
    after = 'x = f(f"name-{suffix}", c=f"d-{suffix}", e=\'e\')\n'
    assert edited(before, *edits) == f"a = 'x', 'y', 'z'\n{after}"


def test_docstrings_do_not_make_a_file_double_quoted() -> None:
    before = '"""Doc."""\n\n\ndef g():\n    """Doc."""\n\n\nx = f(\'a\')\n'
    assert edited(before, SetArgument(call(before, "f"), "c", '"b"')).endswith(
        "x = f('a', c='b')\n"
    )


@pytest.mark.parametrize(("before", "after", "arguments"), cases())
def test_what_black_left_alone_it_leaves_alone_after(
    before: str, after: str, arguments: tuple[tuple[str, str], ...]
) -> None:
    clean = black.format_str(before, mode=mode())
    edits = [SetArgument(call(clean, "f"), name, value) for name, value in arguments]
    result = edited(clean, *edits)
    assert black.format_str(result, mode=mode()) == result
    assert ast.dump(ast.parse(result)) == ast.dump(ast.parse(after))
