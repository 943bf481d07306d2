"""Settings from ``[tool.tapfix]`` in ``pyproject.toml`` or from ``tapfix.toml``, checked by name.

The keys are those of ``Settings`` in kebab case, and ``select``, ``ignore``, ``profile``,
``allow-replace``, ``require-clean`` and ``baseline``, which the command line can set too. The
nearest file at or above an app counts.
"""

from __future__ import annotations

import functools
import keyword
import os
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from tapfix.model.settings import Settings
from tapfix.registry import nearest
from tapfix.rule import Profile

PYPROJECT = "pyproject.toml"
OWN_FILE = "tapfix.toml"
BASELINE_FILE = ".tapfix-baseline.json"
"""The baseline that is written in the current folder where nobody names another file."""


class ConfigError(Exception):
    """A configuration that cannot be used; ``lines`` say why, one fault a line."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Config:
    """What holds for an app. Of ``select`` and ``ignore``, empty means: all, none.

    ``baseline`` is the absolute path of a file; in the settings it is relative to theirs.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile = Profile.EPHEMERAL
    allow_replace: bool = False
    require_clean: bool = False
    baseline: str | None = None
    settings: Settings = field(default_factory=Settings)


_Check = Callable[[object], str | None]
"""From a value to what it should have been, or None if it is that."""


def read_config(file: Path) -> Config:
    """The configuration in a file.

    Raises ``ConfigError`` if the file cannot be read, is not TOML, or has a key or a value that
    tapfix does not know.
    """
    table = _table(file)
    if table is None:
        raise ConfigError(f"{file}: has no table [tool.tapfix]")
    return _checked(file, table)


def config_for(folder: str, top: str | None) -> Config:
    """The configuration of the app in ``folder``: the nearest one up to ``top``, or the default.

    Raises ``ConfigError`` as ``read_config`` does.
    """
    for candidate in _upwards(Path(folder), top):
        own = candidate / OWN_FILE
        if own.is_file():
            return read_config(own)
        shared = candidate / PYPROJECT
        if shared.is_file() and (table := _table(shared)) is not None:
            return _checked(shared, table)
    return Config()


def _upwards(folder: Path, top: str | None) -> Iterator[Path]:
    """A folder and those above it, up to and with ``top``."""
    for candidate in (folder, *folder.parents):
        yield candidate
        if str(candidate) == top:
            return


def _table(file: Path) -> dict[str, object] | None:
    """tapfix's table of a file; None if a ``pyproject.toml`` has none."""
    if file.name != PYPROJECT:
        return read_toml(file)
    content = read_toml(file)
    tool = content.get("tool")
    table = tool.get("tapfix") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: tool.tapfix must be a table")
    return table


def read_toml(file: Path) -> dict[str, object]:
    """The content of a TOML file. Raises ``ConfigError`` if it cannot be read or is not TOML."""
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {_reason(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}") from error


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror if isinstance(error, OSError) else error.reason) or str(error)


def _checked(file: Path, table: Mapping[str, object]) -> Config:
    """The table as a value, all its faults named at once."""
    checks = _checks()
    faults: list[str] = []
    for key, value in table.items():
        check = checks.get(key)
        if check is None:
            faults.append(f"{file}: unknown setting {key!r}{nearest(key, checks)}")
        elif (wanted := check(value)) is not None:
            faults.append(f"{file}: {key} must be {wanted}, not {_shown(value)}")
    if faults:
        raise ConfigError(*faults)
    values = {key.replace("-", "_"): _frozen(value) for key, value in table.items()}
    own = {item.name for item in fields(Config)}
    settings = {name: value for name, value in values.items() if name not in own}
    config = {name: value for name, value in values.items() if name in own}
    if "profile" in config:
        config["profile"] = Profile(config["profile"])
    if "baseline" in config:
        config["baseline"] = os.path.normpath((file.parent / config["baseline"]).absolute())
    return replace(Config(settings=replace(Settings(), **settings)), **config)


def _shown(value: object) -> str:
    """A value as TOML would have it, short enough for a line."""
    kinds = {dict: "a table", bool: "true" if value else "false"}
    return kinds.get(type(value)) or repr(value)[:60]


def _frozen(value: object) -> typing.Any:
    return tuple(value) if isinstance(value, list) else value


def _checks() -> dict[str, _Check]:
    """The check of each key."""
    checks: dict[str, _Check] = {
        name.replace("_", "-"): _check_of(kind)
        for name, kind in typing.get_type_hints(Settings).items()
    }
    special: dict[str, _Check] = {
        "select": _strings,
        "ignore": _strings,
        "profile": functools.partial(_choice, tuple(profile.value for profile in Profile)),
        "allow-replace": _boolean,
        "require-clean": _boolean,
        "baseline": _file,
        "suffix-names": _variables,
        "separator": _separator,
    }
    return checks | special


def _check_of(kind: object) -> _Check:
    """The check that a setting's type stands for."""
    if typing.get_origin(kind) is typing.Literal:
        return functools.partial(_choice, typing.get_args(kind))
    checks: dict[object, _Check] = {bool: _boolean, int: _days, str: _string}
    return checks.get(kind, _strings)


def _choice(choices: tuple[str, ...], value: object) -> str | None:
    return None if value in choices else " or ".join(repr(choice) for choice in choices)


def _boolean(value: object) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _string(value: object) -> str | None:
    return None if isinstance(value, str) else "a string"


def _file(value: object) -> str | None:
    return None if isinstance(value, str) and value and "\0" not in value else "a file"


def _strings(value: object) -> str | None:
    fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if fits else "a list of strings"


def _days(value: object) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if fits else "a whole number of days, at least 1"


def _variables(value: object) -> str | None:
    # The first of these names is written into code.
    fits = isinstance(value, list) and value and all(_is_variable(name) for name in value)
    return None if fits else "a list of names of variables, at least one"


def _is_variable(name: object) -> bool:
    return isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)


def _separator(value: object) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"[-_.]{1,2}", value)
    return None if fits else "one or two characters out of '-', '_' and '.'"
