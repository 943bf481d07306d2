"""The layers that tapfix writes hold what their functions' Python and machine can run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs.account import Account
from tests.runs.conftest import BROKEN
from tests.runs.functions import WHOLE, Deployment
from tests.runs.wheels import is_accepted, libraries, misfits
from tests.synthesis import synthesise

RUNTIME = "runtime=lambda_.Runtime.PYTHON_3_12,"
ARM = f"{RUNTIME}\n            architecture=lambda_.Architecture.ARM_64,"


def checked(deployment: Deployment, architecture: str) -> list[Path]:
    """The layers of an app's functions, which all fit."""
    functions = [one for one in deployment.functions().values() if one.layers]
    assert functions
    for function in functions:
        assert function.architecture == architecture
        for layer in function.layers:
            assert misfits(layer, function.runtime, architecture) == []
    for _, properties in deployment.resources("AWS::Lambda::LayerVersion"):
        assert properties["CompatibleArchitectures"] == [architecture]
        assert properties["CompatibleRuntimes"] == [functions[0].runtime]
    return [layer for function in functions for layer in function.layers]


def holds_drivers(layer: Path) -> None:
    names = {path.name.partition("-")[0] for path in (layer / "python").glob("*.dist-info")}
    assert {"psycopg2_binary", "redis"} <= names
    assert len(libraries(layer)) > 5


@pytest.mark.xdist_group("runs")
@pytest.mark.filterwarnings("default::tests.runs.pythons.AnotherPython")
def test_the_fixed_apps_layer_fits_x86_64(catalog: Account) -> None:
    for layer in checked(catalog.deployment, "x86_64"):
        holds_drivers(layer)
        for architecture, runtime in (("arm64", "python3.12"), ("x86_64", "python3.9")):
            assert len(misfits(layer, runtime, architecture)) >= 1


def test_for_an_arm64_function_it_fits_arm64(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BROKEN, tmp_path / "app"))
    stack = folder / "lib" / "tap_stack.py"
    text = stack.read_text("utf-8")
    assert text.count(RUNTIME) == 1
    stack.write_text(text.replace(RUNTIME, ARM), "utf-8")
    command = [sys.executable, "-m", "tapfix", "--apply", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    made = synthesise(folder, context=WHOLE, outdir=tmp_path / "out")
    assert made.error is None
    (template,) = made.templates.values()
    for layer in checked(Deployment(template, tmp_path / "out"), "arm64"):
        holds_drivers(layer)
        assert misfits(layer, "python3.12", "x86_64")


@pytest.mark.parametrize(
    ("tag", "accepted"),
    [
        ("cp312-cp312-manylinux_2_17_x86_64", True),
        ("cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64", True),
        ("cp38-abi3-manylinux_2_34_x86_64", True),
        ("py2.py3-none-any", True),
        ("py3-none-manylinux_2_28_x86_64", True),
        ("cp313-abi3-manylinux_2_34_x86_64", False),
        ("cp312-cp312-manylinux_2_35_x86_64", False),
        ("cp311-cp311-manylinux_2_17_x86_64", False),
        ("cp312-cp312t-manylinux_2_17_x86_64", False),
        ("cp312-cp312-musllinux_1_2_x86_64", False),
        ("cp312-cp312-manylinux_2_17_aarch64", False),
        ("cp312-cp312-linux_x86_64", False),
        ("py2-none-any", False),
    ],
)
def test_which_wheels_fit(tag: str, accepted: bool) -> None:
    assert is_accepted(tag, "python3.12", "x86_64") == accepted
