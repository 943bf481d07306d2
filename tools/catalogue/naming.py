"""From jsii's names and types to Python's."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping

from catalogue.library import Json, Library

_PRIMITIVES = {
    "string": "str",
    "boolean": "bool",
    "number": "number",
    "date": "date",
    "json": "any",
    "any": "any",
}
_UNIT = re.compile(r"[KMGT]iB(?![a-z])")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Names:
    """Python names of jsii types, for one or several libraries that refer to each other."""

    def __init__(self, libraries: Iterable[Library]) -> None:
        """Know the submodules of ``libraries``; ``roots`` are the modules that are no submodule."""
        libraries = list(libraries)
        self.roots = frozenset(library.modules[library.assembly] for library in libraries)
        self._modules: Mapping[str, str] = {
            name: module for library in libraries for name, module in library.modules.items()
        }

    def place(self, fqn: str) -> tuple[str, str]:
        """The Python module below ``aws_cdk`` and the name in it; ("", fqn) for a foreign type."""
        parts = fqn.split(".")
        for size in range(len(parts) - 1, 0, -1):
            module = self._modules.get(".".join(parts[:size]))
            if module is not None:
                return module, ".".join(parts[size:])
        return "", fqn

    def full(self, fqn: str) -> str:
        """The catalogue's name of a type: ``aws_s3.Bucket``, ``Stack``."""
        module, local = self.place(fqn)
        return local if module in {"", "aws_cdk"} else f"{module}.{local}"

    def type(self, reference: Json, module: str) -> str:
        """The compact text of a type, as ``shelves`` describes it, seen from ``module``."""
        if "primitive" in reference:
            return _PRIMITIVES[reference["primitive"]]
        if "collection" in reference:
            kind = "list" if reference["collection"]["kind"] == "array" else "map"
            return f"{kind}[{self.type(reference['collection']['elementtype'], module)}]"
        for several in ("union", "intersection"):
            if several in reference:
                mark = "|" if several == "union" else "&"
                kinds = (self.type(one, module) for one in reference[several]["types"])
                return mark.join(dict.fromkeys(kinds))
        found, local = self.place(reference["fqn"])
        return f".{local}" if found == module else f"{found}.{local}".lstrip(".")


def snake(name: str) -> str:
    """The Python name of a jsii parameter or property: ``bucketName`` becomes ``bucket_name``.

    The rule is that of jsii's own generator: a capital starts a word if a lower-case letter or a
    digit stands before it, or if it is the last of several and a lower-case letter follows; the
    units ``MiB`` and the like are one word.
    """
    text = _UNIT.sub(lambda unit: unit[0].capitalize(), name)
    text = _WORD.sub("_", text).lower()
    return f"{text}_" if keyword.iskeyword(text) else text
