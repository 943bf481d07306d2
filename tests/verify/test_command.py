from __future__ import annotations

from pathlib import Path

import pytest

from tapfix.verify.command import Command, Settings, UnusableSettings, parse, read_settings
from tapfix.verify.process import context_for


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
        (". .venv/bin/activate && python app.py", ("app.py", None, (), ".venv/bin/python")),
        ("source .venv/bin/activate; uv run x.py", ("x.py", None, (), ".venv/bin/python")),
        # What only a shell can run
        ("cd infra && python3 app.py", (None, None, (), None)),
        ("STAGE=dev python3 app.py", (None, None, (), None)),
        ("uv run --project infra app.py", (None, None, (), None)),
        ("npx ts-node bin/app.ts", (None, None, (), None)),
        ("python3 -c 'import app'", (None, None, (), None)),
        ("python3 'app.py", (None, None, (), None)),
        ("python3 -O app.py", (None, None, (), None)),
        ("source .venv/bin/activate && make synth", (None, None, (), ".venv/bin/python")),
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
    (tmp_path / "app.py").touch()
    assert read_settings(tmp_path).command.script == "app.py"


def test_a_folder_without_an_app_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableSettings, match=r"not there, and it has no app\.py"):
        read_settings(tmp_path)
    (tmp_path / "cdk.json").write_text('\ufeff{"output": "out"}', encoding="utf-8")
    with pytest.raises(UnusableSettings, match=r"names no app, and it has no app\.py"):
        read_settings(tmp_path)


def test_the_users_own_settings_count_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, app = tmp_path / "home", tmp_path / "app"
    home.mkdir()
    app.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (home / ".cdk.json").write_text('{"app": "python3 y.py", "context": {"a": 1, "b": {"c": 1}}}')
    (app / "cdk.json").write_text('{"context": {"a": 2}, "build": "make"}')
    settings = read_settings(app)
    assert settings.context == {"a": 2, "b": {"c": 1}}
    assert settings.command.script == "y.py"
    assert settings.is_built
    (home / ".cdk.json").write_text("{")
    with pytest.raises(UnusableSettings, match=r"\.cdk\.json cannot be read"):
        read_settings(app)


def test_what_proofs_need_is_stronger_than_the_apps_context() -> None:
    said = {"aws:cdk:bundling-stacks": ["**"], "aws:cdk:enable-path-metadata": False, "a": 1}
    settings = Settings(Command("x"), said)
    context = context_for(settings, bundle=False)
    assert context["aws:cdk:bundling-stacks"] == []
    assert context["aws:cdk:enable-path-metadata"] is True
    assert context["a"] == 1
    assert context_for(settings, bundle=True)["aws:cdk:bundling-stacks"] == ["**"]


@pytest.mark.parametrize("text", ["[]", "{", '{"app": 3}', '{"context": []}'])
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "cdk.json").write_text(text)
    with pytest.raises(UnusableSettings, match=r"cdk\.json"):
        read_settings(tmp_path)
