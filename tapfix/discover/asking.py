"""Asks git, so that nothing that a repository brings along is run, fetched or written.

A repository's own settings can name programs: a file-system monitor, hooks, filters that turn a
file's content, what fetches the objects that a partial clone lacks. Whoever unpacks a stranger's
archive has these settings too, so all of that is switched off.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SWITCHES = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}")
_FILTERS = r"^filter\..*\.(clean|process|required)$"
_OFF = {"clean": "", "process": "", "required": "false"}
_COUNT = "GIT_CONFIG_COUNT"
_NO_MATCH = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What git came to: its exit code, its output, and the line of its errors that says most."""

    code: int
    out: bytes
    error: str


def ask(repository: str, *words: str, trusting: bool = False) -> Answer:
    """What git says in a repository. Raises OSError if there is no git.

    ``trusting``: also where the repository belongs to somebody else, as it mostly does in a
    container; else git refuses that.
    """
    return _run(repository, words, _environment(repository), trusting=trusting)


def compare(repository: str, *words: str) -> Answer:
    """The same for a command that reads what files hold now, which filters would turn."""
    listed = ask(repository, "config", "-z", "--name-only", "--get-regexp", _FILTERS)
    if listed.code not in (0, _NO_MATCH):
        return listed
    environment = _environment(repository)
    return _run(repository, words, environment | _without_filters(listed.out, environment))


def _run(
    repository: str, words: Sequence[str], environment: Mapping[str, str], *, trusting: bool = False
) -> Answer:
    import subprocess

    switches = [*_SWITCHES, *(["safe.directory=*"] if trusting else [])]
    options = [word for switch in switches for word in ("-c", switch)]
    run = subprocess.run(
        ["git", "--no-optional-locks", *options, *words],
        cwd=repository,
        env=environment,
        capture_output=True,
        check=False,
    )
    lines = os.fsdecode(run.stderr).strip().splitlines()
    fatal = (line for line in lines if line.startswith("fatal: "))
    return Answer(run.returncode, run.stdout, next(fatal, lines[0] if lines else ""))


def _environment(repository: str) -> dict[str, str]:
    """The environment without what a hook says of the repository that is being committed to."""
    kept = {name: value for name, value in os.environ.items() if not _is_of_a_hook(name)}
    return {
        **kept,
        # A repository that git cannot read must not be taken for a folder of the one around it.
        "GIT_CEILING_DIRECTORIES": os.path.dirname(repository),
        # The first counts for git from 2.39.4 on, the second for all.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
    }


def _is_of_a_hook(name: str) -> bool:
    """Whether git may have set a variable; those that hold the user's own settings are not so."""
    return name.startswith("GIT_") and not name.startswith("GIT_CONFIG_")


def _without_filters(names: bytes, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that set these settings of filters to nothing, behind what the user sets so."""
    count = environment.get(_COUNT, "")
    number = int(count) if count.isdecimal() else 0
    variables: dict[str, str] = {}
    for name in filter(None, os.fsdecode(names).split("\0")):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = _OFF[name.rpartition(".")[2]]
        number += 1
    return {**variables, _COUNT: str(number)}
