"""When two texts count as the same program, which is the last thing asked of a rewrite."""

from __future__ import annotations

import ast

import pytest

from tapfix.engine.expect import same_tree

SAME = [
    ("f(1, a='x')", 'f(\n    1,\n    a="x",  # why\n)'),
    ("def f():\n    '''A\n    b.'''", "def f():\n        '''A\n        b.'''"),
]
OTHER = [
    ("x = 1", "x = True"),
    ("x = 1", "x = 1.0"),
    ("x = 'a'", "x = b'a'"),
    ("x = 'a'", "x = u'a'"),
    ("x = 'a'", "x = 'b'"),
    ("f(1)", "f(1, 2)"),
    ("f(1, 2)", "f(2, 1)"),
    ("f(a=1)", "f(b=1)"),
    ("f(a)", "f(*a)"),
    ("x = a.b", "x = a.c"),
    ("x = a", "x: a"),
    ("x = a + b", "x = a - b"),
    ("def f(): pass", "async def f(): pass"),
    ("def f(a=1): pass", "def f(a): pass"),
    ("def f(*, a=1): pass", "def f(*, a): pass"),
    ("import a", "import a as b"),
    ("from . import a", "from .. import a"),
    ("a\nb", "a"),
    ("if a: b", "if a: b\nelse: c"),
]


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_programs_that_are_not_the_same(one: str, other: str) -> None:
    assert not same_tree(ast.parse(one), ast.parse(other))
    assert not same_tree(ast.parse(other), ast.parse(one))
    assert same_tree(ast.parse(one), ast.parse(one))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_layout_comments_and_the_indentation_of_docstrings_do_not_count(
    one: str, other: str
) -> None:
    assert same_tree(ast.parse(one), ast.parse(other))
