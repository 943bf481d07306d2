"""The real program, with its real rules, where files, folders, streams and signals are against it.

The superuser, who may run the tests, is denied nothing; ``DENIED`` gives up that privilege.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import INVALID

FLAWED = b'import aws_cdk\nfrom aws_cdk import aws_s3 as s3\n\ns3.Bucket(self, "B")\n'
MENDED = b"removal_policy=aws_cdk.RemovalPolicy.DESTROY"
RULE = ["--select", "TAP002"]

START = "from tapfix.cli import main\nmain()\n"
DENIED = """
import ctypes, os, sys
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "tapfix", *sys.argv[1:]])
"""
LITTLE_ROOM = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
"""


def tapfix(
    app: Path,
    *arguments: str,
    script: str = START,
    environment: Mapping[str, str] | None = None,
    output: int = subprocess.PIPE,
) -> tuple[int, bytes, list[str]]:
    """Exit code, standard output, and the lines of standard error."""
    run = subprocess.run(
        [sys.executable, "-c", script, *arguments, *RULE],
        cwd=app,
        env={**os.environ, **(environment or {})},
        stdout=output,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    return run.returncode, run.stdout or b"", run.stderr.decode().splitlines()


def errors(lines: list[str]) -> list[str]:
    assert not [line for line in lines if "Traceback" in line or "please report" in line], lines
    return [line for line in lines if line.startswith("error: ")]


def left_in(app: Path) -> list[str]:
    """Files that tapfix should have cleared away."""
    return [path.name for path in app.rglob(".tapfix-*")]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with a flawed app that can be mended."""
    (tmp_path / "good.py").write_bytes(FLAWED)
    return tmp_path


def is_mended(app: Path, name: str = "good.py") -> bool:
    return MENDED in (app / name).read_bytes()


def deep(source: str) -> bytes:
    return FLAWED + source.encode() + b"\n"


# What cannot be read: one line, and the rest is mended


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (FLAWED + b"s3.Bucket(\n", f"error: bad.py:5:10: {INVALID}: '(' was never closed"),
        (FLAWED + b"\0\n", "error: bad.py"),
        (FLAWED + b"# \xe9\n", "error: bad.py: cannot be decoded: "),
        (b"# coding: klingon\n" + FLAWED, "error: bad.py: cannot be decoded: unknown encoding"),
        (
            deep("x = " + "(" * 9999 + ")" * 9999),
            f"error: bad.py:5:205: {INVALID}: too many",
        ),
        (deep("x = " + "-" * 99999 + "1"), "error: bad.py: "),
        (deep("x = " + "1 + " * 99999 + "1"), "error: bad.py: "),
        (deep("x = f()" + ".g()" * 9999), "error: bad.py: "),
        (deep("x = []" + "+ []" * 2900), ""),
        (deep("if a:\n    pass\n" + "elif b:\n    pass\n" * 999), ""),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else str(len(value)),
)
def test_a_file_that_python_does_not_take(app: Path, data: bytes, line: str) -> None:
    (app / "bad.py").write_bytes(data)
    code, _, err = tapfix(app, "--apply", ".")
    told = errors(err)
    # Whether Python can take the last two depends on its version.
    assert code == (2 if told else 0)
    assert len(told) == 1 or (not line and not told)
    assert all(one.startswith(line or "error: bad.py: ") for one in told)
    assert not any(one.endswith(":") for one in told)
    assert is_mended(app)
    assert is_mended(app, "bad.py") is not bool(told)


def locked(app: Path) -> None:
    (app / "bad.py").write_bytes(FLAWED)
    (app / "bad.py").chmod(0)


def closed(app: Path) -> None:
    (app / "bad").mkdir()
    (app / "bad/stack.py").write_bytes(FLAWED)
    (app / "bad").chmod(0)


@pytest.mark.parametrize(("obstacle", "name"), [(locked, "bad.py"), (closed, "bad")])
@pytest.mark.parametrize("asked", [True, False])
def test_what_the_user_may_not_read(
    app: Path, obstacle: Callable[[Path], None], name: str, asked: bool
) -> None:
    obstacle(app)
    paths = [name, "good.py"] if asked else ["."]
    code, _, err = tapfix(app, "--apply", *paths, script=DENIED)
    assert errors(err) == [f"error: {name}: cannot be read: Permission denied"]
    assert (code, is_mended(app)) == (2, True)


def missing(_: Path) -> None:
    """Nothing is there."""


def dangling(app: Path) -> None:
    (app / "bad.py").symlink_to("nowhere.py")


def circle(app: Path) -> None:
    (app / "bad.py").symlink_to("bad.py")


def pipe(app: Path) -> None:
    os.mkfifo(app / "bad.py")


@pytest.mark.parametrize(
    ("obstacle", "message"),
    [
        (missing, "no such file or folder"),
        (dangling, "is a link that leads nowhere"),
        (circle, "is a link that leads nowhere"),
        (pipe, "is neither a folder nor a Python file"),
    ],
)
def test_a_path_that_is_no_file(app: Path, obstacle: Callable[[Path], None], message: str) -> None:
    obstacle(app)
    code, _, err = tapfix(app, "--apply", "bad.py", "good.py")
    assert errors(err) == [f"error: bad.py: {message}"]
    assert (code, is_mended(app)) == (2, True)
    # Met on the way, it is none of the app's files.
    (app / "good.py").write_bytes(FLAWED)
    code, _, err = tapfix(app, "--apply", ".")
    assert (code, errors(err), is_mended(app)) == (0, [], True)


def test_odd_files_and_folders_are_mended_like_any(app: Path) -> None:
    odd = ["x.py/stack.py", "lib/stack.py", os.fsdecode(b"caf\xff.py"), "two\nlines.py"]
    for name in odd:
        (app / name).parent.mkdir(exist_ok=True)
        (app / name).write_bytes(FLAWED)
    (app / "x.py/up.py").symlink_to("..")
    (app / "empty.py").touch()
    (app / ".gitignore").write_text("lib/\n")
    (app / "good.py").write_bytes(b"import lib.stack\n" + FLAWED)
    code, out, err = tapfix(app, "--dry-run", ".")
    assert (code, errors(err)) == (1, [])
    copy = app.with_name("copy")
    subprocess.run(["cp", "-R", app, copy], check=True)
    subprocess.run(["git", "apply"], input=out, cwd=copy, check=True)
    code, _, err = tapfix(app, "--apply", ".")
    assert (code, errors(err)) == (0, [])
    for name in ["good.py", *odd]:
        assert is_mended(app, name), name
        assert (copy / name).read_bytes() == (app / name).read_bytes()
    assert (app / "empty.py").read_bytes() == b""


# What cannot be written: one line, and nothing is


def test_a_read_only_file_and_a_folder_that_takes_no_new_file(app: Path) -> None:
    (app / "lib").mkdir()
    (app / "lib/stack.py").write_bytes(FLAWED)
    for path, mode, reason in (
        ("lib/stack.py", 0o444, "is read-only"),
        ("lib", 0o555, "Permission denied"),
    ):
        old = (app / path).stat().st_mode
        (app / path).chmod(mode)
        code, out, err = tapfix(app, "--apply", ".", script=DENIED)
        assert errors(err) == [f"error: lib/stack.py: {reason}; nothing was written"]
        assert (code, out.count(b"nothing was written")) == (2, 2)
        for name in ("good.py", "lib/stack.py"):
            assert (app / name).read_bytes() == FLAWED
        assert left_in(app) == []
        (app / path).chmod(old)


def test_a_disk_without_room_half_way_through_several_files(app: Path) -> None:
    (app / "late.py").write_bytes(FLAWED + b"# long\n" * 9999)
    (app / "more.py").write_bytes(FLAWED)
    before = {path.name: path.read_bytes() for path in app.iterdir()}
    code, out, err = tapfix(app, "--apply", ".", script=LITTLE_ROOM + START)
    assert errors(err) == ["error: late.py: File too large; nothing was written"]
    assert (code, out.count(b"nothing was written")) == (2, 3)
    assert {path.name: path.read_bytes() for path in app.iterdir()} == before


@pytest.mark.parametrize(("name", "expected"), [("SIGINT", 130), ("SIGTERM", -signal.SIGTERM)])
def test_a_signal_between_two_files_waits_for_the_others(
    app: Path, name: str, expected: int
) -> None:
    (app / "more.py").write_bytes(FLAWED)
    script = f"""
import os, signal
real = os.replace
def replace(*arguments):
    real(*arguments)
    os.kill(os.getpid(), signal.{name})
os.replace = replace
"""
    code, _, err = tapfix(app, "--apply", ".", script=script + START)
    assert (code, errors(err)) == (expected, [])
    assert is_mended(app) and is_mended(app, "more.py")
    assert left_in(app) == []


# Settings that cannot be used: nothing is done


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"[tool.tapfix", "is not valid TOML: "),
        (b"[tool.tapfix]\nselect = ['\xff']", "cannot be read: invalid start byte"),
        (b"[tool.tapfix]\nselet = []", "unknown setting 'selet': did you mean 'select'?"),
        (b"[tool]\ntapfix = 3", "tool.tapfix must be a table"),
    ],
)
def test_settings_that_cannot_be_used(app: Path, data: bytes, line: str) -> None:
    file = app / "pyproject.toml"
    file.write_bytes(data)
    code, out, err = tapfix(app, "--apply", ".")
    assert (code, out, len(err)) == (2, b"", 1)
    assert err[0].startswith(f"tapfix: {file}: {line}")
    assert (app / "good.py").read_bytes() == FLAWED


def test_tapfixs_own_file_counts_before_the_shared_one(app: Path) -> None:
    (app / "pyproject.toml").write_text("[tool.tapfix]\nprofile = 'ephemeral'\n")
    (app / "tapfix.toml").write_text("profile = 'production'\n")
    code, _, err = tapfix(app, ".")
    assert code == 0
    assert err[0] == "tapfix: TAP002 is off in profile production"


def test_a_folder_called_like_a_file_of_settings(app: Path) -> None:
    for name in ("pyproject.toml", "tapfix.toml", "cdk.json", ".gitignore", "ruff.toml"):
        (app / name).mkdir()
    code, _, err = tapfix(app, "--apply", ".")
    assert (code, errors(err), is_mended(app)) == (0, [], True)


# Streams that do not take what is said


@pytest.mark.parametrize("mode", ["--apply", "--dry-run", "--output-format=json"])
def test_a_terminal_that_knows_ascii_alone(app: Path, mode: str) -> None:
    (app / "caf\u00e9.py").write_bytes(FLAWED + "# caf\u00e9\n".encode())
    plain = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "",
    }
    code, out, err = tapfix(app, mode, ".", environment=plain)
    assert (code, errors(err)) == (0 if mode == "--apply" else 1, [])
    assert out.decode().count("caf") > 0
    assert is_mended(app, "caf\u00e9.py") is (mode == "--apply")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("mode", ["--apply", "--dry-run", "--output-format=json"])
def test_a_reader_that_goes_away_changes_no_exit_code(
    app: Path, mode: str, unbuffered: str
) -> None:
    (app / "bad.py").write_bytes(b"import aws_cdk\n(\n")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        environment = {"PYTHONUNBUFFERED": unbuffered}
        code, _, err = tapfix(app, mode, ".", environment=environment, output=writer)
    finally:
        os.close(writer)
    errors(err)
    assert (code, is_mended(app)) == (2, mode == "--apply")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("mode", ["--apply", "--dry-run", "--output-format=json"])
def test_output_that_finds_no_room(app: Path, mode: str, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        environment = {"PYTHONUNBUFFERED": unbuffered}
        code, _, err = tapfix(app, mode, ".", environment=environment, output=full.fileno())
    assert errors(err) == []
    assert (code, err[-1]) == (2, "tapfix: cannot go on: No space left on device")
    assert is_mended(app) is (mode == "--apply")


def test_no_standard_output_at_all(app: Path) -> None:
    (app / os.fsdecode(b"caf\xff.py")).write_bytes(FLAWED)
    command = [sys.executable, "-m", "tapfix", "--apply", *RULE, "."]
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], cwd=app, capture_output=True, check=False
    )
    assert (run.returncode, is_mended(app)) == (0, True), run.stderr


def test_a_current_folder_that_is_gone(app: Path) -> None:
    script = f"import os\nos.mkdir('gone')\nos.chdir('gone')\nos.rmdir('{app}/gone')\n"
    code, _, err = tapfix(app, "--apply", ".", script=script + START)
    assert (code, err) == (2, ["tapfix: cannot go on: No such file or directory"])
