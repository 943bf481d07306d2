"""``--add-ignores``: comments that say why, for all that is found."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from tapfix.api import Options, run, write
from tapfix.api.ignores import add_ignores
from tapfix.api.result import Mode
from tapfix.engine.tidy import black
from tapfix.registry import Rules
from tests.cli.conftest import FIX, ON, Run
from tests.cli.test_baseline import namer
from tests.discover.test_revisions import commit, git
from tests.fake_rules import complaint

BROKEN = Path(__file__).parent.parent.parent / "examples/broken"
WITH = "--add-ignores=kept for the audit"
BOTH = Rules((FIX, namer()))


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal for each test."""
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(tmp_path_factory.mktemp("state")))


def silent(run_it: Run, rules: Rules = BOTH) -> bool:
    """Whether a run finds nothing any more, and no comment without use."""
    return run_it(rules=rules)[:2] == (0, b"")


def test_one_comment_with_the_reason_for_several_codes(app: Path, tapfix: Run) -> None:
    code, out, err = tapfix(WITH, rules=BOTH)
    assert (code, out) == (0, b"")
    assert err.splitlines()[:2] == [
        "tapfix: Ignored 2 findings from now on; 0 left in 1 file of 1 app (profile ephemeral).",
        "tapfix: 2 findings suppressed by comments.",
    ]
    comment = b"  # tapfix: ignore[TAP901, TAP905] kept for the audit\n"
    assert (app / "app.py").read_bytes() == ON.rstrip() + comment
    assert silent(tapfix)
    before = (app / "app.py").read_bytes()
    assert tapfix(WITH)[:2] == (0, b"")
    assert (app / "app.py").read_bytes() == before
    assert tapfix("undo")[0] == 0
    assert (app / "app.py").read_bytes() == ON


def test_json_counts_what_is_new_among_what_comments_silence(app: Path, tapfix: Run) -> None:
    (app / "more.py").write_bytes(ON.rstrip() + b"  # tapfix: ignore[TAP901]\n")
    for words, ignored in (([WITH, "--dry-run"], 1), ([WITH], 1), ([WITH], 0)):
        told = json.loads(tapfix(*words, "--output-format=json")[1])
        assert (told["summary"]["ignored"], told["summary"]["suppressed"]) == (ignored, 2)


def test_only_what_is_selected(app: Path, tapfix: Run) -> None:
    assert tapfix(WITH, "--select=TAP905", rules=BOTH)[0] == 0
    assert b"ignore[TAP905] kept" in (app / "app.py").read_bytes()
    code, out, _ = tapfix()
    assert (code, out.count(b"TAP901")) == (1, 1)


def test_a_dry_run_is_a_diff_that_git_takes(app: Path, tapfix: Run) -> None:
    code, out, err = tapfix("--dry-run", WITH)
    assert (code, (app / "app.py").read_bytes()) == (1, ON)
    assert "tapfix: Write these comments without --dry-run." in err.splitlines()
    (app / "change.diff").write_bytes(out)
    git(app, "apply", "change.diff")
    assert silent(tapfix, Rules((FIX,)))


@pytest.mark.parametrize(
    ("there", "becomes"),
    [
        (
            b"  # tapfix: ignore[TAP905] kept for the audit",
            b"  # tapfix: ignore[TAP905, TAP901] kept for the audit",
        ),
        # Of somebody else's reason nothing is known: each code has its own.
        (
            b"  # tapfix: ignore[TAP905] mine",
            b"  # tapfix: ignore[TAP905] mine  # tapfix: ignore[TAP901] kept for the audit",
        ),
        (b"  # tapfix: ignore[TAP905]", b"  # tapfix: ignore[TAP905, TAP901] kept for the audit"),
        (b"  # loud", b"  # loud  # tapfix: ignore[TAP901] kept for the audit"),
    ],
)
def test_a_comment_that_is_there_is_extended(
    app: Path, tapfix: Run, there: bytes, becomes: bytes
) -> None:
    (app / "tapfix.toml").write_text("")
    (app / "pyproject.toml").write_text("[tool.black]\nline-length = 100\n")
    rules = BOTH if b"TAP905" in there else Rules((FIX,))
    (app / "app.py").write_bytes(ON.rstrip() + there + b"\n")
    assert tapfix(WITH, rules=rules)[0] == 0
    assert (app / "app.py").read_bytes() == ON.rstrip() + becomes + b"\n"
    assert silent(tapfix, rules)


def test_one_above_the_statement_too(app: Path, tapfix: Run) -> None:
    above = b"import aws_cdk\n\n# tapfix: ignore[TAP905]\n# It is a thing.\nThing(switch=True)\n"
    (app / "app.py").write_bytes(above)
    assert tapfix(WITH, rules=BOTH)[0] == 0
    extended = above.replace(b"TAP905]", b"TAP905, TAP901] kept for the audit")
    assert (app / "app.py").read_bytes() == extended
    assert silent(tapfix)


def test_a_long_line_gets_it_above_and_black_stays_content(app: Path, tapfix: Run) -> None:
    long = b"import aws_cdk\n\nif aws_cdk:\n    Thing(switch=True)  # it hums, all the night long\n"
    (app / "app.py").write_bytes(long)
    assert tapfix(WITH)[0] == 0
    line = b"    # tapfix: ignore[TAP901] kept for the audit\n    Thing("
    assert (app / "app.py").read_bytes() == long.replace(b"    Thing(", line)
    # In a longer line there is room.
    (app / "app.py").write_bytes(long)
    (app / "pyproject.toml").write_text("[tool.black]\nline-length = 120\n")
    assert tapfix(WITH)[0] == 0
    assert (app / "app.py").read_bytes() == long[
        :-1
    ] + b"  # tapfix: ignore[TAP901] kept for the audit\n"


def test_an_idle_comment_is_told_where_it_stands_then(app: Path, tapfix: Run) -> None:
    long = b"import aws_cdk\n\nif aws_cdk:\n    Thing(switch=True)  # it hums, all the night long\n"
    (app / "app.py").write_bytes(long + b"    print()  # tapfix: ignore[TAP901]\n")
    for words, line in (([WITH, "--dry-run"], 5), ([WITH], 6)):
        out = tapfix(*words, "--output-format=concise")[1].decode()
        assert f"app.py:{line}:14: this comment silences nothing" in out
    assert "app.py:6:14: this comment silences nothing" in tapfix()[1].decode()


def test_a_long_line_of_a_file_that_black_does_not_know(app: Path, tapfix: Run) -> None:
    long = b"import aws_cdk\nx = [ 1 ]\nThing( switch = True )  # it hums, all night, my dear\n"
    (app / "app.py").write_bytes(long)
    assert tapfix(WITH)[0] == 0
    line = b"# tapfix: ignore[TAP901] kept for the audit\nThing("
    assert (app / "app.py").read_bytes() == long.replace(b"Thing(", line)


def test_where_black_counts_wider_it_goes_above(app: Path, tapfix: Run) -> None:
    # Each of these characters takes two columns.
    wide = "\u5927" * 18
    text = f"import aws_cdk\n\nThing(switch=True, name='{wide}')\n"
    (app / "app.py").write_text(text, encoding="utf-8")
    assert black(text, 88, modern=True) == text
    assert tapfix("--add-ignores=kept")[0] == 0
    after = (app / "app.py").read_text(encoding="utf-8")
    assert after == text.replace("Thing(", "# tapfix: ignore[TAP901] kept\nThing(")
    assert black(after, 88, modern=True) == after


@pytest.mark.parametrize(
    "data",
    [
        ON.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + ON,
        b"# -*- coding: latin-1 -*-\nimport aws_cdk\n\nname = '\xe4'; Thing(switch=True)",
    ],
)
def test_bytes_outside_of_the_comments_stay(app: Path, tapfix: Run, data: bytes) -> None:
    (app / "app.py").write_bytes(data)
    assert tapfix("--add-ignores")[0] == 0
    after = (app / "app.py").read_bytes()
    assert after.replace(b"  # tapfix: ignore[TAP901] not looked at yet", b"") == data != after


def test_where_no_comment_can_stand_it_is_left_and_told(app: Path, tapfix: Run) -> None:
    data = b"# -*- coding: latin-1 -*-\nimport aws_cdk\n\nname = '\xe4'; Thing(switch=True)\n"
    (app / "app.py").write_bytes(data)
    code, out, _ = tapfix("--add-ignores=\u4fdd")
    assert (code, (app / "app.py").read_bytes()) == (1, data)
    assert b"not ignored: the file's encoding iso-8859-1 cannot hold" in out


def test_what_has_no_fix_is_told_so(app: Path, tapfix: Run) -> None:
    data = b"# -*- coding: latin-1 -*-\nimport aws_cdk\n\nname = '\xe4'; Thing(switch='odd')\n"
    (app / "app.py").write_bytes(data)
    out = tapfix("--add-ignores=\u4fdd", rules=Rules((complaint("odd", "by hand"),)))[1]
    assert b"[no fix]\n    no fix: not ignored: the file's encoding" in out


def test_comments_that_could_not_be_written_silence_nothing(app: Path) -> None:
    options = Options(mode=Mode.APPLY, rules=(FIX,))
    found = run([str(app)], options).fixed
    result = add_ignores([str(app)], options, "kept")
    assert (len(result.ignored), result.suppressed, result.left) == (1, 1, ())
    (app / "app.py").write_bytes(b"# mine\n" + ON)
    result = write(result)
    assert (result.ignored, result.suppressed, result.silenced, result.changes) == ((), 0, (), {})
    assert [one.finding for one in result.left] == [one.finding for one in found]
    assert (result.exit_code, (app / "app.py").read_bytes()) == (2, b"# mine\n" + ON)


def test_notes_stay_notes(app: Path, tapfix: Run) -> None:
    rules = Rules((complaint(True, "a fact", note=True),))
    code, out, _ = tapfix(WITH, rules=rules)
    assert (code, b"[note]" in out, (app / "app.py").read_bytes()) == (0, True, ON)


def test_uncommitted_files_are_left_where_that_is_asked_for(app: Path, tapfix: Run) -> None:
    (app / "other.py").write_bytes(ON)
    git(app, "init", "-q", "-b", "main")
    commit(app)
    (app / "app.py").write_bytes(b"# mine\n" + ON)
    code, out, _ = tapfix(WITH, "--require-clean")
    assert (code, b"uncommitted changes" in out) == (1, True)
    assert (app / "app.py").read_bytes() == b"# mine\n" + ON
    assert b"tapfix: ignore" in (app / "other.py").read_bytes()


@pytest.mark.parametrize(
    "reason",
    ["two\nlines", "a # b", " ", "\x1b[2J", "\u202e turned", "half \ud83d", "\udce4", "\x9b"],
)
def test_a_reason_that_a_comment_cannot_hold(app: Path, tapfix: Run, reason: str) -> None:
    code, _, err = tapfix(f"--add-ignores={reason}")
    assert (code, "a reason" in err, (app / "app.py").read_bytes()) == (2, True, ON)


@pytest.mark.parametrize("other", ["--apply", "--write-baseline"])
def test_what_does_not_go_together_is_refused(app: Path, tapfix: Run, other: str) -> None:
    assert tapfix("--add-ignores", other)[0] == 2
    assert (app / "app.py").read_bytes() == ON


def test_stacks_and_handlers_of_real_apps(tmp_path: Path) -> None:
    root = tmp_path / "product_catalog"
    shutil.copytree(BROKEN / "product_catalog", root)
    result = add_ignores([str(root)], Options(mode=Mode.APPLY), "known for years")
    assert (result.left, len(result.ignored) > 30) == ((), True)
    assert {Path(path).name for path in result.changes} == {
        "inventory_processor.py",
        "tap_stack.py",
    }
    for path, (before, after) in result.changes.items():
        assert before is not None
        assert after is not None
        assert ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
        assert black(after.decode(), 88, modern=True) == after.decode()
        Path(path).write_bytes(after)
    again = run([str(root)], Options())
    assert (again.left, again.unused) == ((), ())
    assert {one.reason for one in again.silenced} == {"known for years"}
