"""How an app is started: the ``app`` command of its ``cdk.json``, as far as Python can run it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

_PYTHON = re.compile(r"(?:.*[/\\])?(?:python[\d.]*|py)(?:\.exe)?")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=")
_SHELL = re.compile(r"[|&;<>`$*?()]|\n")
_ACTIVATION = re.compile(r"\s*(?:source|\.)\s+(?P<bin>[^\s|&;<>`$*?()'\"]+)/activate\s*(?:&&|;)")
_RUNNERS = {"uv", "poetry", "pipenv", "pdm", "hatch", "rye"}
"""Tools that run the words after ``run`` in a project's environment, which is looked for anyway."""


class UnusableSettings(Exception):
    """A ``cdk.json`` that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Command:
    """What starts an app.

    ``script`` (relative to the app's folder) or ``module`` is what Python runs, with ``arguments``.
    Where neither is known, ``text`` is for a shell. ``python`` is the interpreter that the command
    itself names by a path.
    """

    text: str
    script: str | None = None
    module: str | None = None
    arguments: tuple[str, ...] = ()
    python: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files beside an app say: the command, and the context.

    ``is_built``: something else is to be run first, which makes what the app needs.
    """

    command: Command
    context: Mapping[str, object]
    is_built: bool = False


def read_settings(folder: Path) -> Settings:
    """The settings of the app in a folder; without ``cdk.json`` its ``app.py`` is run.

    The user's own ``~/.cdk.json`` says what the app does not, as for the CDK's command line. Raises
    ``UnusableSettings``.
    """
    own, users = _json(folder / "cdk.json"), _json(Path.home() / ".cdk.json")
    text = own.get("app", users.get("app"))
    if text is None:
        if not (folder / "app.py").is_file():
            told = "names no app" if own else "is not there"
            raise UnusableSettings(f"its cdk.json {told}, and it has no app.py")
        text = "python3 app.py"
    if not isinstance(text, str):
        raise UnusableSettings("cdk.json: app is not a command")
    context = {
        **_context(users, "~/.cdk.json"),
        **_json(folder / "cdk.context.json"),
        **_context(own, "cdk.json"),
    }
    return Settings(parse(text), context, "build" in own)


def _context(settings: Mapping[str, object], name: str) -> dict[str, object]:
    context = settings.get("context", {})
    if not isinstance(context, dict):
        raise UnusableSettings(f"{name}: context is not an object")
    return context


def _json(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UnusableSettings(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise UnusableSettings(f"{path.name} is no JSON object")
    return content


def parse(text: str) -> Command:
    """Take a command apart, as far as it only runs Python, or activates its environment first."""
    activation = _ACTIVATION.match(text)
    found = _parsed(text, text[activation.end() :] if activation else text)
    if activation and found.python is None:
        found = replace(found, python=f"{activation['bin']}/python")
    return found


def _parsed(text: str, rest: str) -> Command:
    unknown = Command(text)
    if _SHELL.search(rest):
        return unknown
    try:
        words = shlex.split(rest)
    except ValueError:
        return unknown
    words = _without_runner(words)
    if not words or _VARIABLE.match(words[0]):
        return unknown
    python = None
    if _PYTHON.fullmatch(words[0]):
        python = words[0] if re.search(r"[/\\]", words[0]) else None
        words = words[1:]
        while words and re.fullmatch(r"-[uBq]+", words[0]):
            words = words[1:]
        if words[:1] == ["-m"] and len(words) > 1:
            return Command(text, module=words[1], arguments=tuple(words[2:]), python=python)
    if words and words[0].endswith(".py"):
        return Command(text, script=words[0], arguments=tuple(words[1:]), python=python)
    return unknown


def _without_runner(words: list[str]) -> list[str]:
    is_run = len(words) > 2 and words[0] in _RUNNERS and words[1] == "run"
    return words[2:] if is_run and not words[2].startswith("-") else words
