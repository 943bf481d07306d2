"""Measure tapfix beside Ruff and Fixit: whole processes, CPU and wall time.

Run it as ``uv run --group bench python -m benchmarks.compare``, with a number behind it for other
than five runs. Each pair of commands runs in turn, A B A B, so that a machine that slows down slows
both; the ratio of the medians is what to quote.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.trees import cdk_tree, mixed_tree

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
BIN = Path(sys.executable).parent
TAPFIX = (str(BIN / "tapfix"), "--exit-zero", "-q")
RUFF_RULES = "F401,F841,F541,F632,E711,E712,E721,E731,E741,W605"
FIXIT_RULES = (
    "AvoidOrInExcept",
    "CompareSingletonPrimitivesByIs",
    "NoInheritFromObject",
    "NoRedundantArgumentsSuper",
    "NoRedundantFString",
    "NoRedundantLambda",
    "NoRedundantListComprehension",
    "NoStaticIfCondition",
    "RewriteToLiteral",
    "UseFstring",
)
RUFF = (
    str(BIN / "ruff"),
    "check",
    "--isolated",
    "--no-cache",
    "-q",
    "--exit-zero",
    "--select",
    RUFF_RULES,
)
# Without the module in front Fixit warns, loads no rule, and is very fast.
FIXIT_NAMES = ",".join(f"fixit.rules:{name}" for name in FIXIT_RULES)
FIXIT = (str(BIN / "fixit"), "--quiet", "--rules", FIXIT_NAMES, "lint")
TYPER_APP = """
import typer
app = typer.Typer()
@app.command()
def first() -> None: ...
@app.command()
def second() -> None: ...
app()
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU and wall time of one run of a command, in seconds."""

    cpu: float
    wall: float


def run(command: tuple[str, ...], cwd: Path) -> Cost:
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # reaped above
    if process.returncode not in (0, 1):
        sys.exit(f"{command[0]} fails: it would be measured doing nothing")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start)


def median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
    )


def compare(title: str, cwd: Path, **commands: tuple[str, ...]) -> None:
    """Run the commands in turn and print a row for each, its ratio to the first one's CPU."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(RUNS + 1):
        for name, command in commands.items():
            cost = run(command, cwd)
            if number:  # the first round warms the disk cache
                costs[name].append(cost)
    print(f"\n{title} ({RUNS} runs, medians)", flush=True)
    first: Cost | None = None
    for name, found in costs.items():
        cost = median(found)
        first = first or cost
        ratio = cost.cpu / first.cpu
        line = f"  {name:14} cpu {cost.cpu:7.3f} s  wall {cost.wall:7.3f} s  cpu x{ratio:.2f}"
        print(line, flush=True)


def check_that_fixit_lints(folder: Path) -> None:
    """Stop if Fixit finds nothing in a file with a flaw: it would be measured doing nothing."""
    flawed = folder / "flawed.py"
    flawed.write_text("x = 1\nprint(x == None)\n")
    if subprocess.run([*FIXIT, flawed], cwd=folder, capture_output=True).returncode == 0:
        sys.exit("fixit does not find a flaw of its own rules: were they loaded?")


def main() -> None:
    # Python's own files count as they do for a user: compiled once, then read.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    project = Path(__file__).parent.parent
    with tempfile.TemporaryDirectory() as scratch:
        cdk, mixed = Path(scratch, "cdk"), Path(scratch, "mixed")
        check_that_fixit_lints(Path(scratch))
        files = cdk_tree(cdk, 300)
        compare(
            f"{files} CDK files", cdk, tapfix=(*TAPFIX, "."), ruff=(*RUFF, "."), fixit=(*FIXIT, ".")
        )
        files = mixed_tree(mixed, 4000)
        compare(f"{files} mixed files", mixed, tapfix=(*TAPFIX, "."), ruff=(*RUFF, "."))
        script = Path(scratch, "empty.py")
        script.write_text(TYPER_APP)
        python = sys.executable
        compare(
            "start-up: --version",
            project,
            tapfix=(TAPFIX[0], "--version"),
            typer_import=(python, "-c", "import typer"),
        )
        compare(
            "start-up: --help",
            project,
            tapfix=(TAPFIX[0], "--help"),
            typer_app=(python, str(script), "--help"),
        )
        example = "examples/broken/product_catalog"
        compare("a dry run of product_catalog", project, tapfix=(TAPFIX[0], "--dry-run", example))


if __name__ == "__main__":
    main()
