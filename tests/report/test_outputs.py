"""Which report goes where: formats and files on the command line."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tapfix.report.content import Content
from tapfix.report.formats import writer
from tests.cli.conftest import OFF, ON, Run
from tests.report.conftest import PASSWORDS

FORMATS = [
    "text",
    "concise",
    "json",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "rdjson",
    "markdown",
    "html",
]


def test_several_reports_of_one_run_go_to_files_and_to_standard_output(
    app: Path, tapfix: Run
) -> None:
    code, out, err = tapfix(
        *("--output-format=sarif:a.sarif", "--output-format=concise", "--output-format"),
        *("junit:b.xml", "--output-format=json:c:d.json"),
    )
    assert code == 1
    assert out == b"app.py:3:1: TAP901 a thing is switched to True [in place]\n"
    assert "1 finding, with a fix" in err
    assert json.loads((app / "a.sarif").read_bytes())["version"] == "2.1.0"
    assert (app / "b.xml").read_bytes().startswith(b"<?xml")
    assert json.loads((app / "c:d.json").read_bytes())["version"] == 1
    assert not list(app.glob(".tapfix*"))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("mode", ["-v", "--dry-run"])
def test_a_file_holds_what_standard_output_would(
    app: Path, tapfix: Run, name: str, mode: str
) -> None:
    (app / "café.py").write_bytes(b"import aws_cdk\r\nThing(switch=True)  # caf\xc3\xa9")
    said = tapfix(mode, "--output-format", name)
    code, out, err = tapfix(mode, "--output-format", name, "--output-file", "report")
    assert (code, out) == (said[0], b"")
    assert (app / "report").read_bytes() == said[1]
    assert "2 findings" in err
    assert tapfix(mode, "--output-format", name, "--output-file=-")[1] == said[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--output-format=xml"], "there is no format 'xml': text, concise, json, sarif,"),
        (["--output-format=json:"], "'json:' names no file"),
        (["--output-format=json", "--output-format=text"], "would go to standard output"),
        (["--output-format=json:a", "--output-format=text:./a"], "would go to a"),
        (["--output-format=json:a", "--output-file=b"], "is for the one --output-format without"),
    ],
)
def test_what_does_not_go_together_is_bad_usage(
    tapfix: Run, words: list[str], message: str
) -> None:
    code, out, err = tapfix(*words)
    assert (code, out) == (2, b"")
    assert message in " ".join(err.split())


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("no/x", "no such folder"),
        (".", "it is a folder"),
        ("app.py", "it is a source file"),
        ("link.json", "it is a source file"),
        ("old.json/x", "no such folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(
    app: Path, tapfix: Run, file: str, reason: str
) -> None:
    (app / "old.json").write_text("old")
    (app / "link.json").symlink_to("app.py")
    code, out, err = tapfix(
        "--apply", "--output-format=json:old.json", f"--output-format=sarif:{file}"
    )
    assert (code, out, err.count("\n")) == (2, b"", 1)
    assert reason in err and err.rstrip().endswith(f": {file}")
    assert (app / "old.json").read_text() == "old" and (app / "app.py").read_bytes() == ON


def test_nothing_is_half_written(app: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (app / "old.json").write_text("old")
    written = os.fdopen

    def full(*arguments: object, **options: object) -> object:
        file = written(*arguments, **options)  # type: ignore[call-overload]  # passed on
        if len(list(app.glob(".tapfix*"))) == 2:
            file.close()
            raise OSError(28, "No space left on device")
        return file

    monkeypatch.setattr("os.fdopen", full)
    code, out, err = tapfix("--output-format=json:old.json", "--output-format=sarif:new.sarif")
    assert (code, out) == (2, b"")
    assert err == "tapfix: cannot go on: No space left on device: new.sarif\n"
    assert sorted(file.name for file in app.iterdir()) == ["app.py", "old.json"]
    assert (app / "old.json").read_text() == "old"


def test_a_file_keeps_its_mode_and_a_link_stays_one(app: Path, tapfix: Run) -> None:
    (app / "real").write_text("old")
    (app / "real").chmod(0o640)
    (app / "link").symlink_to("real")
    assert tapfix("--apply", "--output-format", "json:link")[0] == 0
    assert (app / "link").is_symlink() and json.loads((app / "real").read_bytes())
    assert stat.S_IMODE((app / "real").stat().st_mode) == 0o640
    assert (app / "app.py").read_bytes() == OFF


def test_what_is_no_plain_file_is_written_as_it_is(app: Path, tapfix: Run) -> None:
    os.mkfifo(app / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((app / "pipe").read_bytes()))
    reader.start()
    assert tapfix("--output-format=json:pipe", "--output-format=concise:/dev/null")[0] == 1
    reader.join(timeout=10)
    assert json.loads(read[0])["version"] == 1


@pytest.mark.parametrize("name", FORMATS)
def test_statistics_are_told_with_each_format(tapfix: Run, name: str) -> None:
    code, out, err = tapfix("--statistics", "--output-format", name)
    counted = "    1  TAP901  thing-switch  1 with a fix\n"
    assert code == 1
    if name in ("text", "concise"):
        assert out.decode() == counted
    elif name == "markdown":
        assert "| thing-switch | 1 |" in out.decode()
    elif name == "json":
        assert json.loads(out)["summary"]["by_rule"] == {"TAP901": 1}
    else:
        assert err == counted
        assert out == tapfix("--output-format", name)[1]


@pytest.mark.parametrize("name", FORMATS)
def test_problems_are_always_told_aloud(tapfix: Run, name: str) -> None:
    code, _, err = tapfix("--output-format", name, "missing", "-q")
    assert (code, err) == (2, "error: missing: no such file or folder\n")


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_has_a_password(content: Content, report: Content, name: str) -> None:
    """The diff for ``git apply`` alone has to take one out of its file."""
    contents = (report,) if name == "text" else (report, content)
    for one in contents:
        told = writer(name)(one)
        assert isinstance(told, str) and len(told) > 2_000
        assert not [word for word in PASSWORDS if word in told]


def test_a_format_is_loaded_only_where_it_is_asked_for() -> None:
    code = "import sys, tapfix.report.terminal, tapfix.report.concise; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    formats = {f"tapfix.report.{name}" for name in FORMATS}
    assert formats & loaded == {"tapfix.report.text", "tapfix.report.concise"}
    assert not loaded & {"tapfix.api.parts", "tapfix.api.fingerprint", "xml.etree.ElementTree"}
