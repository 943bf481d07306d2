"""What the runs share: servers, the interpreter, and the fixed app as it is deployed.

All of it is started once, and stopped and removed at the end, whatever became of the tests.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.runs.account import Account
from tests.runs.functions import WHOLE, Deployment
from tests.runs.postgres import Postgres, postgres_server
from tests.runs.pythons import AnotherPython, environment_with_boto3, interpreter
from tests.runs.servers import cloud_server, own_address, redis_server
from tests.synthesis import synthesise

EXAMPLES = Path(__file__).parents[2] / "examples"
FIXED, BROKEN = (EXAMPLES / kind / "product_catalog" for kind in ("fixed", "broken"))


def deployment(folder: Path, outdir: Path, *, bundled: bool = True) -> Deployment:
    """Synthesise an app of one stack, with its layers built, into ``outdir``."""
    made = synthesise(folder, context=WHOLE if bundled else {}, outdir=outdir)
    assert made.error is None
    (template,) = made.templates.values()
    return Deployment(template, outdir)


@dataclass(frozen=True)
class Workshop:
    """Where apps are built for the Python that their functions will find here.

    ``python`` has boto3 alone. ``instead`` is the runtime that stands in for ``runtime`` where
    that is not to be had.
    """

    python: Path
    runtime: str
    instead: str
    scratch: Path

    def deployment(self, folder: Path, *, bundled: bool = True) -> Deployment:
        """Synthesise an app of one stack; ``bundled``: its layers are really built."""
        place = Path(tempfile.mkdtemp(dir=self.scratch))
        if self.instead != self.runtime:
            folder = Path(shutil.copytree(folder, place / "app"))
            for path in folder.rglob("*.py"):
                text = path.read_text("utf-8")
                path.write_text(text.replace(member(self.runtime), member(self.instead)), "utf-8")
        made = synthesise(folder, context=WHOLE if bundled else {}, outdir=place / "out")
        assert made.error is None
        (template,) = made.templates.values()
        return Deployment(template, place / "out")


def member(runtime: str) -> str:
    """What CDK calls a runtime: ``PYTHON_3_12``."""
    return runtime.upper().replace("PYTHON", "PYTHON_").replace(".", "_")


@pytest.fixture(scope="session")
def address() -> str:
    """Where the servers are."""
    return own_address()


@pytest.fixture(scope="session")
def cloud(address: str) -> Iterator[str]:
    """The URL of AWS's APIs."""
    with cloud_server(address) as url:
        yield url


@pytest.fixture(scope="session")
def cache(address: str) -> Iterator[str]:
    """The address of a Redis."""
    with redis_server(address):
        yield address


@pytest.fixture(scope="session")
def postgres(address: str) -> Iterator[Postgres]:
    """The fixed app's database server."""
    with postgres_server(address) as server:
        yield server


@pytest.fixture(scope="session")
def fixed() -> Iterator[tuple[Workshop, Deployment]]:
    """The fixed app, and where it was built: for the runtime that its functions have."""
    with tempfile.TemporaryDirectory(prefix="runs") as name:
        scratch = Path(name)
        as_it_is = Workshop(Path(), "", "", scratch).deployment(FIXED)
        (runtime,) = {function.runtime for function in as_it_is.functions().values()}
        python = interpreter(runtime)
        if python is not None:
            own = environment_with_boto3(python, scratch / "venv")
            yield Workshop(own, runtime, runtime, scratch), as_it_is
            return
        instead = f"python{sys.version_info.major}.{sys.version_info.minor}"
        said = f"no {runtime} here, and none to be had: the app ran as {instead}"
        warnings.warn(said, AnotherPython, stacklevel=1)
        own = environment_with_boto3(Path(sys.executable), scratch / "venv")
        workshop = Workshop(own, runtime, instead, scratch)
        yield workshop, workshop.deployment(FIXED)


@pytest.fixture(scope="session")
def workshop(fixed: tuple[Workshop, Deployment]) -> Workshop:
    """Where other apps are built like the fixed one."""
    return fixed[0]


@pytest.fixture(scope="session")
def catalog(
    fixed: tuple[Workshop, Deployment], cloud: str, cache: str, postgres: Postgres
) -> Account:
    """The fixed app, deployed."""
    workshop, deployment = fixed
    return Account(deployment, cloud, postgres, cache, workshop.python).deploy()
