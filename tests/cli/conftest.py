"""A small flawed app, and the command line run on it in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tapfix.cli import main
from tapfix.registry import Rules
from tests.fake_rules import complaint, setter

ON = b"import aws_cdk\n\nThing(switch=True)\n"
OFF = b"import aws_cdk\n\nThing(switch=False)\n"
FIX = setter(True, False)
INVALID = f"not valid Python {sys.version_info.major}.{sys.version_info.minor}"

Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a flawed app, the current one."""
    (tmp_path / "app.py").write_bytes(ON)
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def tapfix(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Runs the command line in ``app`` with small rules: exit code, output, standard error."""
    assert app == Path.cwd()
    loaded = [Rules((FIX, complaint("odd", "by hand")))]
    for module in ("tapfix.api", "tapfix.report.terminal"):
        monkeypatch.setattr(f"{module}.load_rules", lambda: loaded[0])

    def run(*arguments: str, rules: Rules | None = None) -> tuple[int, bytes, str]:
        loaded[0] = rules or loaded[0]
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsysbinary.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, captured.out, captured.err.decode()

    return run
