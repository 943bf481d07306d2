"""Fixes over several files: each whole or not at all, whatever their order."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import pytest

from tapfix.edits import (
    AddImport,
    AddParameter,
    CreateFile,
    DeleteFile,
    Edit,
    Finding,
    Fix,
    Impact,
    InsertStatements,
    Ref,
    ReplaceExpression,
    SetArgument,
    SetEntry,
    WrapExpression,
)
from tapfix.engine import rewrite
from tapfix.engine.errors import RewriteError
from tapfix.engine.plan import Outcome, apply_fixes
from tapfix.engine.style import Style

A, B, C, NEW = "/app/a.py", "/app/b.py", "/app/c.py", "/app/new.py"
FILES = {A: b"x = f(g(1))\n", B: b"y = h(2)\n", C: b"m = {}\ndef d(): pass\n"}
F, G, H = Ref(A, 4, 7), Ref(A, 6, 4), Ref(B, 4, 4)
MAPPING, FUNCTION = Ref(C, 4, 2), Ref(C, 7, 13)
STATEMENT = Ref(A, 0, 11)


def finding(code: str, *edits: Edit, offset: int = 0) -> Finding:
    fix = Fix(f"mend {code}", Impact.NONE, tuple(edits))
    return Finding(code, Ref(A, offset, 1), "a flaw", fix)


def planned(findings: Sequence[Finding], files: Mapping[str, bytes] = FILES) -> Outcome:
    return apply_fixes(findings, files.get, lambda _: Style())


def reasons(outcome: Outcome) -> dict[str, str]:
    return {refusal.finding.code: refusal.reason for refusal in outcome.refused}


def test_edits_of_several_fixes_on_one_call_merge_and_equal_ones_are_one() -> None:
    shared = SetArgument(F, "a", "1")
    outcome = planned([finding("T1", shared), finding("T2", SetArgument(F, "b", "2"), shared)])
    assert outcome.files == {A: b"x = f(g(1), a=1, b=2)\n"}
    assert [f.code for f in outcome.applied] == ["T1", "T2"]
    assert outcome.refused == ()


def test_findings_without_a_fix_are_left_out() -> None:
    assert planned([Finding("T1", F, "a flaw")]) == Outcome({}, (), ())


def test_only_changed_files_are_given() -> None:
    outcome = planned(
        [finding("T1", SetArgument(H, "a", "1"), AddImport(A, "os"))], {**FILES, A: b"import os\n"}
    )
    assert outcome.files == {B: b"y = h(2, a=1)\n"}
    assert len(outcome.applied) == 1


@pytest.mark.parametrize(
    ("first", "second", "subject"),
    [
        (SetArgument(F, "a", "1"), SetArgument(F, "a", "2"), "the argument a"),
        (SetEntry(MAPPING, "k", "1"), SetEntry(MAPPING, "k", "2"), "the entry k"),
        (
            AddParameter(FUNCTION, "p", "int"),
            AddParameter(FUNCTION, "p", "str"),
            "the parameter p",
        ),
        (AddImport(A, "a", "n"), AddImport(A, "b", "n"), "the name n"),
        (AddImport(A, "a", "n"), AddImport(A, "n"), "the name n"),
        (ReplaceExpression(F, "a"), ReplaceExpression(F, "b"), "one expression"),
        (WrapExpression(F, "a(", ")"), WrapExpression(F, "b(", ")"), "one expression"),
        (CreateFile(NEW, "a"), CreateFile(NEW, "b"), f"the file {NEW}"),
        (CreateFile(NEW, "a"), DeleteFile(NEW), f"the file {NEW}"),
    ],
)
def test_the_later_of_two_fixes_that_contradict_is_refused_whole(
    first: Edit, second: Edit, subject: str
) -> None:
    other = SetArgument(H, "a", "1")
    later = finding("T2", other, second)
    for order in itertools.permutations([finding("T1", first), later]):
        outcome = planned(order)
        assert reasons(outcome).get("T2") == f"it contradicts the fix for T1 in {subject}"
        assert B not in outcome.files


def test_a_fix_that_contradicts_itself_is_refused() -> None:
    outcome = planned([finding("T1", SetArgument(F, "a", "1"), SetArgument(F, "a", "2"))])
    assert reasons(outcome) == {"T1": "it contradicts itself in the argument a"}


def test_a_fix_is_refused_whole_where_one_of_its_files_cannot_be_changed() -> None:
    bad = finding("T1", SetArgument(H, "a", "1"), SetArgument(Ref(A, 5, 2), "b", "2"))
    good = finding("T2", SetArgument(F, "c", "3"))
    outcome = planned([bad, good])
    assert outcome.files == {A: b"x = f(g(1), c=3)\n"}
    assert reasons(outcome) == {"T1": "the place of an edit is not in the file"}


def test_the_culprit_among_many_is_found_and_the_rest_lands() -> None:
    good = [finding(f"T{n}", SetArgument(F, f"a{n}", "1")) for n in range(10, 30)]
    bad = [finding(f"T{n}5", SetArgument(F, f"b{n}", "1 +")) for n in (13, 17, 28)]
    outcome = planned([*bad, *good])
    assert sorted(reasons(outcome)) == ["T135", "T175", "T285"]
    assert [f.code for f in outcome.applied] == [f.code for f in good]


def test_of_overlapping_edits_the_later_fix_goes() -> None:
    replaces = finding("T1", ReplaceExpression(F, "z"))
    inside = finding("T2", SetArgument(G, "a", "1"))
    for order in itertools.permutations([replaces, inside]):
        outcome = planned(order)
        assert outcome.files == {A: b"x = z\n"}
        assert reasons(outcome) == {"T2": "two edits want to change the same text"}


def test_what_a_refused_fix_stood_against_lands() -> None:
    broken = finding("T1", SetArgument(F, "a", "1 +"), SetArgument(H, "a", "1"))
    other = finding("T2", SetArgument(H, "a", "2"))
    outcome = planned([broken, other])
    assert outcome.files == {B: b"y = h(2, a=2)\n"}
    assert sorted(reasons(outcome)) == ["T1"]


def test_a_file_that_does_not_parse_holds_up_only_its_own_fixes() -> None:
    files = {A: b"x = f(\n", B: FILES[B]}
    outcome = planned(
        [finding("T1", SetArgument(F, "a", "1")), finding("T2", SetArgument(H, "a", "1"))], files
    )
    assert outcome.files == {B: b"y = h(2, a=1)\n"}
    assert reasons(outcome)["T1"].startswith("the file does not parse")


def test_the_result_does_not_depend_on_the_order_of_the_findings() -> None:
    findings = [
        finding("T1", SetArgument(F, "a", "1"), InsertStatements(STATEMENT, "p = 1")),
        finding("T1", SetArgument(F, "b", "1"), offset=4),
        finding("T2", SetArgument(F, "a", "2"), InsertStatements(STATEMENT, "q = 1")),
        finding(
            "T3", InsertStatements(STATEMENT, "r = 1"), AddImport(A, "os"), AddImport(A, "abc")
        ),
        finding("T4", SetArgument(G, "k", "1 +")),
    ]
    outcomes = [planned(order) for order in itertools.permutations(findings)]
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert outcomes[0].files == {
        A: b"import abc\nimport os\n\nx = f(g(1), a=1, b=1)\np = 1\nr = 1\n"
    }
    assert reasons(outcomes[0]).keys() == {"T2", "T4"}


class TestWholeFiles:
    def test_a_file_is_created_once(self) -> None:
        new = CreateFile(NEW, "é\n")
        outcome = planned([finding("T1", new), finding("T2", new)])
        assert outcome.files == {NEW: "é\n".encode()}
        assert len(outcome.applied) == 2

    def test_a_file_that_is_there_with_that_content_stays(self) -> None:
        outcome = planned([finding("T1", CreateFile(B, FILES[B].decode()))])
        assert outcome.files == {} and len(outcome.applied) == 1

    def test_a_file_with_other_content_is_never_overwritten(self) -> None:
        outcome = planned([finding("T1", CreateFile(B, "other"), SetArgument(F, "a", "1"))])
        assert outcome.files == {}
        assert reasons(outcome) == {"T1": f"the file {B} exists with other content"}

    def test_a_file_is_deleted(self) -> None:
        assert planned([finding("T1", DeleteFile(B))]).files == {B: None}

    def test_a_file_that_is_not_there_need_not_be_deleted(self) -> None:
        outcome = planned([finding("T1", DeleteFile(NEW))])
        assert outcome.files == {} and len(outcome.applied) == 1

    def test_an_edit_in_a_file_that_another_fix_deletes_is_refused(self) -> None:
        outcome = planned([finding("T1", DeleteFile(B)), finding("T2", SetArgument(H, "a", "1"))])
        assert outcome.files == {B: None} and reasons(outcome).keys() == {"T2"}

    def test_an_edit_in_a_file_that_is_gone_is_refused(self) -> None:
        outcome = planned([finding("T1", SetArgument(H, "a", "1"))], {})
        assert reasons(outcome) == {"T1": f"there is no file {B}"}


def test_a_crash_in_one_file_is_not_taken_for_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(rewrite, "rewrite", crash)
    with pytest.raises(ZeroDivisionError):
        planned([finding("T1", SetArgument(F, "a", "1"))])


def test_no_file_is_rewritten_twice_with_the_same_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, tuple[Edit, ...]]] = []
    real = rewrite.rewrite

    def spy(source: bytes, edits: Sequence[Edit], style: Style, path: str) -> bytes:
        seen.append((path, tuple(edits)))
        return real(source, edits, style, path)

    monkeypatch.setattr(rewrite, "rewrite", spy)
    planned([
        finding("T1", SetArgument(F, "a", "1 +")),
        finding("T2", SetArgument(F, "b", "1"), SetArgument(H, "b", "1")),
        finding("T3", SetArgument(G, "c", "1")),
    ])  # fmt: skip
    assert len(seen) == len(set(seen))


def test_errors_have_one_line() -> None:
    error = RewriteError("no", F)
    assert str(error) == "no" and error.ref == F
