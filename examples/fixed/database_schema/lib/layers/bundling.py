"""Lambda layers of Python packages, installed when the app is synthesised.

Each folder beside this file is one layer; its ``requirements.txt`` says what it holds.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import jsii
from aws_cdk import AssetHashType, BundlingOptions, ILocalBundling
from aws_cdk import aws_lambda as lambda_

# The C library of Amazon Linux 2, and of Amazon Linux 2023: Python 3.12 and later.
OLD_GLIBC = 26
NEW_GLIBC = 34


def python_layer_code(
    name: str, runtime: lambda_.Runtime, architecture: lambda_.Architecture
) -> lambda_.AssetCode:
    """The code of a layer with the packages in ``<name>/requirements.txt``.

    They are installed with pip, or uv, as ready-made wheels for the runtime and the
    architecture; where that is not possible, CDK does it in Docker.
    """
    folder = Path(__file__).parent / name
    return lambda_.Code.from_asset(
        str(folder),
        # Same requirements, same asset: what pip finds is not part of the hash.
        asset_hash_type=AssetHashType.SOURCE,
        bundling=BundlingOptions(
            image=runtime.bundling_image,
            platform=architecture.docker_platform,
            command=[
                "bash",
                "-c",
                "pip install -r requirements.txt -t /asset-output/python",
            ],
            local=PackageInstaller(folder / "requirements.txt", runtime, architecture),
        ),
    )


@jsii.implements(ILocalBundling)
class PackageInstaller:
    """Installs the packages of a layer for Lambda's platform, without Docker."""

    def __init__(
        self,
        requirements: Path,
        runtime: lambda_.Runtime,
        architecture: lambda_.Architecture,
    ) -> None:
        self.requirements = requirements
        self.python = runtime.name.removeprefix("python")
        self.machine = "aarch64" if architecture.name == "arm64" else "x86_64"

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        """Install into ``output_dir``; False, with the reason on stderr, if it fails.

        CDK hands over its bundling options too, which say nothing more.
        """
        target = Path(output_dir) / "python"
        command = self.install_command(target)
        if command is None:
            return self.give_up("neither pip nor uv is installed here")
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            shutil.rmtree(target, ignore_errors=True)
            return self.give_up(result.stderr.strip())
        remove_traces(target)
        return True

    def install_command(self, target: Path) -> list[str] | None:
        """The command that installs wheels only; None if there is no installer."""
        is_new = int(self.python.partition(".")[2]) >= 12
        glibc = NEW_GLIBC if is_new else OLD_GLIBC
        wheels = ["--only-binary=:all:", "--python-version", self.python]
        files = ["--target", str(target), "--requirement", str(self.requirements)]
        if importlib.util.find_spec("pip") is not None:
            pip = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-compile",
                "--no-input",
            ]
            tags = [f"manylinux_2_{minor}" for minor in range(glibc, 16, -1)]
            platforms = [
                f"--platform={tag}_{self.machine}" for tag in [*tags, "manylinux2014"]
            ]
            return [*pip, "--implementation=cp", *platforms, *wheels, *files]
        uv = shutil.which("uv")
        if uv is not None:
            tag = f"manylinux_2_{glibc}" if is_new else "manylinux2014"
            platform = f"--python-platform={self.machine}-{tag}"
            return [uv, "pip", "install", "--quiet", platform, *wheels, *files]
        return None

    def give_up(self, reason: str) -> bool:
        """Say why Docker is needed."""
        print(
            f"{self.requirements} cannot be installed without Docker "
            f"for Python {self.python} on {self.machine}: {reason}",
            file=sys.stderr,
        )
        return False


def remove_traces(target: Path) -> None:
    """Remove what an installer adds to packages: it differs between machines."""
    shutil.rmtree(target / "bin", ignore_errors=True)
    for cache in [*target.rglob("__pycache__")]:
        shutil.rmtree(cache)
    for name in (
        "RECORD",
        "INSTALLER",
        "REQUESTED",
        "direct_url.json",
        "uv_cache.json",
    ):
        for file in [*target.glob(f"*.dist-info/{name}")]:
            file.unlink()
    (target / ".lock").unlink(missing_ok=True)
