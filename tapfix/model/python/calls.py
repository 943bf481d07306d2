"""The calls of an app by the name of what they call."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from tapfix.model.python.modules import Module, Modules


@dataclass(eq=False)
class CallIndex:
    """The calls in the modules of an app that were read so far; others are added as they are."""

    modules: Modules
    _read: tuple[Module, ...] = ()
    _by_name: dict[str, dict[Module, list[ast.Call]]] = field(default_factory=dict)
    _aliases: dict[str, set[str]] = field(default_factory=dict)

    def named(self, name: str) -> list[tuple[Module, str, list[ast.Call]]]:
        """The calls of something called ``name`` or bound to another name, by module and name.

        In order of path.
        """
        self._catch_up()
        found = [
            (module, alias, calls)
            for alias in self._spellings(name)
            for module, calls in self._by_name.get(alias, {}).items()
        ]
        return sorted(found, key=lambda item: item[0].path)

    def _spellings(self, name: str) -> Iterable[str]:
        """The name and, from binding to binding, those that modules give to what it names."""
        found = {name: None}
        pending = [name]
        while pending:
            for alias in sorted(self._aliases.get(pending.pop(), ())):
                if alias not in found:
                    found[alias] = None
                    pending.append(alias)
        return found

    def _catch_up(self) -> None:
        current = self.modules.everything()
        if current is not self._read:
            known = set(self._read)
            self._read = current
            for module in current:
                if module not in known:
                    self._add(module)

    def _add(self, module: Module) -> None:
        for call in module.names.calls:
            name = last_name(call.func)
            if name is not None:
                self._by_name.setdefault(name, {}).setdefault(module, []).append(call)
        for scope in module.names.inner.values():
            for name, bindings in scope.bindings.items():
                for binding in bindings:
                    meant = (binding.target or "").rpartition(".")[2] or None
                    if binding.kind == "assign" and binding.value is not None:
                        meant = last_name(binding.value)
                    if meant is not None and meant != name:
                        self._aliases.setdefault(meant, set()).add(name)


def last_name(node: ast.expr) -> str | None:
    """The name, or the last name of a dotted one; None for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None
