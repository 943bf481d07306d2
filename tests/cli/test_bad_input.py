"""Bad input: one clear line, exit code 2, and the rest is done or all is rolled back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tapfix.registry import Rules
from tests.cli.conftest import FIX, INVALID, OFF, ON, Run
from tests.fake_rules import crasher


def test_a_crashed_rule_and_broken_packages(app: Path, tapfix: Run) -> None:
    rules = Rules((FIX, crasher()), ("rules 'x' (x.y): cannot be loaded: ImportError: no",))
    code, _, err = tapfix("--apply", rules=rules)
    assert (code, (app / "app.py").read_bytes()) == (2, OFF)
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert errors[0] == "error: rules 'x' (x.y): cannot be loaded: ImportError: no"
    assert errors[1].startswith(f"error: {app}: TAP903 thing-crash crashed here: KeyError:")
    assert len(errors) == 2


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            b"import aws_cdk\nThing(\n",
            f"error: bad.py:2:6: {INVALID}: '(' was never closed",
        ),
        (b"import aws_cdk\0\n", "error: bad.py"),
        (b"import aws_cdk\n# caf\xe9\n", "error: bad.py: cannot be decoded: "),
        (b"# coding: klingon\nimport aws_cdk\n", "error: bad.py: cannot be decoded: "),
    ],
)
def test_files_that_are_no_python(app: Path, tapfix: Run, data: bytes, line: str) -> None:
    (app / "bad.py").write_bytes(data)
    code, _, err = tapfix("--apply")
    assert (code, (app / "app.py").read_bytes()) == (2, OFF)
    (error,) = [one for one in err.splitlines() if one.startswith("error: ")]
    assert error.startswith(line)


def test_a_missing_path_and_the_others_are_done(app: Path, tapfix: Run) -> None:
    code, out, err = tapfix("missing", ".", "--apply")
    assert (code, (app / "app.py").read_bytes()) == (2, OFF)
    assert out.startswith(b"app.py:3:1: TAP901")
    assert err.startswith("error: missing: no such file or folder\n")


def test_a_read_only_file_stops_all_writing(app: Path, tapfix: Run) -> None:
    (app / "b.py").write_bytes(ON)
    (app / "b.py").chmod(0o444)
    code, out, err = tapfix("--apply")
    assert code == 2
    assert [(app / name).read_bytes() for name in ("app.py", "b.py")] == [ON, ON]
    assert "error: b.py: is read-only; nothing was written\n" in err
    assert out.count(b"not fixed (switch=False): nothing was written") == 2


def test_a_full_disk_half_way_rolls_everything_back(
    app: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (app / "b.py").write_bytes(ON)
    replace, calls = os.replace, [0]

    def fails_once(source: str, target: str) -> None:
        calls[0] += 1
        if calls[0] == 2:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fails_once)
    code, _, err = tapfix("--apply")
    assert code == 2
    assert "No space left on device; nothing was written\n" in err
    assert [(app / name).read_bytes() for name in ("app.py", "b.py")] == [ON, ON]
    assert sorted(path.name for path in app.iterdir()) == ["app.py", "b.py"]


def test_a_file_that_changes_meanwhile_is_left_alone(
    app: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tapfix import api

    run = api.run

    def slow(*arguments: object) -> object:
        result = run(*arguments)  # type: ignore[arg-type]  # handed through
        (app / "app.py").write_bytes(b"# mine\n" + ON)
        return result

    monkeypatch.setattr(api, "run", slow)
    code, _, err = tapfix("--apply")
    assert (code, (app / "app.py").read_bytes()) == (2, b"# mine\n" + ON)
    assert "error: app.py: changed since it was read; nothing was written\n" in err


def test_an_error_of_ours_does_not_look_like_findings(
    tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tapfix.api.discover", lambda _: 1 / 0)
    code, _, err = tapfix()
    assert code == 2
    assert err.endswith("tapfix: this is an error of tapfix: please report it\n")
