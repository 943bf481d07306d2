"""``--verify`` and ``tapfix verify`` as people type them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verify.apps import QUEUES, written


def tapfix(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tapfix", *words], capture_output=True, text=True, check=False
    )


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return written(tmp_path, QUEUES.replace('"Orders")', '"Orders", queue_name="orders")'))


def test_a_dry_run_shows_the_diff_and_the_verdict_apart(app: Path) -> None:
    run = tapfix("--dry-run", "--verify", "--select", "TAP018", str(app))
    assert run.returncode == 1
    assert run.stdout.startswith("diff --git")
    assert "✓" not in run.stdout
    assert run.stderr.count("✓ TAP018") == 2
    assert "2 changed (0 of them replaced), 0 added, 0 removed" in run.stderr


def test_applying_writes_what_is_proved(app: Path) -> None:
    run = tapfix("--apply", "--verify", "--select", "TAP018", str(app))
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("✓ TAP018") == 2
    assert "SQS_MANAGED" in (app / "app.py").read_text()


def test_applying_does_not_write_what_is_not_proved(app: Path) -> None:
    text = (app / "app.py").read_text().replace("app.synth()", "raise SystemExit('no account')")
    (app / "app.py").write_text(text)
    run = tapfix("--apply", "--verify", "--select", "TAP018", str(app))
    assert run.returncode == 1
    assert (app / "app.py").read_text() == text
    assert "cannot be verified, because the app does not synthesise" in run.stdout
    assert "not fixed (encrypt it): not proved" in run.stdout or ": not proved" in run.stdout
    report = tapfix("--apply", "--verify=report", "--select", "TAP018", str(app))
    assert report.returncode == 1
    assert "SQS_MANAGED" in (app / "app.py").read_text()


def test_the_verdict_is_part_of_the_json(app: Path) -> None:
    run = tapfix("--dry-run", "--verify", "--output-format=json", "--select=TAP018", str(app))
    (judged,) = json.loads(run.stdout)["verification"]
    assert judged["holds"] is True
    assert [one["verdict"] for one in judged["verdicts"]] == ["proved", "proved"]
    assert judged["unexpected"] == []


def test_the_state_of_an_app(app: Path) -> None:
    run = tapfix("verify", "--select", "TAP001,TAP018", str(app))
    assert run.returncode == 1
    assert f"{app}/app.py:8: TAP018" in run.stdout
    assert "Shop/Orders/Resource QueueName" in run.stdout
    assert "4 flaws in its templates" in run.stdout
    told = tapfix("verify", "--output-format=json", "--select", "TAP018", str(app))
    assert [one["line"] for one in json.loads(told.stdout)[0]["flaws"]] == [8, 9]


@pytest.mark.parametrize(
    "words", [["--verify"], ["--dry-run", "--verify=proved"], ["--apply", "--verify=x,report"]]
)
def test_bad_usage(app: Path, words: list[str]) -> None:
    run = tapfix(*words, str(app))
    assert run.returncode == 2
    assert "--verify" in run.stderr
    assert not run.stdout
