"""Comments that silence a finding are written where they count, and change nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tapfix.edits import Finding, Ref
from tapfix.engine.errors import RewriteError
from tapfix.engine.ignore import Manner, ignore_each, ignore_here, ignore_in_file

PATH = "/app.py"


def finding(text: str, marked: str, code: str = "TAP002") -> Finding:
    """A finding at a piece of a text."""
    start = text.index(marked)
    place = Ref(PATH, len(text[:start].encode()), len(marked.encode()))
    return Finding(code, place, "a flaw")


@pytest.mark.parametrize(
    ("before", "marked", "after"),
    [
        ("x = f(1)\n", "f(1)", "x = f(1)  # tapfix: ignore[TAP002]\n"),
        ("x = f(1)", "f(1)", "x = f(1)  # tapfix: ignore[TAP002]"),
        ("x = f(1)\r\ny = 2\r\n", "f(1)", "x = f(1)  # tapfix: ignore[TAP002]\r\ny = 2\r\n"),
        ("x = f(1)  # why\n", "f(1)", "x = f(1)  # why  # tapfix: ignore[TAP002]\n"),
        (
            "x = f(1)  # tapfix: ignore[TAP009] known\n",
            "f(1)",
            "x = f(1)  # tapfix: ignore[TAP009, TAP002] known\n",
        ),
        ("x = f(\n    1,\n)\n", "f(\n    1,\n)", "x = f(  # tapfix: ignore[TAP002]\n    1,\n)\n"),
        # The first line ends in a text that goes on: the comment goes to the end of the call.
        ('x = f("""a\nb""")\n', 'f("""a\nb""")', 'x = f("""a\nb""")  # tapfix: ignore[TAP002]\n'),
        # The line goes on with a backslash, and so does the last one: it goes above.
        (
            "if y:\n    x = f(1) \\\n        + 2\n",
            "f(1)",
            "if y:\n    # tapfix: ignore[TAP002]\n    x = f(1) \\\n        + 2\n",
        ),
        ("\ufeffx = f('é')\n", "f('é')", "\ufeffx = f('é')  # tapfix: ignore[TAP002]\n"),
    ],
)
def test_a_comment_beside_a_finding(before: str, marked: str, after: str) -> None:
    text = before.removeprefix("\ufeff")
    assert ignore_here(finding(text, marked), before.encode()).decode() == after


@pytest.mark.parametrize("at_scope", [True, False])
def test_comments_that_were_written_move_the_places_of_others(at_scope: bool) -> None:
    # The far one is about two lines, and has its comment at the first: that of the near one comes
    # between.
    first, second = ("f()", "k(1)") if at_scope else ("k(1)", "f()")
    text = f"s = {first}\nu = h(1)\nv = {second}\n"
    far = replace(finding(text, "k(1)"), scope=finding(text, "f()").ref)
    near = finding(text, "h(1)")
    wishes = [(far, Manner("far", at_scope=at_scope)), (near, Manner("near", above=True))]
    data, refused = ignore_each(wishes, text.encode())
    assert refused == {}
    assert data.decode().splitlines() == [
        f"s = {first}  # tapfix: ignore[TAP002] far",
        "# tapfix: ignore[TAP002] near",
        "u = h(1)",
        f"v = {second}",
    ]


def test_each_of_a_line_has_its_own_reason() -> None:
    text = "x = f(1)\n"
    wishes = [
        (finding(text, "f(1)", code), Manner(reason))
        for code, reason in (("TAP002", "one"), ("TAP009", "other"), ("TAP001", "one"))
    ]
    data, refused = ignore_each(wishes, text.encode())
    ones, other = "# tapfix: ignore[TAP001, TAP002] one", "# tapfix: ignore[TAP009] other"
    assert (data.decode(), refused) == (f"x = f(1)  {ones}  {other}\n", {})


def test_where_no_comment_can_stand_nothing_is_written() -> None:
    text = 'x = """\nf(1)\n"""\n'
    with pytest.raises(RewriteError, match="no place"):
        ignore_here(finding(text, "f(1)"), text.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = f(1)\n", "# tapfix: ignore-file[TAP002]\nx = f(1)\n"),
        ('"""Doc."""\nx = f(1)\n', '# tapfix: ignore-file[TAP002]\n"""Doc."""\nx = f(1)\n'),
        (
            "#!/usr/bin/env python3\n# -*- coding: latin-1 -*-\nx = f(1)\n",
            "#!/usr/bin/env python3\n# -*- coding: latin-1 -*-\n"
            "# tapfix: ignore-file[TAP002]\nx = f(1)\n",
        ),
        (
            "# tapfix: ignore-file[TAP001] names are given\nx = f(1)\n",
            "# tapfix: ignore-file[TAP001, TAP002] names are given\nx = f(1)\n",
        ),
        ("\ufeffx = f(1)\r\n", "\ufeff# tapfix: ignore-file[TAP002]\r\nx = f(1)\r\n"),
    ],
)
def test_a_comment_for_a_file(before: str, after: str) -> None:
    text = before.removeprefix("\ufeff")
    assert ignore_in_file(finding(text, "f(1)"), before.encode()).decode() == after
