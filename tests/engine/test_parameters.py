"""Adding a parameter to a function, in every form and layout of its header."""

from __future__ import annotations

import ast

import black
import pytest

from tapfix.edits import AddParameter, Edit
from tapfix.engine.rewrite import RewriteError
from tests.engine.places import edited, function


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(): pass\n", "def f(*, n: str): pass\n"),
        ("def f(a): pass\n", "def f(a, *, n: str): pass\n"),
        ("def f(a, /): pass\n", "def f(a, /, *, n: str): pass\n"),
        ("def f(a=1): pass\n", "def f(a=1, *, n: str): pass\n"),
        ("def f(a, *b): pass\n", "def f(a, *b, n: str): pass\n"),
        ("def f(a, *, b): pass\n", "def f(a, *, b, n: str): pass\n"),
        ("def f(a, *, b=1, **c): pass\n", "def f(a, *, b=1, n: str, **c): pass\n"),
        ("def f(**c): pass\n", "def f(*, n: str, **c): pass\n"),
        ("def f(a: int = (1), **c: X) -> Y: pass\n",
         "def f(a: int = (1), *, n: str, **c: X) -> Y: pass\n"),
        ("def f(a: Callable[[int], str]): pass\n",
         "def f(a: Callable[[int], str], *, n: str): pass\n"),
        ("async def f(a): pass\n", "async def f(a, *, n: str): pass\n"),
        ("@f(b)\n@g\ndef f(a): pass\n", "@f(b)\n@g\ndef f(a, *, n: str): pass\n"),
        ("def f(\n    a,\n    b=1,\n): pass\n",
         "def f(\n    a,\n    b=1,\n    *,\n    n: str,\n): pass\n"),
        ("def f(\n  a,\n  **b\n): pass\n", "def f(\n  a,\n  *,\n  n: str,\n  **b\n): pass\n"),
        ("def f(a,  # the a\n      b  # the b\n      ): pass\n",
         "def f(a,  # the a\n      b,  # the b\n      *,\n      n: str\n      ): pass\n"),
        ("def f(\n    a: int,  # type: ignore\n    **b: str,\n) -> None:\n    pass\n",
         "def f(\n    a: int,  # type: ignore\n    *,\n    n: str,\n    **b: str,\n) -> None:\n"
         "    pass\n"),
    ],
)  # fmt: skip
def test_the_parameter_is_keyword_only_and_before_the_rest(before: str, after: str) -> None:
    assert edited(before, AddParameter(function(before, "f"), "n", "str")) == after


@pytest.mark.parametrize(
    ("annotation", "default", "text"),
    [
        (None, None, "n"),
        ("str", None, "n: str"),
        (None, '"a"', 'n="a"'),
        ("str", '"a"', 'n: str = "a"'),
    ],
)
def test_annotation_and_default(annotation: str | None, default: str | None, text: str) -> None:
    before = "def f(a): pass\n"
    edit = AddParameter(function(before, "f"), "n", annotation, default)
    assert edited(before, edit) == f"def f(a, *, {text}): pass\n"


def test_two_parameters_share_the_star() -> None:
    before = "class A:\n    def f(self):\n        pass\n"
    ref = function(before, "f")
    edits: list[Edit] = [AddParameter(ref, "n", "str"), AddParameter(ref, "m", None, "1")]
    assert edited(before, *edits) == before.replace("self", "self, *, n: str, m=1")


LONG = (
    "class TapStack(Stack):\n"
    "    def __init__(self, scope: Construct, construct_id: str, vpc: Vpc, **kwargs) -> None:\n"
    "        super().__init__(scope, construct_id, **kwargs)\n"
)


@pytest.mark.parametrize("unit", ["    ", "  ", "\t"])
def test_a_header_that_gets_too_long_is_split_as_black_splits(unit: str) -> None:
    before = LONG.replace("    ", unit)
    edit = AddParameter(function(before, "__init__"), "environment_suffix", "str")
    after = edited(before, edit)
    assert after == (
        "class TapStack(Stack):\n"
        "    def __init__(\n"
        "        self,\n"
        "        scope: Construct,\n"
        "        construct_id: str,\n"
        "        vpc: Vpc,\n"
        "        *,\n"
        "        environment_suffix: str,\n"
        "        **kwargs,\n"
        "    ) -> None:\n"
        "        super().__init__(scope, construct_id, **kwargs)\n"
    ).replace("    ", unit)
    if unit == "    ":
        assert black.format_str(after, mode=black.Mode()) == after


def test_a_comma_behind_kwargs_is_not_put_where_the_file_has_none() -> None:
    before = LONG + "\n\ndef g(\n    aaaaaaaaaa,\n    **kwargs\n):\n    pass\n"
    edit = AddParameter(function(before, "__init__"), "environment_suffix", "str")
    assert "        **kwargs\n    ) -> None:" in edited(before, edit)


def test_a_header_in_the_users_layout_stays_in_it() -> None:
    before = (
        "class A:\n"
        "    def __init__(self, scope: Construct, construct_id: str,\n"
        "                 **kwargs) -> None:\n"
        "        pass\n"
    )
    edit = AddParameter(function(before, "__init__"), "environment_suffix", "str")
    assert edited(before, edit) == before.replace(
        "**kwargs", "*,\n                 environment_suffix: str,\n                 **kwargs"
    )


@pytest.mark.parametrize(
    "before",
    [
        "def f(a, n): pass\n",
        "def f(*, n=1): pass\n",
        "def f(a, /, **n): pass\n",
        "def f(a):\n    # type: (int) -> str\n    pass\n",
        "def f(a):  # type: (int) -> str\n    pass\n",
    ],
)
def test_a_name_that_is_taken_and_a_type_comment_that_would_not_fit_are_refused(
    before: str,
) -> None:
    with pytest.raises(RewriteError):
        edited(before, AddParameter(function(before, "f"), "n", "str"))


def test_a_type_comment_without_arguments_fits() -> None:
    before = "def f(a):  # type: (...) -> str\n    pass\n"
    after = edited(before, AddParameter(function(before, "f"), "n"))
    assert after == before.replace("(a)", "(a, *, n)")


def test_generic_functions() -> None:
    before = "def f[T: (int, str)](a: T) -> T: pass\n"
    try:
        ast.parse(before)
    except SyntaxError:  # before Python 3.12
        return
    after = edited(before, AddParameter(function(before, "f"), "n"))
    assert after == before.replace("a: T", "a: T, *, n")
