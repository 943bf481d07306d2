"""Makes the catalogue of the CDK library in ``tapfix/knowledge/data``.

Sources, all read from installed packages:

* the jsii assemblies in ``aws-cdk-lib`` and in the package of ``PythonFunction``: every class
  and struct, arguments, types, defaults in the documentation, deprecation, enum members;
* the library's JavaScript beside it: which CloudFormation property an argument sets, which one
  is the physical name, what happens without a removal policy, which resource types are stateful;
* the CloudFormation resource schemas in ``cfn-lint``: which property replaces the resource when
  it changes, and how long a name may be.

How a physical name is found is told in ``catalogue/physical.py``, how a value is followed through
JavaScript in ``catalogue/provenance.py``. Where the schema of a name gives no length, what its
documentation says in words counts, and the smallest length that the library itself checks.

Every constructor's parameters are compared with those of the installed Python package, name by
name and in order, and every module's exports; a difference ends the build. ``--check`` writes
nothing and ends with 1 if the checked-in data differ from what would be written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from catalogue import shelving, signatures
from catalogue.conclusions import conclude
from catalogue.generated import read_generated
from catalogue.library import Library, python_sources, read_library
from catalogue.naming import Names
from catalogue.schemas import PACKAGE as SCHEMAS
from catalogue.schemas import read_schemas
from catalogue.structs import Types

DATA = Path(__file__).parent.parent / "tapfix" / "knowledge" / "data"
PACKAGES = ("aws-cdk-lib", "aws-cdk.aws-lambda-python-alpha")


def build() -> dict[str, str]:
    """The text of every data file, by file name.

    Raises SystemExit if what the assembly says differs from the installed Python package.
    """
    libraries = [read_library(package) for package in PACKAGES]
    types = Types({fqn: json for library in libraries for fqn, json in library.types.items()})
    texts = {path: text for library in libraries for path, text in library.scripts.items()}
    date, schemas = read_schemas()
    facts = conclude(types, texts, read_generated(texts), schemas)
    shelves = shelving.Shelves(types, Names(libraries), facts)
    differences = [*_differing_signatures(types), *_differing_exports(shelves)]
    if differences:
        raise SystemExit("\n".join(["the assembly and Python differ:", *differences]))
    return shelving.files(shelves, _versions(libraries, date))


def _versions(libraries: list[Library], date: str) -> dict[str, str]:
    installed = {library.package: library.version for library in libraries}
    return {**installed, SCHEMAS: metadata.version(SCHEMAS), "schemas": date[:10]}


def _differing_signatures(types: Types) -> Iterator[str]:
    """A line for each constructor that Python declares otherwise; a struct's order is free."""
    for path in _sources().values():
        for fqn, real in signatures.constructors(path):
            described = types.all.get(fqn)
            if described and described.get("datatype"):
                if {*real} - {"*"} != {*types.members(fqn)}:
                    yield f"{fqn}: Python has {real}"
            elif described and "initializer" in described:
                positional, struct = types.parameters(fqn)
                keywords = [*types.members(struct)] if struct else []
                if real != positional + (["*", *keywords] if keywords else []):
                    yield f"{fqn}: Python has {real}"


def _differing_exports(shelves: shelving.Shelves) -> Iterator[str]:
    for module, path in _sources().items():
        shelf = shelves.modules.get(module)
        if shelf is not None:
            known = {*shelf.structs, *shelf.classes, *shelf.enums, *shelf.others}
            real = signatures.exported(path) - {"interfaces"}
            if real != {name for name in known if "." not in name}:
                yield f"{module}: exports differ: {sorted(real ^ known)[:5]}"


def _sources() -> Mapping[str, Path]:
    return {name: path for package in PACKAGES for name, path in python_sources(package).items()}


def main() -> int:
    """Write the data, or check them."""
    parser = argparse.ArgumentParser(description="Makes the catalogue of the CDK library.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if data differ")
    arguments = parser.parse_args()
    texts = build()
    if arguments.check:
        present = {path.name: path.read_text(encoding="utf-8") for path in DATA.glob("*.json")}
        wrong = sorted(
            name for name in texts.keys() | present if texts.get(name) != present.get(name)
        )
        print(f"{len(texts)} files, {len(wrong)} differ", *wrong[:20])
        return 1 if wrong else 0
    shelving.write(DATA, texts)
    print(f"{len(texts)} files, {sum(map(len, texts.values())):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
