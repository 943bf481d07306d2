"""Twice as much source costs about twice as much: counted in calls of functions, not in seconds."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path

import pytest

from benchmarks.trees import IMPORTS, RESOURCES, cdk_tree
from tapfix.api import Options, run


def calls_for(folder: Path) -> int:
    """How many calls of functions one reporting run takes."""
    run([str(folder)], Options())  # the first one loads modules and the catalogue
    profile = cProfile.Profile()
    result = profile.runcall(run, [str(folder)], Options())
    assert not result.problems
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # typeshed lacks it


def test_stacks(tmp_path: Path) -> None:
    cdk_tree(tmp_path / "few", 12)
    cdk_tree(tmp_path / "many", 48)
    assert calls_for(tmp_path / "many") < 5 * calls_for(tmp_path / "few")


def one_file(folder: Path, count: int) -> Path:
    cdk_tree(folder, 1)
    resources = (RESOURCES[n % len(RESOURCES)].format(n=n, number=0) for n in range(count))
    (folder / "stacks" / "service_0.py").write_text(IMPORTS.format(number=0) + "".join(resources))
    return folder


def test_constructs_of_one_stack(tmp_path: Path) -> None:
    few, many = (calls_for(one_file(tmp_path / str(count), count)) for count in (40, 160))
    assert many < 5 * few


@pytest.mark.parametrize(
    "text",
    ["x = " + "+".join(["a"] * 900), "x = a" + ".b()" * 400, "x = " + "-" * 9000 + "1"],
    ids=["sum", "chain", "signs"],
)
def test_what_is_nested_too_deeply_is_one_problem_of_its_file(tmp_path: Path, text: str) -> None:
    cdk_tree(tmp_path, 2)
    before = run([str(tmp_path)], Options())
    (tmp_path / "deep.py").write_text(f"import aws_cdk\n{text}\n")
    result = run([str(tmp_path)], Options())
    assert [Path(problem.path).name for problem in result.problems] == ["deep.py"]
    assert "nested too deeply" in result.problems[0].message
    assert len(result.findings) == len(before.findings) > 0
