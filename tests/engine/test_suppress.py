"""Comments that silence findings."""

from __future__ import annotations

import pytest

from tapfix.edits import Finding, Ref
from tapfix.engine.suppress import Split, split, suppressions
from tests.engine.places import PATH, call, statement, text_at


def matches(pattern: str, code: str) -> bool:
    return code.startswith(pattern) or (pattern == "bucket-retain" and code == "TAP002")


def parted(source: str, *findings: Finding, data: bytes | None = None) -> Split:
    found = suppressions(PATH, source.encode() if data is None else data)
    return split(findings, {PATH: found}, matches)


@pytest.mark.parametrize(
    ("comment", "patterns", "reason", "whole_file"),
    [
        ("# tapfix: ignore", None, "", False),
        ("# tapfix: ignore[TAP003]", ("TAP003",), "", False),
        ("#tapfix:ignore[TAP003] it is needed", ("TAP003",), "it is needed", False),
        (
            "# tapfix: ignore[TAP003, bucket-retain] a, b",
            ("TAP003", "bucket-retain"),
            "a, b",
            False,
        ),
        ("# tapfix: ignore[]", (), "", False),
        ("# tapfix: ignore-file[TAP0]", ("TAP0",), "", True),
        ("# tapfix: ignore-file", None, "", True),
        # A list that nobody closes is none of all rules.
        ("# tapfix: ignore[TAP003 it is needed", (), "TAP003 it is needed", False),
    ],
)
def test_a_comment_is_read(
    comment: str, patterns: tuple[str, ...] | None, reason: str, whole_file: bool
) -> None:
    source = f"x = 1\ny = 'é'  {comment}\n"
    [found] = suppressions(PATH, source.encode()).comments
    assert (found.patterns, found.reason, found.whole_file) == (patterns, reason, whole_file)
    assert found.line == 2
    assert found.ref == text_at(source, comment)


def test_comments_share_a_line() -> None:
    first, second = "# tapfix: ignore[TAP003] why  ", "# tapfix:ignore[TAP004]  "
    source = f"x = 'é'  # type: ignore é  {first}{second}# noqa\n"
    found = suppressions(PATH, source.encode()).comments
    assert [(one.patterns, one.reason) for one in found] == [
        (("TAP003",), "why"),
        (("TAP004",), ""),
    ]
    assert [one.ref for one in found] == [text_at(source, first), text_at(source, second)]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1  # tapfix: ignored\n",
        "x = 1  # tapfix: ignore-files\n",
        "x = 1  # see tapfix: ignore\n",
        "x = '# tapfix: ignore'\n",
        '"""\n# tapfix: ignore\n"""\n',
        "x = f'# tapfix: ignore'\n",
        "x = (\n# tapfix: ignore\n",
        "# coding: nonsense\n# tapfix: ignore\n",
    ],
)
def test_other_text_is_not(source: str) -> None:
    assert suppressions(PATH, source.encode()).comments == ()


SOURCE = """\
# the bucket
# {above}
x = s3.Bucket(
    self,  # {first}
    # {inside}
    removal_policy=RemovalPolicy.RETAIN,  # {on}
    versioned=True,
)  # {last}
# {below}
y = 1  # {beside}
"""


def source_with(place: str, comment: str) -> str:
    names = ("above", "first", "inside", "on", "last", "below", "beside")
    return SOURCE.format(**{name: comment if name == place else "-" for name in names})


def retained(source: str, *, scoped: bool) -> Finding:
    ref = text_at(source, "RemovalPolicy.RETAIN")
    return Finding("TAP002", ref, "", scope=statement(source, "x = ") if scoped else None)


@pytest.mark.parametrize("place", ["above", "first", "inside", "on", "last"])
def test_a_comment_on_the_construct_or_right_above_it_silences(place: str) -> None:
    source = source_with(place, "tapfix: ignore[TAP002]")
    finding = retained(source, scoped=True)
    assert parted(source, finding) == Split((), (finding,), ())


@pytest.mark.parametrize("place", ["below", "beside"])
def test_a_comment_beside_the_construct_does_not(place: str) -> None:
    source = source_with(place, "tapfix: ignore[TAP002]")
    result = parted(source, retained(source, scoped=True))
    assert len(result.kept) == 1 and len(result.unused) == 1


@pytest.mark.parametrize(
    ("place", "silenced"), [("inside", 1), ("on", 1), ("first", 0), ("last", 0)]
)
def test_without_a_scope_only_the_findings_own_lines_count(place: str, silenced: int) -> None:
    source = source_with(place, "tapfix: ignore")
    assert len(parted(source, retained(source, scoped=False)).suppressed) == silenced


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [
        ("tapfix: ignore", True),
        ("tapfix: ignore[TAP002]", True),
        ("tapfix: ignore[TAP0]", True),
        ("tapfix: ignore[bucket-retain]", True),
        ("tapfix: ignore[TAP003, bucket-retain]", True),
        ("tapfix: ignore[TAP003]", False),
        ("tapfix: ignore[]", False),
        ("tapfix: ignore-file[TAP003]", False),
    ],
)
def test_only_the_rules_that_it_names(comment: str, silenced: bool) -> None:
    source = source_with("on", comment)
    result = parted(source, retained(source, scoped=True))
    assert (len(result.suppressed), len(result.unused)) == ((1, 0) if silenced else (0, 1))


def test_a_comment_for_the_whole_file_stands_anywhere() -> None:
    source = source_with("beside", "tapfix: ignore-file[TAP002]")
    assert len(parted(source, retained(source, scoped=False)).suppressed) == 1


def test_one_comment_may_silence_several_and_is_used_then() -> None:
    source = source_with("on", "tapfix: ignore[TAP0]")
    other = Finding("TAP016", call(source, "s3.Bucket"), "")
    result = parted(source, retained(source, scoped=True), other)
    assert len(result.suppressed) == 2 and result.unused == ()


def test_comments_in_another_file_and_findings_in_files_without_comments() -> None:
    source = source_with("on", "tapfix: ignore")
    elsewhere = Finding("TAP002", Ref("/other.py", 0, 1), "")
    result = parted(source, elsewhere)
    assert result.kept == (elsewhere,) and len(result.unused) == 1


def test_a_scope_in_another_file_than_the_finding() -> None:
    source = source_with("on", "tapfix: ignore")
    finding = Finding("TAP002", Ref("/other.py", 0, 1), "", scope=statement(source, "x = "))
    assert parted(source, finding).suppressed == (finding,)


def test_a_comment_line_above_reaches_no_further_than_the_next_blank_line() -> None:
    source = "# tapfix: ignore\n\nx = f()\n"
    assert len(parted(source, Finding("TAP002", call(source, "f"), "")).kept) == 1


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_newlines_encodings_and_marks(newline: str) -> None:
    source = source_with("on", "tapfix: ignore").replace("\n", newline)
    finding = retained(source, scoped=True)
    assert parted(source, finding).suppressed == (finding,)
    assert parted(source, finding, data=b"\xef\xbb\xbf" + source.encode()).suppressed == (finding,)


def test_latin_1() -> None:
    source = "# coding: latin-1\nx = 'é'; y = f()  # tapfix: ignore\n"
    finding = Finding("TAP002", call(source, "f"), "")
    assert parted(source, finding, data=source.encode("latin-1")).suppressed == (finding,)
