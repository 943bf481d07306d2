"""A run as plain values: what is found, mended in rounds, held back, refused and never written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tapfix.api import Options, run
from tapfix.api.found import Found
from tapfix.api.origins import Origins
from tapfix.api.result import Mode, Place, Result, Status
from tapfix.config import ConfigError
from tapfix.edits import Finding, Fix, Impact, Ref, SetArgument
from tapfix.model.app import App
from tapfix.registry import UnknownRuleError
from tapfix.rule import Profile, Rule
from tests.fake_rules import complaint, crasher, mover, rule, setter, things

ON = "import aws_cdk\n\nThing(switch=True)\n"
OFF = "import aws_cdk\n\nThing(switch=False)\n"


def make(root: Path, **texts: str) -> None:
    for name, text in texts.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def go(
    path: Path,
    rules: Sequence[Rule],
    mode: Mode = Mode.DRY_RUN,
    profile: Profile | None = None,
    allow_replace: bool = False,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> Result:
    options = Options(mode, select, ignore, profile, allow_replace, rules=rules)
    return run([str(path)], options)


def told(result: Result) -> list[tuple[str, int, str, str | None]]:
    """Code, line, status and reason of each finding."""
    return [
        (one.rule.code, one.place.line, one.status.value, one.reason) for one in result.findings
    ]


def after(result: Result) -> dict[str, str | None]:
    """What the changed files come out as, by name."""
    return {
        Path(path).name: new.decode() if new is not None else None
        for path, (_, new) in result.changes.items()
    }


def test_a_report_changes_nothing_and_offers_the_fix(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    result = go(tmp_path, [setter(True, False)], Mode.REPORT)
    assert told(result) == [("TAP901", 3, "fixable", None)]
    assert result.impacts == {Impact.IN_PLACE: 1}
    assert not result.changes
    assert result.exit_code == 1


def test_a_dry_run_mends_in_memory(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    result = go(tmp_path, [setter(True, False)])
    assert told(result) == [("TAP901", 3, "fixed", None)]
    assert result.changes == {f"{tmp_path}/app.py": (ON.encode(), OFF.encode())}
    assert (tmp_path / "app.py").read_text() == ON
    assert result.exit_code == 1
    assert go(tmp_path, [setter(True, False)], Mode.APPLY).exit_code == 0


def test_with_nothing_to_do_the_exit_code_is_zero(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": OFF})
    result = go(tmp_path, [setter(True, False)])
    assert (result.findings, dict(result.changes), result.exit_code) == ((), {}, 0)
    assert (result.files, result.apps, result.profiles) == (1, (str(tmp_path),), ("ephemeral",))


def test_a_fix_that_needs_anothers_result_comes_out_in_the_same_run(tmp_path: Path) -> None:
    chain = [setter("on", "a", "TAP901"), setter("a", "b", "TAP902"), setter("b", "c", "TAP903")]
    make(tmp_path, **{"app.py": ON.replace("True", "'on'")})
    result = go(tmp_path, chain)
    assert [line[0] for line in told(result)] == ["TAP901", "TAP902", "TAP903"]
    assert after(result) == {"app.py": ON.replace("True", "'c'")}


def test_a_new_module_is_read_in_the_next_round(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON.replace("True", "'move'")})
    result = go(tmp_path, [mover(), setter(True, False)])
    assert after(result)["moved.py"] == OFF
    assert result.changes[f"{tmp_path}/moved.py"][0] is None
    assert [one.status for one in result.findings] == [Status.FIXED, Status.FIXED]


def test_what_only_shows_after_the_fixes_is_left_and_counts(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    result = go(tmp_path, [setter(True, False), complaint(False, "only by hand")], Mode.APPLY)
    assert told(result) == [
        ("TAP901", 3, "fixed", None),
        ("TAP902", 3, "no fix", "only by hand"),
    ]
    assert result.exit_code == 1


def test_what_comes_up_for_rules_that_are_not_selected_is_noted(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    rules = [setter(True, False), complaint(False, "by hand")]
    result = go(tmp_path, rules, select=("TAP901",))
    reason = "this comes up with the change, and TAP902 is not selected"
    assert told(result) == [("TAP901", 3, "fixed", None), ("TAP902", 3, "note", reason)]
    assert not result.left
    # Whoever says not to hear of it does not, and what was there before is no news.
    assert len(go(tmp_path, rules, select=("TAP901",), ignore=("TAP902",)).findings) == 1
    known = [setter(True, False), complaint(True, "by hand")]
    assert len(go(tmp_path, known, select=("TAP901",)).findings) == 1


def test_fixes_without_end_are_our_error_and_change_nothing_here(tmp_path: Path) -> None:
    make(tmp_path, **{"a/cdk.json": "{}", "a/app.py": ON, "b/cdk.json": "{}", "b/app.py": OFF})
    there_and_back = [setter(True, False), setter(False, True, "TAP902")]
    result = go(tmp_path, there_and_back)
    assert not result.changes
    assert {one.status for one in result.findings} == {Status.REFUSED}
    assert [problem.path for problem in result.problems] == [f"{tmp_path}/a", f"{tmp_path}/b"]
    assert "do not settle within 10 rounds" in result.problems[0].message
    assert result.exit_code == 2


def test_one_apps_trouble_is_not_anothers(tmp_path: Path) -> None:
    make(tmp_path, **{"a/cdk.json": "{}", "a/app.py": ON.replace("True", "1")})
    make(tmp_path, **{"b/cdk.json": "{}", "b/app.py": ON.replace("True", "'on'")})
    rules = [setter(1, 2), setter(2, 1, "TAP902"), setter("on", "off", "TAP903")]
    assert after(go(tmp_path, rules)) == {"app.py": ON.replace("True", "'off'")}


def test_a_rule_that_crashes_is_one_problem_and_the_others_go_on(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    result = go(tmp_path, [crasher(), setter(True, False)])
    (problem,) = result.problems
    assert problem.path == str(tmp_path)
    assert problem.message.startswith("TAP903 thing-crash crashed here: KeyError: ")
    assert "(fake_rules.py:" in problem.message
    assert after(result) == {"app.py": OFF}
    assert result.exit_code == 2


def test_a_fix_that_is_refused_is_said_with_the_reason(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON.replace("True", "'move'"), "moved.py": "mine = 1\n"})
    result = go(tmp_path, [mover(), setter(True, False)], Mode.APPLY)
    ((code, line, status, reason),) = told(result)
    assert (code, line, status) == ("TAP904", 3, "refused")
    assert reason is not None
    assert "exists with other content" in reason
    assert not result.changes
    assert result.exit_code == 1


def test_of_two_fixes_that_contradict_one_goes_in(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    result = go(tmp_path, [setter(True, False), setter(True, None, "TAP902")])
    assert told(result) == [("TAP901", 3, "fixed", None)]
    assert after(result) == {"app.py": OFF}


def test_a_fix_that_changes_nothing_is_none(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    result = go(tmp_path, [setter(True, True)])
    assert told(result) == [("TAP901", 3, "refused", "its fix changes nothing")]
    assert not result.changes


def test_notes_are_shown_and_not_counted(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    result = go(tmp_path, [complaint(True, "nothing can be done", note=True)])
    assert told(result) == [("TAP902", 3, "note", "nothing can be done")]
    assert result.exit_code == 0


def test_places_are_those_of_the_file_that_the_user_has(tmp_path: Path) -> None:
    text = "import aws_cdk\n\nThing(switch='grow')\n\nThing(switch='odd')\n"
    make(tmp_path, **{"app.py": text})
    value = tuple("one of several long words" for _ in range(8))
    rules = [setter("grow", value), complaint("odd", "by hand")]
    dry, applied = go(tmp_path, rules), go(tmp_path, rules, Mode.APPLY)
    assert told(dry) == [("TAP901", 3, "fixed", None), ("TAP902", 5, "no fix", "by hand")]
    grown = after(applied)["app.py"]
    assert grown is not None
    line = grown[: grown.index("Thing(switch='odd')")].count("\n") + 1
    assert told(applied)[1] == ("TAP902", line, "no fix", "by hand")


QUEUES = """from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class Post(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        team = "post"
        sqs.Queue(self, "Sum", queue_name=team + "-letters")
        sqs.Queue(self, "Percent", queue_name="%s-parcels" % team)
        sqs.Queue(self, "Format", queue_name="{}-stamps".format(team))
        sqs.Queue(self, "Field", queue_name=f"{team}-returns")


app = App()
Post(app, "Post")
app.synth()
"""


def test_what_a_dry_run_leaves_is_told_where_it_stands(tmp_path: Path) -> None:
    # Fixes lay all of these statements out anew; those of TAP017, that come last, have to wait.
    make(tmp_path, **{"app.py": QUEUES})
    first, dry = (run([str(tmp_path)], Options(one)) for one in (Mode.REPORT, Mode.DRY_RUN))
    told, known = (
        {(one.rule.code, one.finding.message, one.place.line) for one in result.findings}
        for result in (dry, first)
    )
    assert {line for code, _, line in told if code == "TAP017"} == {10, 11, 12, 13}
    assert told == known


@pytest.mark.parametrize("mode", [Mode.DRY_RUN, Mode.APPLY])
def test_what_a_later_round_mends_is_told_where_it_stood(tmp_path: Path, mode: Mode) -> None:
    value = tuple("one of several long words" for _ in range(8))

    def find(app: App) -> Iterator[Finding]:
        for module, call in (*things(app, True), *things(app, value)):
            if len(call.keywords) == 1:
                ref = module.ref(call)
                fix = Fix("name it", Impact.NONE, (SetArgument(ref, "name", "'thing'"),))
                yield Finding("TAP905", ref, "a thing has no name", fix)

    make(tmp_path, **{"app.py": "import aws_cdk\n\n" + "Thing(switch=True)\n" * 3})
    rules = [setter(True, value), replace(rule(find, "TAP905"), last=True)]
    result = go(tmp_path, rules, mode)
    assert [step.number for step in result.steps] == [1, 2]
    assert told(result) == [
        (code, line, "fixed", None) for line in (3, 4, 5) for code in ("TAP901", "TAP905")
    ]


def test_a_line_that_moves_into_a_block_is_the_same() -> None:
    old = b"def handler(event, context):\n    one()\n    two()\n"
    new = b"import x\n\n\ndef handler(event, context):\n    try:\n        one()\n        two()\n"
    place = Place("app.py", 3, 5, old).carried_to(new)
    assert (place.line, place.data) == (7, new)
    assert place.carried_to(old).line == 3


def test_several_with_the_same_words_keep_their_order() -> None:
    old = b"A\n" + b"thing\n" * 3
    new = b"thing thing\nthing\nthing\n" * 3

    def at(data: bytes, *lines: int) -> list[Found]:
        return [
            Found(
                Finding("TAP901", Ref(file, line, 1), "it hums"), hums, Place(file, line, 1, data)
            )
            for line in lines
        ]

    hums, file = setter(True, False), "app.py"
    origins = Origins(at(old, 2, 3, 4), {file: old}.get)
    now = at(new, 3, 6, 9)
    places = origins.of(now)
    assert [places[one.finding].line for one in now] == [2, 3, 4]
    origins.mended([(now[0], places[now[0].finding])])
    assert [place.line for place in origins.of(at(new, 6, 9)).values()] == [3, 4]
    # One more than there was: it came up where one was, for all that is known.
    assert {place.line for place in origins.of(at(new, 3, 6, 9)).values()} <= {3, 4}
    assert [place.line for place in origins.of(at(old, 3)).values()] == [3]


# Profiles, selection, configuration


def test_production_holds_back_what_replaces_data(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    replaces = setter(True, False, impact=Impact.REPLACES, stateful=True)
    held = go(tmp_path, [replaces], profile=Profile.PRODUCTION)
    ((_, _, status, reason),) = told(held)
    assert status == "held back"
    assert reason is not None
    assert reason.startswith("held back in profile production")
    assert not held.changes
    assert held.exit_code == 1
    assert held.profiles == ("production",)
    assert go(tmp_path, [replaces], profile=Profile.PRODUCTION, allow_replace=True).changes
    assert go(tmp_path, [replaces]).changes


def test_production_lets_other_fixes_through(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    for impact, stateful in ((Impact.REPLACES, False), (Impact.IN_PLACE, True)):
        harmless = setter(True, False, impact=impact, stateful=stateful)
        assert go(tmp_path, [harmless], profile=Profile.PRODUCTION).changes


def test_rules_of_the_other_profile_are_off(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    ephemeral = setter(True, False, profiles=frozenset({Profile.EPHEMERAL}))
    assert go(tmp_path, [ephemeral]).findings
    off = go(tmp_path, [ephemeral], profile=Profile.PRODUCTION)
    assert (off.findings, off.notes) == ((), ())
    asked = go(tmp_path, [ephemeral], profile=Profile.PRODUCTION, select=("TAP9",))
    assert (asked.findings, asked.notes) == ((), ("TAP901 is off in profile production",))


def test_the_callers_selection_goes_over_the_configurations(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON, "tapfix.toml": "ignore = ['TAP901']\nprofile = 'production'"})
    rules = [setter(True, False), complaint(True, "odd")]

    def codes(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> list[str]:
        found = go(tmp_path, rules, Mode.REPORT, select=select, ignore=ignore)
        return [one.rule.code for one in found.findings]

    assert codes() == ["TAP902"]
    assert codes(select=("TAP901",)) == ["TAP901"]
    assert codes(select=("thing",)) == ["TAP901", "TAP902"]
    assert codes(select=("thing-s", "TAP902"), ignore=("tap902",)) == ["TAP901"]
    assert codes(ignore=("thing-fault",)) == []
    assert go(tmp_path, rules, Mode.REPORT).profiles == ("production",)
    assert go(tmp_path, rules, profile=Profile.EPHEMERAL).profiles == ("ephemeral",)


def test_a_word_that_selects_nothing_is_an_error(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON})
    for word, hint in (("TAP91", "TAP901"), ("thing-swich", "thing-switch"), ("zzz", "")):
        expected = f"no rule '{word}'" + (f": did you mean '{hint}'" if hint else "$")
        with pytest.raises(UnknownRuleError, match=expected):
            go(tmp_path, [setter(True, False)], select=(word,))


def test_each_app_has_its_nearest_configuration(tmp_path: Path) -> None:
    make(tmp_path, **{"a/cdk.json": "{}", "a/app.py": ON, "b/cdk.json": "{}", "b/app.py": ON})
    make(tmp_path, **{"a/tapfix.toml": "select = ['TAP902']", "b/tapfix.toml": ""})
    found = go(tmp_path, [setter(True, False), complaint(True, "odd")], Mode.REPORT).findings
    assert [(Path(one.place.path).parent.name, one.rule.code) for one in found] == [
        ("a", "TAP902"),
        ("b", "TAP901"),
        ("b", "TAP902"),
    ]


def test_a_wrong_configuration_stops_the_run(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON, "tapfix.toml": "selct = []"})
    with pytest.raises(ConfigError, match="unknown setting 'selct': did you mean 'select'"):
        go(tmp_path, [setter(True, False)])


# Paths


def test_only_what_was_asked_for_is_found(tmp_path: Path) -> None:
    make(tmp_path, **{"cdk.json": "{}", "app.py": ON, "lib/stack.py": ON})
    result = go(tmp_path / "lib", [setter(True, False)])
    assert list(result.changes) == [f"{tmp_path}/lib/stack.py"]


def test_apps_that_share_a_module_mend_it_once(tmp_path: Path) -> None:
    stack = "import aws_cdk\n\ncode = Code.from_asset('../shared')\n"
    make(tmp_path, **{"a/cdk.json": "{}", "b/cdk.json": "{}", "shared/fn.py": ON})
    make(tmp_path, **{"a/app.py": stack, "b/app.py": stack})
    result = go(tmp_path, [setter(True, False)])
    assert told(result) == [("TAP901", 3, "fixed", None)]
    assert after(result) == {"fn.py": OFF}


def test_a_file_that_is_no_python_is_a_problem_beside_good_ones(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": ON, "bad.py": "import aws_cdk\n\nThing(switch=\n"})
    (tmp_path / "null.py").write_bytes(b"import aws_cdk\0\n")
    (tmp_path / "latin.py").write_bytes(b"import aws_cdk\n# caf\xe9\n")
    result = go(tmp_path, [setter(True, False)], Mode.APPLY)
    places = {Path(p.path).name: (p.line, p.column) for p in result.problems}
    assert sorted(places) == ["bad.py", "latin.py", "null.py"]
    assert places["bad.py"] == (3, 6)
    assert after(result) == {"app.py": OFF}
    assert result.exit_code == 2


def test_version_1_is_named_once(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": "from aws_cdk import core\n", "b.py": "from aws_cdk import core\n"})
    result = go(tmp_path, [setter(True, False)])
    assert result.notes == ("2 files use CDK version 1, which tapfix leaves alone",)
    assert result.exit_code == 0


def test_progress_is_told_before_each_step(tmp_path: Path) -> None:
    make(tmp_path, **{"a/cdk.json": "{}", "a/app.py": ON, "b/cdk.json": "{}", "b/app.py": OFF})
    steps: list[tuple[int, int, str]] = []
    options = Options(rules=[setter(True, False)])
    run([str(tmp_path)], options, lambda done, total, root: steps.append((done, total, root)))
    roots = [f"{tmp_path}/a", f"{tmp_path}/a", f"{tmp_path}/b", f"{tmp_path}/b"]
    assert steps == [(number, 4, root) for number, root in enumerate(roots)]
