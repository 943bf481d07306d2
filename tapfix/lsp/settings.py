"""The editor's settings as options of a run; their names are those of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tapfix.api import Options
from tapfix.rule import Profile

SECTION = "tapfix"


def options_of(settings: object, folders: tuple[str, ...]) -> tuple[Options, tuple[str, ...]]:
    """The options in what an editor sent, and a line for each value that cannot be used.

    The settings may stand alone, or under ``settings`` or ``tapfix``. A relative ``config`` is one
    of the first folder.
    """
    table = _table(settings)
    options, faults = Options(), []
    for key, value in table.items():
        if value is None or value == "":
            continue
        try:
            options = _with(options, key, value, folders)
        except (TypeError, ValueError) as error:
            faults.append(f"the setting {SECTION}.{key} must be {error}")
    return options, tuple(faults)


def _table(settings: object) -> Mapping[str, Any]:
    if not isinstance(settings, Mapping):
        return {}
    for name in ("settings", SECTION):
        inner = settings.get(name)
        if isinstance(inner, Mapping):
            return _table(inner)
    return settings


def _with(options: Options, key: str, value: Any, folders: tuple[str, ...]) -> Options:
    match key:
        case "select":
            return replace(options, select=_words(value))
        case "ignore":
            return replace(options, ignore=_words(value))
        case "profile":
            if value not in {one.value for one in Profile}:
                raise ValueError(" or ".join(repr(one.value) for one in Profile))
            return replace(options, profile=Profile(value))
        case "allowReplace":
            if not isinstance(value, bool):
                raise TypeError("true or false")
            return replace(options, allow_replace=value)
        case "config":
            if not isinstance(value, str):
                raise TypeError("a path")
            return replace(options, config=Path(folders[0] if folders else ".", value))
    # An extension keeps settings of its own beside these.
    return options


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError("a list of codes, names or prefixes of rules")
    return tuple(value)
