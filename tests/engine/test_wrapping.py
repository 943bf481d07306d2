"""Statements that go into the body of a new compound statement."""

from __future__ import annotations

import ast
import re

import black
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapfix.edits import (
    AddImport,
    Edit,
    InsertStatements,
    Ref,
    RemoveStatement,
    SetArgument,
    WrapExpression,
    WrapStatements,
)
from tapfix.engine.rewrite import RewriteError
from tests.engine.places import PATH, call, edited, statement, text_at

MODE = black.Mode()
RAISE = "except Exception:\n    log()\n    raise"


def wrap(source: str, first: str, last: str | None = None, after: str = RAISE) -> WrapStatements:
    begin = statement(source, first)
    return WrapStatements(begin, statement(source, last) if last else begin, "try:", after)


BODY = '''\
def handler(event, context):
    """Doc
    of it."""
    # about x
    x = f(event)  # x

    for item in x:
        # about item
        g(item)
        # tail

    text = """
  as it
is
"""
    # about y
    y = h(x)
    # end

    # of the block


z = 1
'''


def test_statements_move_with_their_comments() -> None:
    assert (
        edited(BODY, wrap(BODY, "x =", "y ="))
        == '''\
def handler(event, context):
    """Doc
    of it."""
    try:
        # about x
        x = f(event)  # x

        for item in x:
            # about item
            g(item)
            # tail

        text = """
  as it
is
"""
        # about y
        y = h(x)
        # end

        # of the block
    except Exception:
        log()
        raise


z = 1
'''
    )


def test_a_part_of_a_block() -> None:
    assert edited(BODY, wrap(BODY, "for")) == BODY.replace(
        """\
    for item in x:
        # about item
        g(item)
        # tail
""",
        """\
    try:
        for item in x:
            # about item
            g(item)
            # tail
    except Exception:
        log()
        raise
""",
    )


def test_the_body_of_a_loop() -> None:
    result = edited(BODY, wrap(BODY, "g("))
    new = """\
        try:
            # about item
            g(item)
            # tail
        except Exception:
            log()
            raise

    text"""
    assert new in result


def test_the_comment_above_the_next_statement_stays_with_it() -> None:
    source = "def f():\n    a()\n    # about b\n    b()\n"
    result = edited(source, wrap(source, "a"))
    assert result.endswith("        raise\n    # about b\n    b()\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("unit", ["  ", "    ", "\t", "   "])
def test_indentation_and_newlines_are_those_of_the_file(unit: str, newline: str) -> None:
    def spelled(text: str) -> str:
        rows = (row.replace("    ", unit) for row in text.split("\n"))
        return newline.join(rows)

    source = spelled(
        "def f():\n    for a in b:\n        g(\n            a,\n        )\n\n    h()\n"
    )
    edit = WrapStatements(
        text_at(source, spelled("g(\n            a,\n        )")),
        text_at(source, spelled("g(\n            a,\n        )")),
        "try:",
        RAISE,
    )
    assert edited(source, edit) == spelled(
        "def f():\n    for a in b:\n"
        "        try:\n            g(\n                a,\n            )\n"
        "        except Exception:\n            log()\n            raise\n\n    h()\n"
    )


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    x = '''\n  a\n\tb\n'''\n    y = f'''\n{x}\n  c'''\n",
        "def f():\n    x = 'a\\\n  b'\n    y = x\n",
        "def f():\n    x = g('''\n  a''', '''\nb\n''')\n    y = x\n",
        "def f():\n    x = 1\n    '''\nput aside\n'''\n    y = x\n",
    ],
)
def test_the_inside_of_strings_stays(source: str) -> None:
    result = edited(source, wrap(source, "x =", "y ="))
    texts = [
        [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
        for text in (source, result)
    ]
    assert texts[0] == texts[1]


def test_docstrings_of_inner_functions_move() -> None:
    source = '''\
def f():
    def g():
        """Doc

        of g.
        """

    class C:
        """Doc
        of C."""

    g()
'''
    result = edited(source, wrap(source, "def g", "g()"))
    assert '            """Doc\n\n            of g.\n            """\n' in result
    assert '            """Doc\n            of C."""\n' in result
    assert black.format_str(result, mode=black.Mode()) == result


def test_definitions_keep_the_empty_lines_that_black_wants() -> None:
    source = "def f():\n    x = 1\n\n    def g():\n        pass\n"
    result = edited(source, wrap(source, "def g"))
    assert black.format_str(result, mode=black.Mode()) == result


def test_backslashes_and_brackets_move_along() -> None:
    source = "def f():\n    x = 1 + \\\n        2\n    y = [\n  3,\n]\n"
    assert edited(source, wrap(source, "x =", "y =")) == (
        "def f():\n    try:\n        x = 1 + \\\n            2\n        y = [\n      3,\n    ]\n"
        "    except Exception:\n        log()\n        raise\n"
    )


LONG = """\
def handler(event, context):
    for record in event["Records"]:
        table.put_item(Item={"id": record["messageId"], "body": record["body"]}, x=1)
        if record["messageId"] and record["body"] and record["attributes"] == "four":
            message = f"{record['messageId']}" + "a text fills the line"  # c
        assert record["messageId"].startswith("a")  # a comment of its own
"""


def test_lines_that_get_too_long_are_split_as_black_splits_them() -> None:
    assert black.format_str(LONG, mode=black.Mode()) == LONG
    result = edited(LONG, wrap(LONG, "table", "assert"))
    assert black.format_str(result, mode=black.Mode()) == result
    assert '             Item={"id": record["messageId"], "body": record["body"]}, x=1\n' in result


def test_lines_of_another_layout_keep_it() -> None:
    source = LONG.replace("x=1", "x = 1")
    result = edited(source, wrap(source, "table", "assert"))
    assert "    table.put_item(Item={" in result


def test_a_function_indented_otherwise_than_the_file_keeps_its_step() -> None:
    source = "def a():\n    f()\n\n\ndef b():\n    f()\n\n\ndef c():\n  g(1)\n"
    assert edited(source, wrap(source, "g")).endswith(
        "def c():\n  try:\n    g(1)\n  except Exception:\n    log()\n    raise\n"
    )


def test_a_file_without_a_last_newline() -> None:
    source = "def f():\n    return g()"
    assert edited(source, wrap(source, "return")) == (
        "def f():\n    try:\n        return g()\n"
        "    except Exception:\n        log()\n        raise"
    )


def test_other_compound_statements() -> None:
    source = "def f():\n    g()\n\n    h()\n"
    edit = WrapStatements(statement(source, "g"), statement(source, "h"), "with a as b:", "")
    assert edited(source, edit) == "def f():\n    with a as b:\n        g()\n\n        h()\n"


def test_new_text_takes_the_quotes_of_the_file() -> None:
    source = "def f():\n    g('a')\n"
    edit = wrap(source, "g", after='except Exception:\n    log("b")')
    assert "log('b')" in edited(source, edit)


# Other edits


INNER = """\
import json


def handler(event, context):
    data = json.loads(event["body"])
    table.put_item(Item=data)
    return {"statusCode": 200}
"""


def inner(*edits: Edit) -> str:
    return edited(INNER, wrap(INNER, "data", "return"), *edits)


def test_edits_inside_land() -> None:
    result = inner(
        WrapExpression(text_at(INNER, 'event["body"]'), "b64decode(", ")"),
        SetArgument(call(INNER, "table.put_item"), "ReturnValues", '"ALL_OLD"'),
        AddImport(PATH, "base64", "b64decode"),
    )
    assert "from base64 import b64decode\n" in result
    assert '        data = json.loads(b64decode(event["body"]))\n' in result
    assert '        table.put_item(Item=data, ReturnValues="ALL_OLD")\n' in result
    assert black.format_str(result, mode=black.Mode()) == result


def test_statements_inserted_and_removed_inside() -> None:
    result = inner(
        InsertStatements(statement(INNER, "data"), "secret = read()", before=True),
        RemoveStatement(statement(INNER, "table")),
        InsertStatements(statement(INNER, "return"), "done()", before=True),
    )
    assert "    try:\n        secret = read()\n        data = " in result
    assert '])\n        done()\n        return {"statusCode": 200}\n    except' in result


def test_an_edit_makes_a_line_longer_that_also_gets_deeper() -> None:
    source = LONG
    result = edited(
        source,
        wrap(source, "table", "assert"),
        SetArgument(call(source, "table.put_item"), "ReturnValues", '"ALL_OLD_VALUES_AT_ONCE"'),
    )
    assert black.format_str(result, mode=black.Mode()) == result
    assert "ALL_OLD_VALUES_AT_ONCE" in result


def test_wraps_inside_of_wraps_in_either_order() -> None:
    outer = wrap(INNER, "data", "return")
    within = wrap(INNER, "table", after="finally:\n    close()")
    result = edited(INNER, outer, within)
    assert result == edited(INNER, within, outer)
    assert "        try:\n            table.put_item(Item=data)\n        finally:\n" in result


def test_edits_around_stay_in_place() -> None:
    source = "a = f(1)\n\n\ndef g():\n    h()\n\n\nb = f(2)\n"
    result = edited(
        source,
        wrap(source, "h"),
        SetArgument(call(source, "f", 0), "x", "1"),
        SetArgument(call(source, "f", 1), "x", "2"),
    )
    assert result.startswith("a = f(1, x=1)\n") and result.endswith("b = f(2, x=2)\n")


# Refusals


@pytest.mark.parametrize(
    ("source", "first", "last"),
    [
        ("for a in b: g(a)\n", "g", "g"),
        ("f(); g()\n", "g", "g"),
        ("f(); g()\n", "f", "f"),
        ("f()\nif a:\n    g()\n", "f", "g"),
        ("f()\ng()\n", "g", "f"),
    ],
)
def test_statements_that_cannot_be_wrapped(source: str, first: str, last: str) -> None:
    with pytest.raises(RewriteError):
        edited(source, wrap(source, first, last))


def test_statements_on_one_line_may_be_wrapped_together() -> None:
    assert edited("f(); g()\n", wrap("f(); g()\n", "f", "g")).startswith("try:\n    f(); g()\nexc")


def test_two_different_wraps_of_one_statement_contradict_each_other() -> None:
    with pytest.raises(RewriteError, match="contradict"):
        edited(INNER, wrap(INNER, "data"), wrap(INNER, "data", "return"))


def test_wraps_that_cross_are_refused() -> None:
    with pytest.raises(RewriteError, match="one block"):
        edited(INNER, wrap(INNER, "data", "table"), wrap(INNER, "table", "return"))


@pytest.mark.parametrize("before", ["a = 1", "if a: b", "try:\n    a"])
def test_a_header_must_be_one(before: str) -> None:
    source = "def f():\n    g()\n"
    edit = WrapStatements(statement(source, "g"), statement(source, "g"), before, "")
    with pytest.raises(RewriteError):
        edited(source, edit)


# Anything at all

PIECES = st.sampled_from(
    [
        "a = f(1)",
        "a = f(1)  # c{}",
        "# c{}",
        "",
        "f(\n    1,  # c{}\n    2,\n)",
        "x = '''\n  s\n'''",
        "f(g(aaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbb), ccccccccccccccccccccc)",
        "if a:  # c{}\n    b()\nelse:\n    # c{}\n    d()",
        "for a in b:\n    c()\n    # c{}",
        "while a:\n    f('''\n t''')\n    continue",
        'def g():\n    """Doc\n\n    of g.\n    """\n    return 1',
        "with a as b:\n    try:\n        c()\n    except E:  # c{}\n        pass",
        "x = 1 + \\\n    2",
        "a; b",
    ]
)


@settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(
    pieces=st.lists(PIECES, min_size=1, max_size=7),
    unit=st.sampled_from(["    ", "  ", "\t"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    clean=st.booleans(),
    data=st.data(),
)
def test_nothing_is_lost_and_nothing_else_changes(
    pieces: list[str], unit: str, newline: str, clean: bool, data: st.DataObject
) -> None:
    lines = "\n".join(pieces).split("\n")
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    source = f"import e\n\n\ndef m():\n    first()\n{body}\n    last()\n\n\n# end\nend()\n"
    for number in range(source.count("{}")):
        source = source.replace("{}", str(number), 1)
    source = black.format_str(source, mode=MODE) if clean else source.replace("    ", unit)
    source = source.replace("\n", newline)
    tree = ast.parse(source)
    function = tree.body[1]
    assert isinstance(function, ast.FunctionDef)
    begin = data.draw(st.integers(0, len(function.body) - 1))
    end = data.draw(st.integers(begin, len(function.body) - 1))
    chosen = function.body[begin : end + 1]
    first, last = place(source, chosen[0]), place(source, chosen[-1])
    try:
        result = edited(source, WrapStatements(first, last, "try:", RAISE))
    except RewriteError as error:
        assert "; " in source and "shares its line" in str(error), error
        return
    function.body[begin : end + 1] = ast.parse(f"try:\n    pass\n{RAISE}").body
    new = function.body[begin]
    assert isinstance(new, ast.Try)
    new.body = chosen
    assert cleaned(result) == cleaned(ast.unparse(tree))
    numbers = range(source.count("# c"))
    assert [result.count(f"# c{number}{newline}") for number in numbers] == [1] * len(numbers)
    assert set(re.findall(r"\r\n|\r|\n", result)) == {newline}
    if clean:
        assert black.format_str(result, mode=MODE) == result


def cleaned(source: str) -> str:
    """A program's tree without the indentation of its docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Expr(ast.Constant(ast.get_docstring(node)))
    return ast.dump(tree)


def place(source: str, node: ast.stmt) -> Ref:
    """The place of a statement of an ASCII source."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n", source))]
    assert node.end_lineno is not None and node.end_col_offset is not None
    begin = starts[node.lineno - 1] + node.col_offset
    return Ref(PATH, begin, starts[node.end_lineno - 1] + node.end_col_offset - begin)
