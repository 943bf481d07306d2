"""Makes ``tapfix/knowledge/packages``: which distribution brings which module, and what Lambda has.

Two sources, no list of such facts typed by hand:

* wheels: the modules that one brings are the files in its ``RECORD``, what it needs of Python is
  in its ``METADATA``. ``tools/distributions.txt`` says which distributions are looked for. Fill a
  folder with wheels of them for Lambda, and give it to this script:

      pip download --no-deps --only-binary=:all: --implementation cp --python-version 3.12 \\
          --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 -d wheels NAME…
      python tools/build_distributions.py wheels --date 2026-11-28 --python python3.10 …

* interpreters: each one given with ``--python`` says which modules its standard library has. One
  for each Python that Lambda runs, as far as there is one at hand.

What is written says which wheel each fact is from. A distribution without a wheel in the folder is
left out, and named.
"""

from __future__ import annotations

import argparse
import email
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

TOOLS = Path(__file__).parent
PACKAGES = TOOLS.parent / "tapfix" / "knowledge" / "packages"
_SUFFIX = re.compile(r"\.(?:py|(?:[\w-]+\.)?so|abi3\.so)$")
# What wheels carry besides their modules, at the top where it does not belong.
_NO_MODULES = frozenset(
    ["test", "tests", "testing", "doc", "docs", "example", "examples", "benchmarks", "scripts"]
)
_ASK = (
    "import json, sys; print(json.dumps([sys.version_info[:2], sorted(sys.stdlib_module_names)]))"
)


def main() -> None:
    """Write both files from the folder and the interpreters that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the wheels")
    parser.add_argument("--date", required=True, help="when the wheels were the newest: YYYY-MM-DD")
    parser.add_argument("--python", action="append", default=[], help="an interpreter to ask")
    options = parser.parse_args()
    wheels = newest(options.folder.glob("*.whl"))
    lines = (TOOLS / "distributions.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    missing = [line for line in wanted if canonical(line) not in wheels]
    if missing:
        print("without a wheel:", *missing, file=sys.stderr)
    found = [describe(line, wheels[canonical(line)]) for line in wanted if line not in missing]
    write("distributions", {"date": options.date}, without_doubles(found))
    write("standard_library", {"date": options.date}, standard_library(options.python))


def canonical(requirement: str) -> str:
    """A distribution's name as indexes compare it, without extras."""
    return re.sub(r"[-_.]+", "-", requirement.partition("[")[0]).lower()


def newest(paths: Iterable[Path]) -> dict[str, Path]:
    """The wheel of the highest version, by the distribution's canonical name."""
    found: dict[str, Path] = {}
    for path in sorted(paths):
        name = canonical(path.name.split("-")[0])
        if name not in found or version_of(path) > version_of(found[name]):
            found[name] = path
    return found


def version_of(wheel: Path) -> tuple[int, ...]:
    """The leading numbers of a wheel's version."""
    numbers = re.match(r"\d+(?:\.\d+)*", wheel.name.split("-")[1])
    return tuple(int(number) for number in numbers[0].split(".")) if numbers else ()


def describe(requirement: str, wheel: Path) -> dict[str, Any]:
    """What one wheel says of its distribution; sizes are in MB, unpacked."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        folder = next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(f"{folder}/METADATA"))
        record = archive.read(f"{folder}/RECORD").decode("utf-8").splitlines()
        size = sum(info.file_size for info in archive.infolist())
    python = re.search(r">=?\s*3\.(\d+)", metadata.get("Requires-Python", ""))
    return {
        "requirement": requirement,
        "source": wheel.name,
        "version": ".".join(map(str, version_of(wheel))),
        "python": int(python[1]) if python else 0,
        "megabytes": round(size / 1e6, 1),
        "needs": sorted(set(needs(requirement, metadata.get_all("Requires-Dist", [])))),
        "modules": sorted(modules(line.split(",")[0] for line in record)),
    }


def needs(requirement: str, lines: Iterable[str]) -> Iterator[str]:
    """The distributions that one needs in some environment, with the extras asked for."""
    extras = re.findall(r"[\w-]+", requirement.partition("[")[2])
    for line in lines:
        extra = re.search(r"extra\s*==\s*['\"]([\w.-]+)", line)
        name = re.match(r"[\w.-]+", line)
        if name is not None and (extra is None or extra[1] in extras):
            yield canonical(name[0])


def modules(files: Iterable[str]) -> set[str]:
    """The topmost modules and packages of a wheel; of a namespace package, those within it."""
    paths = {PurePosixPath(path) for path in map(_installed_at, files) if path is not None}
    packages = {path.parent for path in paths if path.name.startswith("__init__.")}
    # `google` and the like belong to many: the first file there only says so.
    packages -= {PurePosixPath("google"), PurePosixPath("google/cloud")}
    return {name for path in paths for name in _topmost(path, packages)}


def _installed_at(path: str) -> str | None:
    """Where an entry of a wheel's record comes to lie beside other packages; None for nowhere."""
    first, _, rest = path.partition("/")
    if first.endswith(".data"):
        kind, _, rest = rest.partition("/")
        return rest if kind in ("purelib", "platlib") and _SUFFIX.search(rest) else None
    return path if _SUFFIX.search(path) and not first.endswith(".dist-info") else None


def _topmost(path: PurePosixPath, packages: set[PurePosixPath]) -> Iterator[str]:
    if path.parts[0] in _NO_MODULES or not all(part.isidentifier() for part in path.parent.parts):
        return
    around = [parent for parent in reversed(path.parents[:-1]) if parent in packages]
    if around:
        yield ".".join(around[0].parts)
    elif path.name.startswith("__init__."):
        return
    else:
        yield ".".join((*path.parent.parts, path.name.partition(".")[0]))


def without_doubles(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The distributions, each module with the first that brings it."""
    taken: set[str] = set()
    for one in found:
        one["modules"] = [name for name in one["modules"] if name not in taken]
        taken.update(one["modules"])
    return [one for one in found if one["modules"]]


def standard_library(interpreters: Iterable[str]) -> list[dict[str, Any]]:
    """The standard library's modules by Python's minor version, as changes since the one before."""
    asked = sorted(json.loads(subprocess.check_output([p, "-c", _ASK])) for p in interpreters)
    found = []
    before: set[str] = set()
    for (_, minor), names in asked:
        now = set(names)
        came, went = sorted(now - before), sorted(before - now)
        found.append({"python": minor, "came": " ".join(came), "went": " ".join(went)})
        before = now
    return found


def write(name: str, head: dict[str, str], entries: list[dict[str, Any]]) -> None:
    """Write a data file, one entry a line."""
    start = json.dumps(head)[:-1]
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    PACKAGES.mkdir(exist_ok=True)
    (PACKAGES / f"{name}.json").write_text(f'{start}, "entries": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
