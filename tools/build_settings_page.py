"""Makes the manual's reference of settings, ``docs/settings.md``, from the code.

Run it as ``python tools/build_settings_page.py``. Names, defaults and what a value must be come
from ``tapfix.config`` and ``tapfix.model.settings``; what a setting means is written here. A test
holds the page against what this module makes, so no setting can be without its words.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tapfix.config import OWN_FILE, Config, ConfigError, read_config
from tapfix.model.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
COMMAND = "python tools/build_settings_page.py"

MEANINGS = {
    "select": (
        "Only these rules: codes (`TAP003`), names (`rds-snapshot`) or prefixes (`TAP01`). Empty:"
        " all. As an option, `--select`."
    ),
    "ignore": "Not these rules; wins over `select`. As an option, `--ignore`.",
    "profile": "What must hold: see [Profiles](profiles.md). As an option, `--profile`.",
    "allow-replace": (
        "In profile `production`, also make fixes that replace a resource that holds data. As an"
        " option, `--allow-replace`."
    ),
    "require-clean": (
        "Leave files alone that have changes which no commit holds: see [Git](undo.md#git). As an"
        " option, `--require-clean`; `--no-require-clean` overrules it."
    ),
    "baseline": (
        "A file that `--write-baseline` wrote, relative to the one with this setting: what it has"
        " is silent; see [A baseline](baseline.md). As an option, `--baseline`; `--no-baseline`"
        " leaves it out."
    ),
    "suffix-names": (
        "Names of variables that tell environments apart (TAP001). The first is the one that is"
        " written where a class has none; the others are taken where they are there."
    ),
    "separator": "What stands between a name and its suffix (TAP001).",
    "construct-ids": (
        "Which construct ids get the suffix (TAP001): `named-by-id`, those that people read as"
        " the name, as of a VPC; `unnamed`, those of every resource without a name; `always`;"
        " `never`, and then no stack's either. In profile `production` it is `never`."
    ),
    "drop-kind-words": (
        "Whether a trailing `-stream` in a stream's name gives way to the suffix (TAP001)."
    ),
    "expiration-days": "After how many days the rule that TAP016 writes lets objects expire.",
    "noncurrent-days": (
        "After how many days the rule that TAP016 writes lets old versions of objects expire, in"
        " buckets that keep versions."
    ),
}

HEAD = f"""\
# Settings

<!-- Made by {COMMAND} from the code: do not edit. -->

In the table `[tool.tapfix]` of `pyproject.toml`, or in `{OWN_FILE}`, which has the keys without
a table. The nearest file at or above an app counts, up to the top of the repository; in one folder
`{OWN_FILE}` wins. `--config FILE` takes another one instead. Options of the command line win over
files.

```toml
[tool.tapfix]
profile = "ephemeral"
ignore = ["TAP016"]
suffix-names = ["stage", "environment_suffix"]
```

A key that tapfix does not know, or a value that does not fit, is an error: one line for each,
nothing is done, and the exit code is 2.
"""

FOOT = """\
## Environment variables

| variable | meaning |
|---|---|
| `TAPFIX_STATE_DIR` | where the [journal](undo.md#what-is-written-where) is kept |
| `NO_COLOR`, `FORCE_COLOR` | no colours, or colours also where there is no terminal |
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections(), FOOT])


def defaults() -> dict[str, object]:
    """Every key with its default, in the order of the code."""
    config = Config()
    own = {
        item.name: getattr(config, item.name)
        for item in dataclasses.fields(config)
        if item.name != "settings"
    }
    values = own | dataclasses.asdict(Settings())
    return {name.replace("_", "-"): value for name, value in values.items()}


def _sections() -> Iterator[str]:
    known = defaults()
    wanted = _wanted(known)
    for key, default in known.items():
        yield f"## {key}\n\n{MEANINGS[key]}\n"
        told = "none" if default is None else f"`{_toml(default)}`"
        yield f"Must be {wanted[key]}. Default: {told}.\n"


def _wanted(keys: dict[str, object]) -> dict[str, str]:
    """What each value must be, as tapfix itself says it when none of them fits."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / OWN_FILE
        file.write_text("".join(f"[{key}]\n" for key in keys), encoding="utf-8")
        try:
            read_config(file)
        except ConfigError as error:
            start = f"{file}: "
            said = [line.removeprefix(start).removesuffix(", not a table") for line in error.lines]
            return dict(line.split(" must be ", 1) for line in said)
    raise AssertionError("no setting is a table")


def _toml(value: object) -> str:
    plain = value.value if isinstance(value, enum.Enum) else value
    return json.dumps(list(plain) if isinstance(plain, tuple) else plain)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
