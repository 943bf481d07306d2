"""Parts of a change: each can be taken alone, and has all that belongs to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tapfix import api
from tapfix.api.hunks import NoText, hunks_of
from tapfix.api.parts import Part, parts_of
from tapfix.api.result import Mode, Result
from tapfix.edits import AddImport, CreateFile, Edit, Finding, Fix, Impact, Ref, SetArgument
from tapfix.model.app import App
from tapfix.report.content import Content
from tapfix.rule import Rule
from tests.fake_rules import rule, setter

LINES = "import aws_cdk\n\nThing(switch=True)\nx = 1\nThing(switch=True)\ny = 2\n"


def result_of(folder: Path, text: str, rules: Sequence[Rule]) -> Result:
    (folder / "app.py").write_text(text)
    return api.run([str(folder)], api.Options(mode=Mode.DRY_RUN, rules=rules))


def shape(parts: Sequence[Part]) -> list[tuple[list[int], list[tuple[str, int]]]]:
    """The lines of the findings, and where the hunks start, part by part."""
    return [
        (
            [one.place.line for one in part.findings],
            [(Path(hunk.path).name, hunk.start + 1) for hunk in part.hunks],
        )
        for part in parts
    ]


def switched(app: App, value: object) -> Iterator[Ref]:
    """Calls with ``switch`` at this value; one that has a name there has no value."""
    for module in app.cdk_modules:
        for node in ast.walk(module.file.tree):
            if isinstance(node, ast.Call):
                known = [
                    it.value.value for it in node.keywords if isinstance(it.value, ast.Constant)
                ]
                if known == [value]:
                    yield module.ref(node)


def with_extra(*extra: Edit) -> Rule:
    """The rule that switches things off, which edits something else in each fix."""

    def find(app: App) -> Iterator[Finding]:
        for ref in switched(app, True):
            more = (
                replace(one, path=ref.path) if isinstance(one, AddImport) else one for one in extra
            )
            fix = Fix("off", Impact.NONE, (SetArgument(ref, "switch", "OFF"), *more))
            yield Finding("TAP901", ref, f"on at {ref.offset}", fix)

    return rule(find)


def test_fixes_apart_are_parts(tmp_path: Path) -> None:
    parts = parts_of(result_of(tmp_path, LINES, [setter(True, False)]))
    assert shape(parts) == [([3], [("app.py", 3)]), ([5], [("app.py", 5)])]


def test_fixes_of_one_line_are_one_part(tmp_path: Path) -> None:
    text = "import aws_cdk\n\n[Thing(switch=True), Thing(switch=True)]\n"
    parts = parts_of(result_of(tmp_path, text, [setter(True, False)]))
    assert shape(parts) == [([3, 3], [("app.py", 3)])]


def test_a_fix_whose_change_another_takes_back_is_parted_from_nothing(tmp_path: Path) -> None:
    def to(ref: Ref, value: int) -> SetArgument:
        return SetArgument(ref, "switch", str(value))

    def there(app: App) -> Iterator[Finding]:
        """Makes 30 a 3 in the first round, and with it 1 a 2 and 3 a 4 in the second."""
        for ref in switched(app, 30):
            yield Finding("TAP901", ref, "one", Fix("there", Impact.NONE, (to(ref, 3),)))
        for ref in switched(app, 1):
            for other in switched(app, 3):
                edits = (to(ref, 2), to(other, 4))
                yield Finding("TAP901", ref, "one", Fix("there", Impact.NONE, edits))

    def back(app: App) -> Iterator[Finding]:
        """Makes 20 a 21 in the first round, and 2 the 1 that it was in the third."""
        for old, new in ((20, 21), (2, 1)):
            for ref in switched(app, old):
                yield Finding("TAP902", ref, "two", Fix("back", Impact.NONE, (to(ref, new),)))

    things = (f"x{switch} = Thing(switch={switch})\ny = {switch}\n" for switch in (1, 30, 5, 20))
    text = "import aws_cdk\n\n" + "".join(things)
    rules = [rule(there), rule(back, "TAP902", "thing-back"), setter(5, 6, "TAP903", "thing-five")]
    result = result_of(tmp_path, text, rules)
    assert len(result.fixed) == 5
    # Nobody can tell from the lines that are left what two of them did to the first.
    (part,) = parts_of(result)
    assert (set(part.findings), [hunk.start for hunk in part.hunks]) == (
        set(result.fixed),
        [4, 6, 8],
    )


def test_fixes_that_need_one_import_are_one_part(tmp_path: Path) -> None:
    parts = parts_of(result_of(tmp_path, LINES, [with_extra(AddImport("", "states", "OFF"))]))
    assert shape(parts) == [([3, 5], [("app.py", 2), ("app.py", 3), ("app.py", 5)])]


def test_a_file_that_several_fixes_make_is_in_one_part(tmp_path: Path) -> None:
    new = CreateFile(str(tmp_path / "new.txt"), "new\n")
    parts = parts_of(result_of(tmp_path, LINES + "OFF = 1\n", [with_extra(new)]))
    assert shape(parts) == [([3, 5], [("app.py", 3), ("app.py", 5), ("new.txt", 1)])]


def test_what_earlier_fixes_bring_up_goes_with_them(tmp_path: Path) -> None:
    second = setter(False, None, "TAP903", "thing-second")
    parts = parts_of(result_of(tmp_path, LINES, [setter(True, False), second]))
    assert shape(parts) == [([3, 3], [("app.py", 3)]), ([5, 5], [("app.py", 5)])]


def others(edits: Sequence[Edit] = (), *, last: bool = False, raised: bool = False) -> Rule:
    """A rule that edits ``Thing(switch='odd')``; ``raised``: not before all else is mended."""

    def find(app: App) -> Iterator[Finding]:
        if raised and list(switched(app, True)):
            return
        for ref in switched(app, "odd"):
            more = (replace(one, path=ref.path) for one in edits if isinstance(one, AddImport))
            fix = Fix("even", Impact.NONE, (SetArgument(ref, "switch", "OFF"), *more))
            yield Finding("TAP904", ref, "odd", fix)

    return replace(rule(find, "TAP904", "thing-odd"), last=last)


ODD = "import aws_cdk\n\nThing(switch=True)\nx = 1\ny = 2\nThing(switch='odd')\n"


def test_a_name_that_another_round_has_brought_ties(tmp_path: Path) -> None:
    new = AddImport("", "states", "OFF")
    rules = [with_extra(new), others([new], last=True)]
    parts = parts_of(result_of(tmp_path, ODD, rules))
    assert shape(parts) == [([3, 6], [("app.py", 2), ("app.py", 3), ("app.py", 6)])]


def test_a_later_fix_that_needs_no_other_is_a_part(tmp_path: Path) -> None:
    rules = [with_extra(), others(last=True)]
    parts = parts_of(result_of(tmp_path, ODD + "OFF = 1\n", rules))
    assert shape(parts) == [([3], [("app.py", 3)]), ([6], [("app.py", 6)])]


def test_what_comes_up_at_another_place_goes_with_all_before_it(tmp_path: Path) -> None:
    rules = [with_extra(), others(raised=True)]
    parts = parts_of(result_of(tmp_path, ODD + "OFF = 1\n", rules))
    assert shape(parts) == [([3, 6], [("app.py", 3), ("app.py", 6)])]


def test_without_the_steps_all_is_one_part(tmp_path: Path) -> None:
    result = replace(result_of(tmp_path, LINES, [setter(True, False)]), steps=())
    assert shape(parts_of(result)) == [([3, 5], [("app.py", 3), ("app.py", 5)])]


def test_without_the_steps_files_still_are(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text(LINES)
    result = replace(result_of(tmp_path, LINES, [setter(True, False)]), steps=())
    one, other = parts_of(result)
    assert {hunk.path for hunk in one.hunks} == {str(tmp_path / "app.py")}
    assert {found.place.path for found in other.findings} == {str(tmp_path / "b.py")}


def test_a_part_that_is_not_whole_makes_all_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a hunk were tied to the wrong fix."""
    result = result_of(tmp_path, LINES, [setter(True, False)])
    first, second = result.steps[0].applied
    monkeypatch.setattr("tapfix.api.parts._Ties.add", lambda *_: None)
    monkeypatch.setattr("tapfix.api.parts._Ties.add_rest", lambda *_: None)
    assert first != second
    assert shape(parts_of(result)) == [([3, 5], [("app.py", 3), ("app.py", 5)])]


def test_all_parts_together_are_the_change(content: Content) -> None:
    hunks = [hunk for part in content.parts for hunk in part.hunks]
    assert sorted(map(repr, hunks)) == sorted(map(repr, hunks_of(content.result)))
    assert sorted(map(repr, (one for part in content.parts for one in part.findings))) == sorted(
        map(repr, content.result.fixed)
    )
    assert len(content.parts) > 40


def test_no_text_has_no_parts(tmp_path: Path) -> None:
    path = str(tmp_path / "x.bin")
    result = Result(mode=Mode.DRY_RUN, changes={path: (b"\xff", b"\xfe")})
    with pytest.raises(NoText):
        parts_of(result)
    assert Content(result, str(tmp_path)).parts == ()
