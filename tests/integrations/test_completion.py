"""Completion, in the shells themselves."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tapfix.cli import main
from tapfix.cli.options import COMPLETE, ShellName
from tapfix.completion import VARIABLE, Shell, script
from tapfix.registry import builtin_rules
from tapfix.report.formats import FORMATS
from tests.editors import packages
from tests.integrations.programs import BIN, FOLDER, run

CODES = [rule.code for rule in builtin_rules()]
COMMANDS = ["rules", "explain", "verify", "server", "undo"]
TYPED = {
    "tapfix --statis": "tapfix --statistics",
    "tapfix --select TAP003,TAP020,TAP019": "tapfix --select TAP003,TAP020,TAP019",
    "tapfix --select=bucket-ret": "tapfix --select=bucket-retain",
    "tapfix expl": "tapfix explain",
    "tapfix app_": "tapfix app_stack.py",
}
PROMPT = "READY> "


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts as the program prints them, in a folder with a file that may be completed."""
    folder = tmp_path_factory.mktemp("scripts")
    for shell in Shell:
        text = run(FOLDER / "tapfix", "--show-completion", shell.value, cwd=folder).stdout
        (folder / shell.value).write_text(text)
    (folder / "app_stack.py").touch()
    return folder


class Terminal:
    """An interactive shell, by what it shows."""

    def __init__(self, terminal: int) -> None:
        self.terminal = terminal

    def type(self, keys: str, until: str) -> str:
        """Type, and give what is shown until that appears, or for ten seconds."""
        os.write(self.terminal, keys.encode())
        shown, deadline = b"", time.monotonic() + 10
        while until.encode() not in shown.replace(b"\r", b"") and time.monotonic() < deadline:
            if select.select([self.terminal], [], [], 0.2)[0]:
                shown += os.read(self.terminal, 4096)
        return shown.decode().replace("\r", "")


@contextmanager
def interactive(command: list[str], folder: Path) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    environment = {"PATH": BIN, "HOME": str(folder), "TERM": "dumb", "PS1": PROMPT}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        try:
            yield Terminal(ours)
        finally:
            process.kill()
            os.close(ours)


def bash(line: str, scripts: Path) -> list[str]:
    """What bash would offer, as it takes a line apart."""
    order = (
        f"source {scripts / 'bash'}\n"
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tapfix tapfix\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    words = line.replace("=", " = ").split(" ")
    out = run("bash", "--norc", "-c", order, "bash", *words, cwd=scripts).stdout
    return out.splitlines() if out != "\n" else []


def fish(line: str, scripts: Path) -> list[str]:
    order = f"source {scripts / 'fish'}; complete -C $argv[1]"
    out = run("fish", "--no-config", "-c", order, line, cwd=scripts).stdout
    return [row.partition("\t")[0] for row in out.splitlines()]


def test_bash(scripts: Path) -> None:
    assert bash("tapfix --statis", scripts) == ["--statistics"]
    assert bash("tapfix ", scripts)[: len(COMMANDS)] == COMMANDS
    assert "app_stack.py" in bash("tapfix ", scripts)
    assert bash("tapfix --select TAP00", scripts) == CODES[:9]
    assert bash("tapfix --select=TAP00", scripts) == CODES[:9]
    assert bash("tapfix --ignore TAP003,TAP02", scripts) == ["TAP003,TAP020", "TAP003,TAP021"]
    assert bash("tapfix explain bucket", scripts) == ["bucket-retain", "bucket-expiration"]
    assert bash("tapfix --output-format ", scripts) == list(FORMATS)
    assert bash("tapfix verify --output-format ", scripts) == ["text", "json"]
    assert bash("tapfix undo --li", scripts) == ["--list"]
    assert bash("tapfix --config app", scripts) == ["app_stack.py"]
    assert bash("tapfix -- rul", scripts) == []


def test_fish(scripts: Path) -> None:
    packages.install("fish")
    assert fish("tapfix --statis", scripts) == ["--statistics"]
    assert set(COMMANDS) | {"app_stack.py"} <= set(fish("tapfix ", scripts))
    assert fish("tapfix --select TAP00", scripts) == CODES[:9]
    assert fish("tapfix --select=TAP02", scripts) == ["--select=TAP020", "--select=TAP021"]
    assert fish("tapfix undo --li", scripts) == ["--list"]
    assert fish("tapfix --config app", scripts) == ["app_stack.py"]


@pytest.mark.parametrize(
    ("command", "before"),
    [
        (["bash", "--norc", "-i"], ""),
        (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -u; "),
    ],
    ids=["bash", "zsh"],
)
def test_at_a_terminal(scripts: Path, command: list[str], before: str) -> None:
    packages.install("zsh")
    with interactive(command, scripts) as terminal:
        assert PROMPT in terminal.type("", PROMPT)
        assert PROMPT in terminal.type(f"{before}source ./{command[0]}\n", PROMPT)
        for line, completed in TYPED.items():
            # The line is completed; then another command gets it as a text, and shows it.
            said = f"\n{completed}"
            shown = terminal.type(f'{line}\t\x01echo "\x05"\n', said)
            assert said in shown, shown


def test_what_is_installed_where_and_nothing_else(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    for name in ("BASH_COMPLETION_USER_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR"):
        home[name] = ""
    places = {
        "bash": ".local/share/bash-completion/completions/tapfix",
        "zsh": ".zfunc/_tapfix",
        "fish": ".config/fish/completions/tapfix.fish",
    }
    for shell, place in places.items():
        words = ("--install-completion", shell)
        ended = run(FOLDER / "tapfix", *words, cwd=tmp_path, environment=home)
        assert (ended.returncode, ended.stdout) == (0, "")
        assert f"tapfix: wrote {tmp_path / place}\n" in ended.stderr
        assert (tmp_path / place).read_text() == script(Shell(shell))
    found = (path for path in tmp_path.rglob("*") if path.is_file())
    assert {str(path.relative_to(tmp_path)) for path in found} == set(places.values())
    ended = run(FOLDER / "tapfix", "--install-completion", "powershell", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--show-completion powershell | Out-String | Invoke-Expression" in ended.stderr


def test_somebody_without_a_home_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "BASH_COMPLETION_USER_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    # As for a user that the system knows nothing of, in a container.
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(SystemExit) as ended:
        main(["--install-completion", "bash"])
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert told.err == "tapfix: cannot go on: no home folder: ~\n"


def test_powershell_is_answered_as_its_script_asks(tmp_path: Path) -> None:
    """There is no PowerShell to run it in."""
    asking = {VARIABLE: "powershell"}
    for words, first in {
        ("+",): "files",
        ("+--statis",): "words",
        ("--select", "+TAP02"): "words",
    }.items():
        ended = run(FOLDER / "tapfix", *words, cwd=tmp_path, environment=asking)
        assert (ended.returncode, ended.stdout.splitlines()[0]) == (0, first)
    assert ended.stdout.splitlines()[1:] == [
        "TAP020\tkinesis-base64",
        "TAP021\tretained-resource",
    ]
    assert VARIABLE in script(Shell.POWERSHELL)


def test_the_scripts_are_clean(scripts: Path) -> None:
    assert run("shellcheck", "bash", cwd=scripts).stdout == ""


def test_the_shells_have_the_same_names_everywhere() -> None:
    assert {one.value for one in ShellName} == {one.value for one in Shell}
    assert COMPLETE == VARIABLE
