"""Whether what is in a layer can run where its function runs."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

MACHINES = {"x86_64": (62, "x86_64"), "arm64": (183, "aarch64")}
"""By Lambda's name for an architecture: ELF's number for it, and the wheels' name."""
_ELF64, _LITTLE = 2, 1
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)")
_MANYLINUX = re.compile(r"manylinux_2_(\d+)_(\w+)")
_NAMED = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}


def glibc(runtime: str) -> int:
    """The minor version of the C library 2.x under a runtime: Amazon Linux 2023's or 2's."""
    return 34 if int(runtime.removeprefix("python3.")) >= 12 else 26


def misfits(layer: Path, runtime: str, architecture: str) -> list[str]:
    """What in a layer's folder a function of that runtime and architecture cannot use."""
    machine, name = MACHINES[architecture]
    root = layer / "python"
    return [
        *wrong_libraries(root, machine, glibc(runtime)),
        *wrong_wheels(root, runtime, name),
    ]


def libraries(root: Path) -> list[Path]:
    """The shared libraries below a folder, by what they are, not by their names."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return [path for path in files if path.read_bytes()[:4] == b"\x7fELF"]


def wrong_libraries(root: Path, machine: int, newest: int) -> Iterator[str]:
    """Shared libraries of another machine, or that need a later C library."""
    for path in libraries(root):
        data = path.read_bytes()
        (found,) = struct.unpack_from("<H", data, 18)
        if (data[4], data[5], found) != (_ELF64, _LITTLE, machine):
            yield f"{path.relative_to(root)}: for machine {found}"
        needed = max((int(minor) for minor in _GLIBC.findall(data)), default=0)
        if needed > newest:
            yield f"{path.relative_to(root)}: needs glibc 2.{needed}"


def wrong_wheels(root: Path, runtime: str, machine: str) -> Iterator[str]:
    """Distributions none of whose tags the function's Python would accept."""
    for path in sorted(root.glob("*.dist-info/WHEEL")):
        lines = path.read_text("utf-8").splitlines()
        tags = [line.removeprefix("Tag: ") for line in lines if line.startswith("Tag: ")]
        if not any(is_accepted(tag, runtime, machine) for tag in tags):
            yield f"{path.parent.name}: {', '.join(tags)}"


def is_accepted(tag: str, runtime: str, machine: str) -> bool:
    """Whether a wheel's tag (``cp312-cp312-manylinux_2_17_x86_64``) fits."""
    pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
    minor = int(runtime.removeprefix("python3."))
    own = f"cp3{minor}"
    stable = "abi3" in abis and any(
        one.startswith("cp3") and int(one.removeprefix("cp3") or 0) <= minor for one in pythons
    )
    pure = "none" in abis and bool({"py3", f"py3{minor}", own} & set(pythons))
    if not (stable or pure or (own in pythons and own in abis)):
        return False
    return any(is_platform(one, glibc(runtime), machine) for one in platforms)


def is_platform(platform: str, newest: int, machine: str) -> bool:
    """Whether a platform tag is this machine's, with no later C library."""
    if platform == "any":
        return True
    for name, minor in _NAMED.items():
        if platform == f"{name}_{machine}":
            return minor <= newest
    found = _MANYLINUX.fullmatch(platform)
    return found is not None and found[2] == machine and int(found[1]) <= newest
