"""Whole statements that go."""

from __future__ import annotations

import black
import pytest

from tapfix.edits import AddImport, InsertStatements, RemoveStatement, ReplaceExpression
from tapfix.engine.rewrite import RewriteError
from tests.engine.places import PATH, edited, statement, text_at

FILE = '''\
"""A module."""

import os
import textwrap

# what runs
# in Lambda
CODE = """
# no comment of this file
"""
OTHER = 1

LAST = 2


class A:
    x = 1

    def m(self):
        first = 1

        second = f(
            2,
        )
        return second

    @staticmethod
    def n():
        return 1
'''


@pytest.mark.parametrize(
    ("begins", "old", "new"),
    [
        ("import textwrap", "import os\nimport textwrap\n", "import os\n"),
        ("CODE", FILE[FILE.index("# what") : FILE.index("OTHER")], ""),
        ("OTHER", 'file\n"""\nOTHER = 1\n\n', 'file\n"""\n\n'),
        ("LAST", "OTHER = 1\n\nLAST = 2\n\n\n", "OTHER = 1\n\n\n"),
        ("x = 1", "class A:\n    x = 1\n\n    def", "class A:\n    def"),
        ("first", "        first = 1\n\n", ""),
        ("second", "1\n\n        second = f(\n            2,\n        )\n", "1\n\n"),
        ("def n", "second\n\n    @staticmethod\n    def n():\n        return 1\n", "second\n"),
    ],
)
def test_the_larger_gap_stays(begins: str, old: str, new: str) -> None:
    result = edited(FILE, RemoveStatement(statement(FILE, begins)))
    assert FILE.count(old) == 1
    assert result == FILE.replace(old, new)
    assert black.format_str(result, mode=black.Mode()) == result


def test_two_neighbours_and_what_is_written_beside_them() -> None:
    result = edited(
        FILE,
        RemoveStatement(statement(FILE, "CODE")),
        RemoveStatement(statement(FILE, "OTHER")),
        InsertStatements(statement(FILE, "LAST"), "NEW = 3", before=True),
        AddImport(PATH, "sys"),
    )
    assert "import textwrap\n\nNEW = 3\nLAST = 2\n" in result
    assert "import sys\n" in result


def test_a_comment_between_two_that_go_stays() -> None:
    source = "a = 1\n\n# about both\n\nb = 2\nc = 3\n"
    gone = [RemoveStatement(statement(source, name)) for name in "ab"]
    assert edited(source, *gone) == "# about both\n\nc = 3\n"


def test_newlines_of_windows_and_a_last_line_without_one() -> None:
    source = "a = 1\r\n\r\nb = 2\r\nc = 3"
    assert edited(source, RemoveStatement(statement(source, "b"))) == "a = 1\r\n\r\nc = 3"
    assert edited(source, RemoveStatement(statement(source, "c"))) == "a = 1\r\n\r\nb = 2\r\n"


def test_a_semicolon_that_parts_nothing_goes_too() -> None:
    source = "a = 1;\nb = 2 ;\nc = 3\n"
    assert edited(source, RemoveStatement(statement(source, "b"))) == "a = 1;\nc = 3\n"


@pytest.mark.parametrize(
    ("source", "begins"),
    [
        ("a = 1; b = 2\n", "a"),
        ("a = 1; b = 2\n", "b"),
        ("if x: a = 1\nelse: pass\n", "a"),
        ("def f():\n    a = 1\n", "a"),
        ("a = 1  # one\nb = 2\n", "a"),
        ("a = [\n    1,  # one\n]\nb = 2\n", "a"),
        ("def f():\n    # one\n    return 1\n\n\nb = 2\n", "def"),
    ],
)
def test_refused(source: str, begins: str) -> None:
    with pytest.raises(RewriteError):
        edited(source, RemoveStatement(statement(source, begins)))


def test_a_change_inside_of_what_goes_is_refused() -> None:
    edits = (
        RemoveStatement(statement(FILE, "OTHER")),
        ReplaceExpression(text_at(FILE, "1", 0), "3"),
    )
    with pytest.raises(RewriteError):
        edited(FILE, *edits)
