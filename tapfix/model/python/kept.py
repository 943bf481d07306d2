"""Files parsed once and kept from one look at an app to the next, for as long as they stay.

What is made of a file's bytes alone is the same at every look; all that needs other files is not
kept here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tapfix.model.python.modules import Module, read_module
from tapfix.model.python.source import Problem


@dataclass(eq=False, slots=True)
class Kept:
    """The last good reading of each file, and what could not be read of it since."""

    _modules: dict[str, Module] = field(default_factory=dict)
    _problems: dict[str, tuple[bytes, Problem]] = field(default_factory=dict)

    def read(self, path: str, data: bytes, is_cdk: bool) -> Module | Problem:
        """The module in a file, or why it cannot be read."""
        module = self._modules.get(path)
        if module is not None and module.file.data == data and module.is_cdk == is_cdk:
            return module
        known = self._problems.get(path)
        if known is not None and known[0] == data:
            return known[1]
        read = read_module(path, data, is_cdk)
        if isinstance(read, Problem):
            self._problems[path] = data, read
        else:
            self._modules[path] = read
            self._problems.pop(path, None)
        return read

    def last_good(self, path: str, data: bytes) -> bytes:
        """What is to be looked at in the place of a file's bytes: they, or the last that parsed.

        A file that was never parsed is taken as it is.
        """
        module = self._modules.get(path)
        if module is None or module.file.data == data:
            return data
        read = self.read(path, data, b"aws_cdk" in data)
        return module.file.data if isinstance(read, Problem) else data

    def drop_others(self, paths: frozenset[str]) -> None:
        """Let go of all files but these."""
        for path in self._modules.keys() - paths:
            del self._modules[path]
        for path in self._problems.keys() - paths:
            del self._problems[path]
