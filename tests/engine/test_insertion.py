"""Whole new statements beside others."""

from __future__ import annotations

import ast

import black
import pytest

from tapfix.edits import Edit, InsertStatements, SetArgument
from tapfix.engine.rewrite import RewriteError
from tests.engine.places import call, edited, statement


def after(source: str, begins: str, text: str, *, blank: int = 0, nth: int = 0) -> Edit:
    return InsertStatements(statement(source, begins, nth), text, blank=blank)


def before(source: str, begins: str, text: str, *, blank: int = 0, nth: int = 0) -> Edit:
    return InsertStatements(statement(source, begins, nth), text, before=True, blank=blank)


BODY = """\
class A:
    def m(self):
        # about x
        x = f(
            1,
        )  # x
        y = 2

        for z in x:
            g(z)
            # of the loop

        # tail

    def n(self):
        return 1
"""


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (after(BODY, "x =", "n = 1"), "  # x\n", "  # x\n        n = 1\n"),
        (after(BODY, "x =", "n = 1", blank=1), "  # x\n", "  # x\n\n        n = 1\n"),
        (after(BODY, "y", "n = 1\nm = 2"), "y = 2\n", "y = 2\n        n = 1\n        m = 2\n"),
        (after(BODY, "y", "if a:\n    b"), "y = 2\n",
         "y = 2\n        if a:\n            b\n"),
        (after(BODY, "for", "n = 1"), "# of the loop\n", "# of the loop\n        n = 1\n"),
        (after(BODY, "g", "n = 1"), "g(z)\n", "g(z)\n            n = 1\n"),
        (before(BODY, "x", "n = 1"), "        # about", "        n = 1\n        # about"),
        (before(BODY, "x", "n = 1", blank=1), "        # about",
         "        n = 1\n\n        # about"),
        (before(BODY, "y", "n = 1"), "        y", "        n = 1\n        y"),
        (before(BODY, "for", "n = 1"), "        for", "        n = 1\n        for"),
        # a function keeps the lines around it that PEP 8 wants
        (after(BODY, "def n", "def o(self):\n    pass"), "return 1\n",
         "return 1\n\n    def o(self):\n        pass\n"),
        (before(BODY, "def n", "def o(self):\n    pass"), "    def n",
         "    def o(self):\n        pass\n\n    def n"),
        (before(BODY, "class A", "def o():\n    pass"), "class A",
         "def o():\n    pass\n\n\nclass A"),
        (before(BODY, "class A", "n = 1"), "class A", "n = 1\n\n\nclass A"),
        (after(BODY, "y", "def o():\n    pass"), "y = 2\n\n",
         "y = 2\n\n        def o():\n            pass\n\n"),
        (before(BODY, "y", "def o():\n    pass"), "        y",
         "\n        def o():\n            pass\n\n        y"),
    ],
)  # fmt: skip
def test_the_text_takes_the_place_and_the_indentation(edit: Edit, old: str, new: str) -> None:
    mode = black.Mode()
    assert black.format_str(BODY, mode=mode) == BODY
    assert BODY.count(old) == 1
    result = edited(BODY, edit)
    assert result == BODY.replace(old, new)
    assert black.format_str(result, mode=mode) == result


def test_several_at_one_statement_keep_their_order_and_equal_ones_are_one() -> None:
    edits = [
        after(BODY, "y", "a = 1"),
        before(BODY, "y", "b = 1"),
        after(BODY, "y", "c = 1"),
        before(BODY, "y", "d = 1"),
        after(BODY, "y", "a = 1"),
    ]
    indent = "        "
    assert edited(BODY, *edits) == BODY.replace(
        f"{indent}y = 2\n",
        f"{indent}b = 1\n{indent}d = 1\n{indent}y = 2\n{indent}a = 1\n{indent}c = 1\n",
    )


def test_inner_text_comes_before_outer_text_at_the_end_of_a_block() -> None:
    source = "for x in y:\n    if x:\n        f()\n"
    edits = [
        after(source, "for", "a = 1"),
        after(source, "if", "b = 1"),
        after(source, "f()", "c = 1"),
        SetArgument(call(source, "f"), "k", "1"),
    ]
    assert edited(source, *edits) == (
        "for x in y:\n    if x:\n        f(k=1)\n        c = 1\n    b = 1\na = 1\n"
    )


@pytest.mark.parametrize(
    ("source", "edit", "expected"),
    [
        # statements that share a line
        ("a(); b()\n", after("a(); b()\n", "b", "n"), "a(); b()\nn\n"),
        ("a(); b()\n", before("a(); b()\n", "a", "n"), "n\na(); b()\n"),
        ("if x: a()\nb\n", after("if x: a()\nb\n", "if", "n"), "if x: a()\nn\nb\n"),
        ("if x: a()\n", before("if x: a()\n", "if", "n"), "n\nif x: a()\n"),
        # a semicolon that parts nothing
        ("a();\nb\n", after("a();\nb\n", "a", "n"), "a();\nn\nb\n"),
        ("a() ;  # a\n", after("a() ;  # a\n", "a", "n"), "a() ;  # a\nn\n"),
        ("if x: a();\n", after("if x: a();\n", "if", "n"), "if x: a();\nn\n"),
        # decorators
        ("@d\n# why\n@e(1)\ndef f(): pass\n",
         before("@d\n# why\n@e(1)\ndef f(): pass\n", "def", "n"),
         "n\n\n\n@d\n# why\n@e(1)\ndef f(): pass\n"),
        # the comments that begin a file
        ("#!/bin/x\na = 1\n", before("#!/bin/x\na = 1\n", "a", "n"), "#!/bin/x\nn\na = 1\n"),
        # behind an import
        ("import os\n", after("import os\n", "import", "n = 1"), "import os\n\nn = 1\n"),
        # ends without a newline
        ("a = 1", after("a = 1", "a", "n = 1"), "a = 1\nn = 1"),
        ("a = 1", before("a = 1", "a", "n = 1"), "n = 1\na = 1"),
        ("if x:\n    a  # y", after("if x:\n    a  # y", "if", "n"), "if x:\n    a  # y\nn"),
        # every kind of block
        ("try:\n\ta\nexcept E:\n\tb\nelse:\n\tc\nfinally:\n\td\n",
         after("try:\n\ta\nexcept E:\n\tb\nelse:\n\tc\nfinally:\n\td\n", "b", "if n:\n    m"),
         "try:\n\ta\nexcept E:\n\tb\n\tif n:\n\t\tm\nelse:\n\tc\nfinally:\n\td\n"),
        ("match x:\n  case 1:\n    a\n", after("match x:\n  case 1:\n    a\n", "a", "if n:\n    m"),
         "match x:\n  case 1:\n    a\n    if n:\n      m\n"),
    ],
)  # fmt: skip
def test_other_places(source: str, edit: Edit, expected: str) -> None:
    assert edited(source, edit) == expected


@pytest.mark.parametrize(
    ("source", "edit"),
    [
        ("a(); b()\n", after("a(); b()\n", "a", "n")),
        ("a(); b()\n", before("a(); b()\n", "b", "n")),
        ("if x: a()\n", after("if x: a()\n", "a", "n")),
        ("if x: a();\n", after("if x: a();\n", "a", "n")),
        ("if x: a(); b()\n", after("if x: a(); b()\n", "b", "n")),
        ("if x: a()\n", before("if x: a()\n", "a", "n")),
        ("if x:\n    a\nelif y:\n    b\n", after("if x:\n    a\nelif y:\n    b\n", "elif", "n")),
        ("a\n", after("a\n", "a", "")),
        ("a\n", after("a\n", "a", "n +")),
        ("a\n", after("a\n", "a", "if n:")),
        ("a\n", InsertStatements(call("a()\n", "a"), "n")),
    ],
)
def test_what_cannot_be_inserted_is_refused(source: str, edit: Edit) -> None:
    with pytest.raises(RewriteError):
        edited(source, edit)


def test_long_text_is_laid_out_by_black_in_the_units_of_the_file() -> None:
    source = "class A:\n  def m(self):\n    x = 1\n"
    text = 'sg = ec2.SecurityGroup(self, "Group", vpc=vpc, description="of the function")'
    assert edited(source, after(source, "x", text), line_length=60) == (
        "class A:\n  def m(self):\n    x = 1\n"
        "    sg = ec2.SecurityGroup(\n"
        "      self,\n"
        '      "Group",\n'
        "      vpc=vpc,\n"
        '      description="of the function",\n'
        "    )\n"
    )


def test_strings_over_lines_are_not_indented_but_docstrings_are() -> None:
    source = "class A:\n    x = 1\n"
    text = 'def m(self):\n    """Doc.\n\n    More.\n    """\n    return """a\n  b\n"""'
    result = edited(source, after(source, "x", text))
    assert result == (
        "class A:\n    x = 1\n\n"
        '    def m(self):\n        """Doc.\n\n        More.\n        """\n'
        '        return """a\n  b\n"""\n'
    )
    strings = [node.value for node in ast.walk(ast.parse(result)) if isinstance(node, ast.Constant)]
    assert "a\n  b\n" in strings


def test_the_quotes_of_the_file_are_used() -> None:
    source = "x = f('a', 'b')\n"
    edit = after(source, "x", 'y = {"a": f"{b}-c"}\nz = "it\'s"')
    assert edited(source, edit) == source + "y = {'a': f'{b}-c'}\nz = \"it's\"\n"
