"""The files of an app's layers: where they lie, and how a stack calls the helper among them."""

from __future__ import annotations

import json
import posixpath
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tapfix.edits import AddImport, CreateFile, Edit
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.packages import REQUIREMENTS
from tapfix.recipes.arguments import Obstacle

FOLDER = "lib/layers"
"""Where layers are kept, as seen from the folder of the app's script."""

_HELPER = "bundling"
_MAKER = "python_layer_code"
_TEMPLATE = Path(__file__).parents[1] / "templates" / "layer_bundling.py"


@dataclass(frozen=True, eq=False)
class LayerFiles:
    """The folder of one app's layers; each has a folder with its ``requirements.txt`` there."""

    app: App

    @cached_property
    def root(self) -> str:
        """The folder of the script that ``cdk.json`` runs: imports start there."""
        content = self.app.files.get(f"{self.app.root}/cdk.json", b"{}")
        try:
            settings = json.loads(content)
            words = shlex.split(str(settings.get("app", "")))
        except (ValueError, AttributeError):
            words = []
        script = next((word for word in words if word.endswith(".py")), "app.py")
        return posixpath.normpath(posixpath.join(self.app.root, posixpath.dirname(script)))

    def is_free(self, name: str, text: str) -> bool:
        """Whether a layer's folder is not there, or says the same as ``text``."""
        data = self.app.files.get(self._requirements(name))
        return data is None or data == text.encode()

    def create(self, name: str, text: str) -> tuple[Edit, ...]:
        """The edits that make a layer's folder, and the helper unless it is there."""
        helper = CreateFile(self._helper, _TEMPLATE.read_text(encoding="utf-8"))
        given = CreateFile(self._requirements(name), text)
        return (given,) if self._helper in self.app.files else (helper, given)

    def _requirements(self, name: str) -> str:
        return f"{self.root}/{FOLDER}/{name}/{REQUIREMENTS}"

    @property
    def _helper(self) -> str:
        return f"{self.root}/{FOLDER}/{_HELPER}.py"

    def obstacle(self, function: Construct) -> Obstacle | None:
        """Why the file of a function cannot import the helper, if it cannot."""
        path = function.module.path
        if not path.startswith(f"{self.root}/"):
            place = self.app.relative(path)
            return Obstacle(f"{place} does not lie below the folder of the app's script")
        there = self.app.files.get(self._helper)
        if there is not None and f"def {_MAKER}(".encode() not in there:
            return Obstacle(f"{FOLDER}/{_HELPER}.py is something else")
        if f"{self.root}/lib.py" in self.app.files:
            return Obstacle("lib.py stands in the way of a folder lib")
        return None

    def maker(self, function: Construct) -> tuple[str, tuple[Edit, ...]]:
        """How the place of a function calls the helper, and the import that it needs for that."""
        module = function.module
        dotted = f"{FOLDER.replace('/', '.')}.{_HELPER}"
        scope = module.scope_of(function.node)
        bound = scope.lookup(_MAKER)
        if bound and all(binding.target == f"{dotted}.{_MAKER}" for binding in bound):
            return _MAKER, ()
        alias = f"{_MAKER}_" if bound else None
        return alias or _MAKER, (AddImport(module.path, dotted, _MAKER, alias, own=True),)
