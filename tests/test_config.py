"""Settings: where they are looked for, what they may be, and what is said of mistakes."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tapfix.api.layout import LineLengths
from tapfix.config import Config, ConfigError, config_for, read_config
from tapfix.model.settings import Settings
from tapfix.rule import Profile

DAYS = "a whole number of days, at least 1"


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def faults(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    return [line.removeprefix(f"{file}: ") for line in caught.value.lines]


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    assert config_for(str(tmp_path), str(tmp_path)) == Config()
    assert Config().profile is Profile.EPHEMERAL


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    file = write(
        tmp_path / "tapfix.toml",
        """
        select = ["TAP00"]
        ignore = ["bucket-retain"]
        profile = "production"
        allow-replace = true
        require-clean = true
        suffix-names = ["stage"]
        separator = "_"
        construct-ids = "always"
        drop-kind-words = false
        expiration-days = 30
        noncurrent-days = 7
        """,
    )
    assert read_config(file) == Config(
        select=("TAP00",),
        ignore=("bucket-retain",),
        profile=Profile.PRODUCTION,
        allow_replace=True,
        require_clean=True,
        settings=Settings(
            suffix_names=("stage",),
            separator="_",
            construct_ids="always",
            drop_kind_words=False,
            expiration_days=30,
            noncurrent_days=7,
        ),
    )


def test_no_setting_shares_its_name_with_a_choice_of_rules() -> None:
    own = {field.name for field in fields(Config)} - {"settings"}
    assert not own & {field.name for field in fields(Settings)}


def test_the_nearest_file_counts_and_nothing_above_the_top(tmp_path: Path) -> None:
    write(tmp_path / "tapfix.toml", "expiration-days = 1")
    write(tmp_path / "repo/pyproject.toml", "[tool.tapfix]\nexpiration-days = 2")
    write(tmp_path / "repo/app/pyproject.toml", "[tool.black]\nline-length = 99")
    write(tmp_path / "repo/own/tapfix.toml", "expiration-days = 3")
    write(tmp_path / "repo/own/pyproject.toml", "[tool.tapfix]\nexpiration-days = 4")
    top = str(tmp_path / "repo")

    def days(folder: str, top: str | None = top) -> int:
        return config_for(str(tmp_path / folder), top).settings.expiration_days

    assert days("repo/app/lib") == 2
    assert days("repo/own") == 3
    assert days("other", str(tmp_path / "other")) == Settings().expiration_days
    assert days("other", None) == 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("expiration-day = 1", "unknown setting 'expiration-day': did you mean 'expiration-days'?"),
        (
            "expiration_days = 1",
            "unknown setting 'expiration_days': did you mean 'expiration-days'?",
        ),
        ("colour = 'red'", "unknown setting 'colour'"),
        ("settings = {}", "unknown setting 'settings'"),
        (
            "expiration-days = '9'",
            f"expiration-days must be {DAYS}, not '9'",
        ),
        (
            "expiration-days = true",
            f"expiration-days must be {DAYS}, not true",
        ),
        (
            "expiration-days = 0",
            f"expiration-days must be {DAYS}, not 0",
        ),
        ("select = 'TAP001'", "select must be a list of strings, not 'TAP001'"),
        ("ignore = [1]", "ignore must be a list of strings, not [1]"),
        ("allow-replace = 'yes'", "allow-replace must be true or false, not 'yes'"),
        ("profile = 'prod'", "profile must be 'ephemeral' or 'production', not 'prod'"),
        (
            "construct-ids = 'some'",
            "construct-ids must be 'named-by-id' or 'unnamed' or 'always' or 'never', not 'some'",
        ),
        (
            "separator = '/'",
            "separator must be one or two characters out of '-', '_' and '.', not '/'",
        ),
        (
            "suffix-names = ['a b']",
            "suffix-names must be a list of names of variables, at least one, not ['a b']",
        ),
        (
            "suffix-names = ['class']",
            "suffix-names must be a list of names of variables, at least one, not ['class']",
        ),
        (
            "suffix-names = []",
            "suffix-names must be a list of names of variables, at least one, not []",
        ),
        ("drop-kind-words = {a = 1}", "drop-kind-words must be true or false, not a table"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, fault: str) -> None:
    assert faults(write(tmp_path / "tapfix.toml", line)) == [fault]


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    file = write(tmp_path / "tapfix.toml", "selct = []\nprofile = 1\n")
    assert len(faults(file)) == 2


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.toml") == ["cannot be read: No such file or directory"]
    (fault,) = faults(write(tmp_path / "bad.toml", "a = \n"))
    assert fault.startswith("is not valid TOML: ")
    (tmp_path / "latin.toml").write_bytes(b"separator = '\xe9'")
    (fault,) = faults(tmp_path / "latin.toml")
    assert fault.startswith("cannot be read: ")
    assert faults(write(tmp_path / "pyproject.toml", "[project]\n")) == [
        "has no table [tool.tapfix]"
    ]
    assert faults(write(tmp_path / "pyproject.toml", "[tool]\ntapfix = 1\n")) == [
        "tool.tapfix must be a table"
    ]


@pytest.mark.parametrize(
    ("files", "length"),
    [
        ({}, 88),
        ({"pyproject.toml": "[tool.black]\nline-length = 100"}, 100),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 120"}, 120),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 120\n[tool.black]\nline-length = 79"}, 79),
        ({"ruff.toml": "line-length = 90"}, 90),
        ({".ruff.toml": "line-length = 91", "ruff.toml": "line-length = 90"}, 91),
        ({"../pyproject.toml": "[tool.black]\nline-length = 70"}, 70),
        ({"pyproject.toml": "[project]", "../ruff.toml": "line-length = 71"}, 71),
        ({"pyproject.toml": "broken"}, 88),
        ({"pyproject.toml": "[tool.black]\nline-length = 'wide'"}, 88),
    ],
)
def test_the_line_length_of_the_nearest_project(
    tmp_path: Path, files: dict[str, str], length: int
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    write(tmp_path / "ruff.toml", "line-length = 88")
    for name, text in files.items():
        write(folder / name, text)
    assert LineLengths().of(str(folder / "lib/stack.py")) == length
