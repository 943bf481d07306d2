from __future__ import annotations

from pathlib import Path

import pytest

from tapfix.verify.command import Command, UnusableSettings, parse, read_settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python3 app.py", ("app.py", None, (), None)),
        ("python app.py", ("app.py", None, (), None)),
        ("python3.12 -u src/app.py prod", ("src/app.py", None, ("prod",), None)),
        (".venv/bin/python app.py", ("app.py", None, (), ".venv/bin/python")),
        ("python3 -m infra.main --fast", (None, "infra.main", ("--fast",), None)),
        ("uv run app.py", ("app.py", None, (), None)),
        ("poetry run python3 app.py", ("app.py", None, (), None)),
        ("./app.py", ("./app.py", None, (), None)),
        # What only a shell can run
        ("cd infra && python3 app.py", (None, None, (), None)),
        ("STAGE=dev python3 app.py", (None, None, (), None)),
        ("uv run --project infra app.py", (None, None, (), None)),
        ("npx ts-node bin/app.ts", (None, None, (), None)),
        ("python3 -c 'import app'", (None, None, (), None)),
        ("python3 'app.py", (None, None, (), None)),
    ],
)
def test_a_command_is_taken_apart(
    text: str, expected: tuple[str | None, str | None, tuple[str, ...], str | None]
) -> None:
    script, module, arguments, python = expected
    assert parse(text) == Command(text, script, module, arguments, python)


def test_the_context_of_look_ups_counts_too(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "python3 x.py", "context": {"a": 1}}')
    (tmp_path / "cdk.context.json").write_text('{"a": 2, "b": 3}')
    settings = read_settings(tmp_path)
    assert settings.context == {"a": 1, "b": 3}
    assert settings.command.script == "x.py"


def test_an_app_without_settings_is_an_app_file(tmp_path: Path) -> None:
    assert read_settings(tmp_path).command.script == "app.py"


@pytest.mark.parametrize("text", ["[]", "{", '{"app": 3}', '{"context": []}'])
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "cdk.json").write_text(text)
    with pytest.raises(UnusableSettings, match=r"cdk\.json"):
        read_settings(tmp_path)
