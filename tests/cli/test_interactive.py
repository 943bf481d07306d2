"""``--interactive``: fix by fix, on a pseudo-terminal and with a scripted person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tapfix.api import Options, write
from tapfix.api.found import Found
from tapfix.api.result import Reported, Result, Status
from tapfix.api.review import Answer, Deed, Question, Talk, review
from tapfix.rule import Rule
from tests.cli.conftest import FIX, OFF, ON, Run
from tests.cli.terminal import Keys, talk
from tests.cli.test_baseline import namer
from tests.fake_rules import mover, setter

CTRL_C, CTRL_D = "\x03", "\x04"
STACK = """\
from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3


class Store(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        s3.Bucket(self, "One", removal_policy=RemovalPolicy.RETAIN)
        s3.Bucket(self, "Two", removal_policy=RemovalPolicy.RETAIN)
"""


@dataclass
class Person:
    """Gives answers in turn, and hears what is said; asked more than that, it fails."""

    answers: list[Answer]
    asked: list[Question] = field(default_factory=list)
    left: list[Reported] = field(default_factory=list)
    refused: list[Found] = field(default_factory=list)

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.answers.pop(0)

    def talk(self) -> Talk:
        return Talk(
            lambda _: None, self.ask, self.left.extend, lambda one, _: self.refused.append(one)
        )


def reviewed(app: Path, rules: Iterable[Rule], *answers: Deed | str) -> tuple[Result, Person]:
    """A review by somebody with these answers; a text is a reason to ignore."""
    person = Person([Answer(Deed.IGNORE, a) if isinstance(a, str) else Answer(a) for a in answers])
    result = review([str(app)], Options(rules=tuple(rules)), person.talk())
    assert not person.answers
    return result, person


def lines(app: Path, *switches: str) -> None:
    things = [f"Thing(switch={switch})\n" for switch in switches]
    (app / "app.py").write_text("import aws_cdk\n\n" + "".join(things))


def after(result: Result, app: Path) -> str:
    changed = result.changes.get(str(app / "app.py"))
    return (changed[1] or b"").decode() if changed else "as it was"


def test_yes_and_no(app: Path) -> None:
    lines(app, "True", "True", "True")
    result, person = reviewed(app, [FIX], Deed.LEAVE, Deed.MAKE, Deed.LEAVE)
    assert result.problems == ()
    switches = re.findall(r"switch=(\w+)", after(result, app))
    assert switches == ["True", "False", "True"]
    assert [(one.number, one.count) for one in person.asked] == [(1, 3), (2, 3), (3, 3)]
    assert sorted(one.status.value for one in result.findings) == [
        "fixed",
        "held back",
        "held back",
    ]
    assert {one.reason for one in result.left} == {"you said no"}
    assert (result.exit_code, (app / "app.py").read_text().count("True")) == (1, 3)


def test_all_and_none_of_a_kind(app: Path) -> None:
    lines(app, "True", "True", "True")
    rules = [FIX, namer()]
    result, person = reviewed(app, rules, Deed.LEAVE_KIND, Deed.MAKE_KIND)
    assert [one.found.rule.code for one in person.asked] == ["TAP901", "TAP905"]
    assert re.findall(r"switch=(\w+)", after(result, app)) == ["True"] * 3
    assert after(result, app).count("name=") == 3


def test_a_fix_is_shown_beside_those_that_were_accepted(app: Path) -> None:
    lines(app, "True")
    _, person = reviewed(app, [FIX, namer()], Deed.MAKE, Deed.MAKE)
    (before, now) = person.asked[1].changes[str(app / "app.py")]
    assert (before, now) == (OFF, OFF.replace(b"False", b"False, name='thing'"))


def test_whoever_stops_keeps_what_was_accepted(app: Path) -> None:
    lines(app, "True", "True", "True")
    result, _ = reviewed(app, [FIX], Deed.MAKE, Deed.STOP)
    assert re.findall(r"switch=(\w+)", after(result, app)) == ["False", "True", "True"]
    assert {one.reason for one in result.left} == {"you stopped before it"}


def test_what_was_refused_is_not_asked_again_when_lines_move(app: Path) -> None:
    # What is made in the first round moves the lines, and brings up one more.
    lines(app, "'move'", "True")
    result, person = reviewed(app, [mover(), FIX], Deed.MAKE, Deed.LEAVE, Deed.MAKE)
    assert [Path(one.found.place.path).name for one in person.asked] == [
        "app.py",
        "app.py",
        "moved.py",
    ]
    assert [one.place.line for one in result.left] == [4]
    assert result.changes[str(app / "moved.py")] == (None, OFF)


def test_what_builds_on_a_refused_fix_is_told(app: Path) -> None:
    lines(app, "'move'")
    _, person = reviewed(app, [mover(), FIX], Deed.LEAVE)
    assert [(one.rule.code, Path(one.place.path).name) for one in person.left] == [
        ("TAP901", "moved.py")
    ]
    _, person = reviewed(app, [mover(), FIX], Deed.LEAVE_KIND)
    assert len(person.left) == 1
    _, person = reviewed(app, [mover(), FIX], Deed.MAKE, Deed.LEAVE)
    assert person.left == []


def test_ignored_with_a_reason(app: Path) -> None:
    lines(app, "True", "True", "'move'")
    result, _ = reviewed(app, [FIX, mover()], "it must hum", Deed.MAKE, Deed.LEAVE)
    comment = "Thing(switch=True)  # tapfix: ignore[TAP901] it must hum\nThing(switch=False)\n"
    assert comment in after(result, app)
    assert (len(result.ignored), [one.reason for one in result.silenced]) == (1, ["it must hum"])
    assert [one.rule.code for one in result.left] == ["TAP904"]
    write(result)
    again, person = reviewed(app, [FIX], *[])
    assert (again.left, again.unused, person.asked) == ((), (), [])


def test_what_is_fixed_is_told_where_it_stood_before(app: Path) -> None:
    lines(app, "True", "True", "True")
    reason = (
        "a reason that is far too long to stand beside the thing that it is about, but for this"
    )
    result, _ = reviewed(app, [FIX], reason, Deed.MAKE, Deed.LEAVE)
    assert [one.place.line for one in result.fixed] == [4]
    assert [one.place.line for one in result.left] == [6]


def test_one_that_cannot_go_with_an_accepted_one_is_told(app: Path) -> None:
    lines(app, "True")
    other = setter(True, None, code="TAP907", name="thing-other")
    result, person = reviewed(app, [FIX, other], Deed.MAKE)
    assert [one.rule.code for one in person.refused] == ["TAP907"]
    assert after(result, app) == OFF.decode()
    assert [one.status for one in result.findings] == [Status.FIXED]


# On a terminal.


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/app.py").write_text(STACK)
    return tmp_path / "app"


def on_terminal(store: Path, keys: Sequence[Keys], *arguments: str) -> tuple[int, str]:
    state = {"TAPFIX_STATE_DIR": str(store.parent / "state")}
    return talk(store, ["--interactive", "--select=TAP002", *arguments], keys, state)


def test_the_talk_the_run_and_its_undo(
    store: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, screen = on_terminal(store, ["?\n", "e\n", "x\n", "N\n", "y\n"])
    assert code == 1
    assert screen.count("TAP002 bucket-retain (critical): delete the bucket with its stack") == 2
    assert 'app.py:9:47: Bucket "One" outlives its stack' in screen
    assert screen.count("impact: data dies with the stack") == 2
    assert '-        s3.Bucket(self, "Two", removal_policy=RemovalPolicy.RETAIN)' in screen
    assert screen.count("(1/2) TAP002, data dies with the stack: make this fix [y,n,a") == 4
    assert screen.count("y - make this fix") == 2  # asked for, and for a key that is none
    assert "Why it matters" in screen
    written = (store / "app.py").read_text()
    assert (written.count("RETAIN"), written.count("DESTROY")) == (1, 1)
    monkeypatch.chdir(store)
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(store.parent / "state"))
    assert tapfix("undo")[0] == 0
    assert (store / "app.py").read_text() == STACK


def test_ignoring_asks_for_the_reason(store: Path) -> None:
    code, screen = on_terminal(store, ["i\n", "a # b\n", "\n", "i\n", "for the audit\n", "y\n"])
    assert (code, "a reason is one line of text without #" in screen) == (0, True)
    written = (store / "app.py").read_text()
    assert "# tapfix: ignore[TAP002] for the audit" in written
    assert (written.count("RETAIN"), written.count("DESTROY")) == (1, 1)


def test_only_whole_words_are_answers(store: Path) -> None:
    words = ["abort\n", "do it\n", "\n", "\xe4\n", "No\n", " YES \n"]
    code, screen = on_terminal(store, words)
    assert (code, screen.count("y - make this fix")) == (1, 4)
    written = (store / "app.py").read_text()
    assert (written.count("RETAIN"), written.count("DESTROY")) == (1, 1)


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_reason_that_is_no_text_is_asked_for_again(store: Path, errors: str) -> None:
    state = {"PYTHONIOENCODING": f"ascii:{errors}", "TAPFIX_STATE_DIR": str(store.parent / "state")}
    keys = ["i\n", "\xe4\n", CTRL_D, "i\n", "known\n", "n\n"]
    code, screen = talk(store, ["-i", "--select=TAP002"], keys, state)
    assert (code, "Traceback" in screen) == (1, False)
    assert screen.count("a reason is one line of text without #\n") == 1
    # The end of input leads back, on a line of its own.
    assert "Reason (empty: back): \n(1/2)" in screen
    assert "# tapfix: ignore[TAP002] known" in (store / "app.py").read_text()


def test_a_file_that_changes_meanwhile_is_left_alone(store: Path) -> None:
    mine = STACK + "# mine\n"

    def change() -> str:
        (store / "app.py").write_text(mine)
        return "y\n"

    code, screen = on_terminal(store, ["i\n", "known\n", change])
    assert (code, "changed since it was read; nothing was written" in screen) == (2, True)
    assert (store / "app.py").read_text() == mine
    assert "tapfix: Nothing changed; 2 left" in screen


def test_nothing_to_ask_about(store: Path) -> None:
    (store / "app.py").write_text(STACK.replace("RETAIN", "DESTROY"))
    code, screen = on_terminal(store, [])
    assert (code, screen) == (0, "tapfix: Nothing to fix in 1 file of 1 app (profile ephemeral).\n")


@pytest.mark.parametrize("last", ["q\n", CTRL_D])
def test_the_end_of_input_writes_what_was_accepted(store: Path, last: str) -> None:
    code, screen = on_terminal(store, ["y\n", last])
    assert (code, "you stopped before it" in screen) == (1, True)
    assert (store / "app.py").read_text().count("RETAIN") == 1


@pytest.mark.parametrize("keys", [[CTRL_C], ["y\n", CTRL_C], ["y\n", "i\n", CTRL_C]])
def test_an_interrupt_writes_nothing(store: Path, keys: list[str]) -> None:
    code, screen = on_terminal(store, keys)
    assert code == 130
    assert screen.endswith("tapfix: interrupted: nothing was written\n")
    assert "Traceback" not in screen
    assert (store / "app.py").read_text() == STACK
    assert not (store.parent / "state").exists()


def test_no_password_and_no_control_character_is_shown(store: Path) -> None:
    login = 'master_username="me", master_user_password="hunter2-secret"'
    text = STACK + f'        rds.CfnDBInstance(self, "Db", {login})  # \x1b[2J\n'
    (store / "app.py").write_text(text)
    code, screen = on_terminal(store, ["y\n", "y\n"])
    assert code == 0
    assert ("hunter2-secret" in screen, "********" in screen) == (False, True)
    assert "\x1b" not in screen
    assert "hunter2-secret" in (store / "app.py").read_text()


def test_without_a_terminal_it_is_one_line(app: Path, tapfix: Run) -> None:
    line = "tapfix: --interactive asks on a terminal, and this is none\n"
    assert tapfix("--interactive") == (2, b"", line)
    assert (app / "app.py").read_bytes() == ON


@pytest.mark.parametrize("other", ["--dry-run", "--add-ignores", "--write-baseline", "--watch"])
def test_what_does_not_go_together_is_refused(app: Path, tapfix: Run, other: str) -> None:
    code, _, err = tapfix("--interactive", other)
    assert (code, "--interactive" in err, (app / "app.py").read_bytes()) == (2, True, ON)
