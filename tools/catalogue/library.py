"""The library as installed: its jsii assembly and its JavaScript, out of the Python wheel.

A Python wheel of a jsii library holds the npm package as an archive. In it, ``.jsii`` (or
``.jsii.gz``, to which ``.jsii`` then points) describes every class, struct and enum, and the
JavaScript beside it is the program that runs when an app is synthesised.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]

_FOREIGN = ("node_modules/", "rosetta/", "testhelpers/")


@dataclass(frozen=True)
class Library:
    """One installed jsii library.

    ``assembly`` is its jsii name (``aws-cdk-lib``), ``package`` the Python distribution,
    ``types`` the jsii types by full name, ``modules`` the Python module below ``aws_cdk`` of each
    jsii submodule, ``scripts`` the JavaScript texts by path without ``.js``.
    """

    assembly: str
    package: str
    version: str
    types: Mapping[str, Json]
    modules: Mapping[str, str]
    scripts: Mapping[str, str]


def read_library(package: str) -> Library:
    """Read the library in the installed distribution ``package``.

    Raises PackageNotFoundError if it is not installed.
    """
    files: dict[str, bytes] = {}
    with tarfile.open(_archive(package)) as archive:
        for member in archive:
            path = member.name.removeprefix("package/")
            if member.isfile() and _wanted(path):
                stream = archive.extractfile(member)
                files[path] = stream.read() if stream else b""
    text = gzip.decompress(files[".jsii.gz"]) if ".jsii.gz" in files else files[".jsii"]
    assembly = json.loads(text)
    return Library(
        assembly=assembly["name"],
        package=package,
        version=metadata.version(package),
        types=assembly["types"],
        modules=_python_modules(assembly),
        scripts={
            path.removesuffix(".js"): content.decode()
            for path, content in files.items()
            if path.endswith(".js")
        },
    )


def python_sources(package: str) -> Mapping[str, Path]:
    """The files of the distribution's Python modules, by module name below ``aws_cdk``.

    The root module's name is ``aws_cdk``.
    """
    found = {}
    for file in metadata.files(package) or ():
        if file.parts[0] == "aws_cdk" and file.name == "__init__.py" and "_jsii" not in file.parts:
            found[".".join(file.parts[1:-1]) or "aws_cdk"] = Path(str(file.locate()))
    return found


def _archive(package: str) -> Path:
    (found,) = (f for f in metadata.files(package) or () if f.name.endswith(".jsii.tgz"))
    return Path(str(found.locate()))


def _wanted(path: str) -> bool:
    if path in {".jsii", ".jsii.gz"}:
        return True
    return path.endswith(".js") and "/lib/" in path and not path.startswith(_FOREIGN)


def _python_modules(assembly: Json) -> dict[str, str]:
    """The Python module below ``aws_cdk`` of each submodule; the root is ``aws_cdk`` itself."""
    root = assembly["targets"]["python"]["module"].removeprefix("aws_cdk.")
    modules = {assembly["name"]: root}
    for name, submodule in assembly.get("submodules", {}).items():
        named = submodule.get("targets", {}).get("python", {}).get("module")
        module = named or name.replace(assembly["name"], "aws_cdk")
        modules[name] = module.removeprefix("aws_cdk.")
    return modules
