"""Files as they come: encodings, byte-order mark, newlines, form feeds, sizes, nonsense."""

from __future__ import annotations

import ast
import time

import pytest

from tapfix.edits import AddImport, CreateFile, Edit, InsertStatements, Ref, SetArgument
from tapfix.engine.rewrite import RewriteError, rewrite
from tapfix.engine.style import Style
from tests.engine.places import PATH, call, edited, statement


def rewritten(source: bytes, *edits: Edit) -> bytes:
    return rewrite(source, edits, Style(), PATH)


def test_a_byte_order_mark_stays_and_places_do_not_count_it() -> None:
    text = "x = f('é', a)\n"
    edit = SetArgument(call(text, "f"), "k", "1")
    after = rewritten(b"\xef\xbb\xbf" + text.encode(), edit)
    assert after == b"\xef\xbb\xbfx = f('\xc3\xa9', a, k=1)\n"


@pytest.mark.parametrize("cookie", ["latin-1", "iso-8859-15", "cp1252", "utf-8"])
def test_an_encoding_cookie_holds(cookie: str) -> None:
    text = f"# -*- coding: {cookie} -*-\ny = 'é'; x = f('é', a)  # ü\n"
    edit = SetArgument(call(text, "f"), "k", "'ß'")
    after = rewritten(text.encode(cookie), edit)
    assert after.decode(cookie) == text.replace("a)", "a, k='ß')")


def test_what_an_encoding_cannot_hold_is_refused() -> None:
    text = "# coding: latin-1\nx = f('é')\n"
    with pytest.raises(RewriteError, match="iso-8859-1 cannot hold '☃'"):
        rewritten(text.encode("latin-1"), SetArgument(call(text, "f"), "k", "'☃'"))


@pytest.mark.parametrize(
    "source",
    [
        b"# coding: nonsense\nx = f()\n",
        b"x = f('\xff')\n",
        b"# coding: ascii\nx = f('\xc3\xa9')\n",
        b"x = f(\n",
        b"x = f()\n\0\n",
        b"\xff\xfex\0",
        b"if x:\nf()\n",
        b"x = " + b"(" * 3000 + b"f()" + b")" * 3000,
        b"",
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(source: bytes) -> None:
    with pytest.raises(RewriteError) as caught:
        rewritten(source, SetArgument(Ref(PATH, 4, 3), "k", "1"))
    assert "\n" not in caught.value.reason


def test_form_feeds_stay() -> None:
    text = (
        "\f\nx = f(a)\n\f\ndef g():\n\f\n    f(b)\n\fy = f(c)\n\f# end\n\fclass A:\n    z = f(\f)\n"
    )
    edits = [SetArgument(call(text, "f", n), "k", "1") for n in range(3)]
    after = edited(text, *edits)
    assert after == text.replace("a)", "a, k=1)").replace("b)", "b, k=1)").replace("c)", "c, k=1)")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_new_lines_take_the_newline_of_their_neighbours(newline: str) -> None:
    text = "import os\n\nx = f(\n    a,\n)\n\n\ndef g():\n    pass\n".replace("\n", newline)
    edits: list[Edit] = [
        SetArgument(call(text, "f"), "k", "[\n    1,\n]"),
        AddImport(PATH, "base64"),
        InsertStatements(statement(text, "pass"), "y = 1\nz = '''1\n2'''"),
    ]
    after = rewritten(text.encode(), *edits).decode()
    assert after.replace(newline, "\n") == (
        "import base64\nimport os\n\nx = f(\n    a,\n    k=[\n        1,\n    ],\n)\n\n\n"
        "def g():\n    pass\n    y = 1\n    z = '''1\n2'''\n"
    )
    assert after.count(newline) == after.replace(newline, "\n").count("\n")


def test_mixed_newlines_stay_mixed() -> None:
    text = "x = 1\r\ny = f(\n    a,\r\n    b,\n)\rz = g(\r\n)\n"
    after = edited(text, SetArgument(call(text, "f"), "k", "1"))
    assert after == text.replace("b,\n", "b,\n    k=1,\n")


def test_a_missing_last_newline_stays_missing() -> None:
    text = "import os\nx = f(a)"
    edits: list[Edit] = [
        SetArgument(call(text, "f"), "k", "1"),
        InsertStatements(statement(text, "x"), "y = 1"),
        AddImport(PATH, "re"),
    ]
    assert edited(text, *edits) == "import os\nimport re\nx = f(a, k=1)\ny = 1"


def test_an_import_behind_the_last_line_without_newline() -> None:
    assert edited("import os", AddImport(PATH, "re")) == "import os\nimport re"


def test_no_edit_gives_the_same_bytes() -> None:
    source = b"\xef\xbb\xbfx = 1\r\n\f\ry = 2 \t\n\n\n"
    assert rewritten(source) == source


def test_an_edit_of_another_file_or_of_a_whole_file_is_refused() -> None:
    edits: list[Edit] = [SetArgument(Ref("/other.py", 4, 3), "k", "1"), CreateFile(PATH, "")]
    for edit in edits:
        with pytest.raises(RewriteError):
            rewrite(b"x = f()\n", [edit], Style(), PATH)


def test_strings_and_comments_with_brackets_commas_and_quotes() -> None:
    text = "x = f(\n    ')#,',  # ),('\n    b=\"#\",  # \"\n    # ,)\n)\n"
    after = edited(text, SetArgument(call(text, "f"), "k", "1"))
    assert after == text.replace('# "\n', '# "\n    k=1,\n')


def test_wide_and_combining_characters() -> None:
    text = "x = {'日本': f('é', '𝒳'), 'ü': f(a)}  # ☃\n"
    after = edited(text, SetArgument(call(text, "f", 1), "k", "1"))
    assert after == text.replace("f(a)", "f(a, k=1)")


def test_backslashes_and_type_comments_stay() -> None:
    text = "x = \\\n    f(a) + \\\n    f(b)  # type: int\n"
    after = edited(text, SetArgument(call(text, "f", 1), "k", "1"))
    assert after == text.replace("f(b)", "f(b, k=1)")


def test_a_file_of_ten_thousand_lines() -> None:
    block = (
        "class C{n}:\n"
        '    """Doc."""\n\n'
        "    def m(self, scope):\n"
        "        self.x = f(\n            self,\n"
        "            'é',  # é\n            a=1,\n        )\n"
        "        for i in range(3):\n            print(f'{{i}}-{{self.x}}')\n\n\n"
    )
    text = "".join(
        block.replace("{n}", str(n)).replace("{{", "{").replace("}}", "}") for n in range(770)
    )
    assert text.count("\n") > 10_000
    refs = [call(text, "f", n) for n in (0, 400, 769)]
    begin = time.process_time()
    after = edited(text, *(SetArgument(ref, "k", "1") for ref in refs))
    assert time.process_time() - begin < 20  # seconds; it takes about one
    assert after.count("            a=1,\n            k=1,\n") == 3
    assert len(after) == len(text) + 3 * len("            k=1,\n")
    ast.parse(after)
