"""What a layer for a function is to hold, and whether the function can have a further one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tapfix.knowledge.distributions import OF_LAMBDA, Distribution
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.dependencies import Needs
from tapfix.model.lambdas.packages import REQUIREMENTS, Packages
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.layers.files import LayerFiles
from tapfix.recipes.layers.groups import Member
from tapfix.recipes.layers.places import home_of

_ARCHITECTURES = ("aws_lambda.Architecture.X86_64", "aws_lambda.Architecture.ARM_64")
_MOST_LAYERS = 5
_OF_LAMBDA = OF_LAMBDA | {"python-dateutil"}


@dataclass(frozen=True, eq=False)
class Wants:
    """Answers for one app."""

    app: App
    packages: Packages
    files: LayerFiles

    def member(self, needs: Needs) -> Member | Obstacle:
        """The function as one that gets a layer, or why it cannot get one."""
        function = needs.function
        obstacle = self._obstacle(needs)
        if obstacle is not None:
            return obstacle
        architecture = _architecture(function)
        if needs.minor is None or architecture is None:
            what = "runtime" if needs.minor is None else "architecture"
            return Obstacle(f"its {what} is not in the source, and packages are made for one")
        runtime = function.value("runtime")
        if runtime is None or not runtime.cdk.startswith("aws_lambda.Runtime.PYTHON_3_"):
            # CDK compares more than the name, so the layer would not suit the function.
            return Obstacle("its runtime is none of the constants of lambda_.Runtime")
        home = home_of(self.app, function)
        if isinstance(home, Obstacle):
            return home
        given = needs.given.lines if needs.given is not None else {}
        own = {name: line for name, line in given.items() if name not in _OF_LAMBDA}
        lines = {**self.lines(needs.distributions), **own}
        return Member(needs, home, needs.minor, architecture, lines)

    def _obstacle(self, needs: Needs) -> Obstacle | None:
        """Why a function can have no further layer, if it cannot."""
        function = needs.function
        if function.is_a("aws_cloudfront.experimental.EdgeFunction"):
            return Obstacle("Lambda@Edge takes no layers: its packages must lie in its folder")
        if function.cls.level == 1:
            return Obstacle("CfnFunction takes the ARNs of layers; lambda_.Function takes layers")
        held = self.packages.layers_of(function) or []
        if len(held) >= _MOST_LAYERS:
            return Obstacle(f"it has {len(held)} layers, and Lambda takes no more")
        listed = function.argument("layers")
        if listed is not None and (listed.value.kind != "list" or not listed.value.is_direct):
            return Obstacle("its list of layers is made elsewhere")
        if needs.given is not None and not needs.given.closed:
            path = self.app.relative(posixpath.join(needs.folder or "", REQUIREMENTS))
            return Obstacle(f"{path} has options or addresses, which depend on their place")
        return self.files.obstacle(function)

    def lines(self, wanted: Iterable[Distribution]) -> dict[str, str | None]:
        """What is to be installed, with the app's own line for it if there is one."""
        return {one.key: self._pinned_by_app.get(one.key) for one in wanted}

    @cached_property
    def _pinned_by_app(self) -> Mapping[str, str]:
        """The lines with a version in the ``requirements.txt`` beside the app's ``cdk.json``."""
        found = self.packages.requirements(self.app.root)
        lines = found.lines.items() if found is not None else ()
        return {name: line for name, line in lines if re.search("[=<>~!]", line)}


def _architecture(function: Construct) -> str | None:
    """The last part of CDK's name of a function's architecture; None if it is not known."""
    value = function.value("architecture")
    if value is None:
        return "X86_64" if function.lacks("architecture") else None
    return value.cdk.rpartition(".")[2] if value.cdk in _ARCHITECTURES else None
