"""Options, commands and paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tapfix import __version__
from tapfix.cli.commands import COMMANDS
from tapfix.cli.options import ProfileName
from tapfix.edits import Impact
from tapfix.registry import Rules
from tapfix.rule import Profile
from tests.cli.conftest import OFF, ON, Run
from tests.fake_rules import setter


def test_the_rules_and_a_rule(tapfix: Run) -> None:
    code, out, err = tapfix("rules")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.decode().splitlines()] == ["TAP901", "TAP902"]
    assert len(json.loads(tapfix("rules", "--output-format", "json")[1])) == 2
    for word in ("TAP901", "thing-switch", "tap901"):
        code, out, _ = tapfix("explain", word)
        assert (code, out.count(b"Why it matters")) == (0, 1)
    assert tapfix("explain", "thing")[1].count(b"Why it matters") == 2
    code, out, err = tapfix("explain", "TAP909")
    assert (code, out) == (2, b"")
    assert err.startswith("tapfix: no rule 'TAP909': did you mean 'TAP90")


def test_version_and_help_come_before_everything_else(tapfix: Run) -> None:
    version = f"tapfix {__version__}\n".encode()
    assert tapfix("--version") == (0, version, "")
    assert tapfix("-q", "missing", "--version") == (0, version, "")
    assert tapfix("-h") == tapfix("--help")
    for command in COMMANDS:
        assert tapfix(command, "--help")[1].startswith(f"Usage: tapfix {command} ".encode())


def test_a_path_called_like_a_command(app: Path, tapfix: Run) -> None:
    (app / "rules").mkdir()
    (app / "rules/stack.py").write_bytes(ON)
    for arguments in (["./rules"], ["--", "rules"], ["-q", "rules"], ["rules/"]):
        assert tapfix(*arguments)[1].startswith(b"rules/stack.py:3:1: TAP901"), arguments
    code, out, err = tapfix("rules")
    assert (code, out[:6]) == (0, b"TAP901")
    assert err == "tapfix: 'rules' is a command here; the path of that name is ./rules\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--dry-run", "--apply"], "--dry-run and --apply exclude each other"),
        (["-q", "-v"], "--quiet and --verbose exclude each other"),
        (["--slect", "TAP901"], "No such option: --slect"),
        (["--profile", "prod"], "'prod' is not one of 'ephemeral', 'production'"),
        (["--select", "TAP91"], "no rule 'TAP91': did you mean 'TAP901'?"),
        (["--select", ""], "no rule ''"),
        (["--ignore", "TAP901,TAP999"], "no rule 'TAP999'"),
        (["--config", "none.toml"], "none.toml: cannot be read: No such file or directory"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(
    tapfix: Run, arguments: list[str], line: str
) -> None:
    code, out, err = tapfix(*arguments)
    assert (code, out) == (2, b"")
    assert line in err
    assert "Traceback" not in err


def test_selection_by_commas_and_repetition(tapfix: Run) -> None:
    assert tapfix("--select", "TAP901, TAP902")[0] == 1
    assert tapfix("--select", "TAP901", "--select", "TAP902")[0] == 1
    assert tapfix("--ignore", "thing-switch,TAP902")[0] == 0


def test_a_configuration_file_may_be_named(app: Path, tapfix: Run) -> None:
    (app / "strict.toml").write_text("ignore = ['TAP901']\n")
    assert tapfix("--config", "strict.toml")[0] == 0
    (app / "pyproject.toml").write_text("[tool.tapfix]\nselekt = []\n")
    code, _, err = tapfix()
    assert code == 2
    assert err.endswith("unknown setting 'selekt': did you mean 'select'?\n")


def test_the_profile_is_named_and_holds_back(app: Path, tapfix: Run) -> None:
    replaces = setter(True, False, impact=Impact.REPLACES, stateful=True)
    code, out, err = tapfix("--apply", "--profile", "production", rules=Rules((replaces,)))
    assert (code, (app / "app.py").read_bytes()) == (1, ON)
    assert b"not fixed (switch=False): held back in profile production" in out
    assert "(profile production)" in err
    code, _, err = tapfix("--apply", "--profile", "production", "--allow-replace")
    assert (code, (app / "app.py").read_bytes()) == (0, OFF)
    assert "1 fix replaces a deployed resource." in err


def test_the_profiles_of_the_command_line_are_those_of_the_rules() -> None:
    assert [name.value for name in ProfileName] == [profile.value for profile in Profile]


def test_comments_silence_and_idle_ones_are_told(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_bytes(
        b"import aws_cdk\n\n"
        b"Thing(switch=True)  # tapfix: ignore[TAP901] it must hum\n"
        b"Thing()  # tapfix: ignore[thing-switch]\n"
        b"Thing()  # tapfix: ignore[TAP91]\n"
    )
    code, out, err = tapfix()
    assert code == 0
    assert out.decode().splitlines() == [
        "app.py:4:10: this comment silences nothing: there is no thing-switch here [suppression]",
        "app.py:5:10: this comment silences no rule 'TAP91': did you mean 'TAP901'? [suppression]",
    ]
    assert "1 finding suppressed by comments." in err
    # A comment for a rule that does not run may well be of use.
    assert tapfix("--select", "TAP902")[1].count(b"\n") == 1


@pytest.mark.parametrize("words", ["[]", "[ , ] why", "[TAP901", "[TAP901 why"])
def test_a_list_without_a_rule_silences_nothing(app: Path, tapfix: Run, words: str) -> None:
    (app / "app.py").write_bytes(ON.rstrip() + f"  # tapfix: ignore{words}\n".encode())
    code, out, _ = tapfix()
    assert (code, b"app.py:3:1: TAP901" in out) == (1, True)
    fault = b"this comment silences nothing: it names no rule between brackets [suppression]"
    assert b"app.py:3:21: " + fault in out


def test_of_comments_beside_what_cannot_be_read_nothing_is_known(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_bytes(OFF.rstrip() + b"  # tapfix: ignore\n")
    assert b"this comment silences nothing" in tapfix()[1]
    (app / "more.py").write_bytes(ON + b"(")
    code, out, _ = tapfix()
    assert (code, b"silences" in out) == (2, False)
