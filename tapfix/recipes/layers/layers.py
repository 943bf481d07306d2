"""Layers with the packages that functions lack, and the edits that give them to the functions.

Functions that lack the same package share a layer, and where they are made in several stacks, the
folder that says what each stack's own layer holds. Everything is worked out for the whole app, so
that the fixes of all functions come out with equal edits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tapfix.edits import AppendElement, CreateFile, Edit, InsertStatements
from tapfix.knowledge.distributions import provider
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.dependencies import Absent, Needs, read_needs
from tapfix.model.lambdas.packages import LAYERS, REQUIREMENTS, Packages
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.imports import write
from tapfix.recipes.layers.files import LayerFiles
from tapfix.recipes.layers.groups import Group, Lines, Member, grouped, pin, requirements
from tapfix.recipes.layers.names import free, id_like, words
from tapfix.recipes.layers.places import Spot, home_of, reaching_name, spot_for
from tapfix.recipes.layers.wants import Wants

Fixing = tuple[Edit, ...] | Obstacle


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer that can be named in a stack: the source text that names it, and what makes it.

    ``members`` are the functions that it is made for; there are no edits where it is there already.
    """

    name: str
    edits: tuple[Edit, ...] = ()
    members: tuple[Member, ...] = ()
    lines: Lines = field(default_factory=dict)


@dataclass(eq=False)
class Layers:
    """The layers that one app lacks. ``edits`` says what each function's fix is."""

    app: App
    wants: Wants
    edits: dict[Construct, Fixing] = field(default_factory=dict)
    _made: list[Layer] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, app: App) -> Layers:
        """Work them out for an app; ``App.once`` keeps them."""
        layers = cls(app, Wants(app, app.once(Packages.of), LayerFiles(app)))
        layers._plan([needs for needs in app.once(read_needs) if needs.names])
        return layers

    def _plan(self, all_needs: Iterable[Needs]) -> None:
        members = []
        built: dict[str, list[Needs]] = {}
        for needs in all_needs:
            if needs.builds and needs.folder is not None:
                built.setdefault(needs.folder, []).append(needs)
                continue
            member = self.wants.member(needs)
            if isinstance(member, Obstacle):
                self.edits[needs.function] = member
            else:
                layer = self._layer_at_hand(member)
                if layer is None:
                    members.append(member)
                else:
                    self.edits[needs.function] = (_use(member, layer.name),)
        for folder, several in built.items():
            self._declare(f"{folder}/{REQUIREMENTS}", several)
        groups = grouped(members)
        for group in groups:
            made = self._make(group, alone=len(groups) == 1)
            for served, new in zip(group.kinds, made, strict=True):
                self._give(served, new)

    def _give(self, members: list[Member], layer: Layer | Obstacle) -> None:
        """Note the fix of each function that a layer is made for."""
        if isinstance(layer, Layer):
            self._made.append(layer)
        for member in members:
            if isinstance(layer, Obstacle):
                self.edits[member.function] = layer
            else:
                self.edits[member.function] = (*layer.edits, _use(member, layer.name))

    # Functions that install their packages themselves

    def _declare(self, path: str, several: list[Needs]) -> None:
        """A ``requirements.txt`` where ``PythonFunction`` looks for one."""
        minor = min(needs.minor or 0 for needs in several)
        lines = self.wants.lines([one for needs in several for one in needs.distributions])
        for needs in several:
            if needs.given is None:
                self.edits[needs.function] = (CreateFile(path, requirements(lines, minor)),)
            else:
                names = [one.key for one in needs.distributions]
                missing = " ".join(pin(name, lines[name], minor) for name in names)
                self.edits[needs.function] = Obstacle(
                    f"add to {self.app.relative(path)}: {missing}"
                )

    # Layers that are there

    def _layer_at_hand(self, member: Member) -> Layer | None:
        """A layer of the app that holds all that a function lacks, and that it can name."""
        for layer in self.app.of(*LAYERS):
            content = self.wants.packages.content(layer)
            fits = content is not None and all(map(content.provides, member.needs.names))
            name = reaching_name(self.app, layer, member.function) if fits else None
            if name is not None and _is_made_for(layer, member):
                return Layer(name)
        return None

    def beside(
        self, neighbour: Construct, modules: Iterable[str], minor: int, architecture: str
    ) -> Layer | Obstacle:
        """A layer with some modules, for a new function that is made right before ``neighbour``.

        It is one that the app has, one that another fix makes for ``neighbour``, or a new one.
        ``minor`` is the minor version of the function's Python 3, ``architecture`` as CDK's class
        names it.
        """
        home = home_of(self.app, neighbour)
        if isinstance(home, Obstacle):
            return home
        needs = Needs(neighbour, minor, tuple(Absent(name, provider(name)) for name in modules))
        lines = self.wants.lines(needs.distributions)
        member = Member(needs, home, minor, architecture, lines)
        layer = self._layer_at_hand(member) or self._planned_for(member)
        known = layer or self.wants.files.obstacle(neighbour)
        if known is not None:
            return known
        made = next(self._make(Group((member,), lines), alone=not self._made))
        if isinstance(made, Layer):
            self._made.append(made)
        return made

    def _planned_for(self, member: Member) -> Layer | None:
        """A layer that is made for the same construct and holds what is wanted."""
        for layer in self._made:
            same = [one for one in layer.members if one.function is member.function]
            holds = layer.lines.items() >= member.lines.items()
            if holds and any(one.kind == member.kind for one in same):
                return layer
        return None

    # New layers

    def _names(self, group: Group, *, alone: bool) -> Iterator[str]:
        """Names for a layer's folder, the best first, without those of other content."""
        first = group.members[0]
        found = ["dependencies"] if alone else []
        if len(group.lines) == 1:
            found.append(words(first.needs.names[0]))
        known = first.function.id.constant if first.function.id is not None else None
        if isinstance(known, str):
            found.append(f"{words(known)}_dependencies")
        text = group.text
        for name in (*found, *(f"dependencies_{number}" for number in range(2, 1000))):
            if name.isidentifier() and self.wants.files.is_free(name, text):
                yield name

    def _make(self, group: Group, *, alone: bool) -> Iterator[Layer | Obstacle]:
        """The layers of a group, one for each of its kinds, in their order."""
        names = self._names(group, alone=alone)
        name = next(name for name in names if name not in self._taken)
        self._taken.add(name)
        files = group.excess or self.wants.files.create(name, group.text)
        for members in group.kinds:
            home, minor, machine = members[0].kind
            several = sum(other[0].kind[0] == home for other in group.kinds) > 1
            mark = f"_python3{minor}_{machine}".lower() if several else ""
            made = self._construct(members, name, f"{name}{mark}_layer")
            if isinstance(files, Obstacle):
                yield files
            elif isinstance(made, Obstacle):
                yield made
            else:
                yield Layer(made[0], (*files, *made[1]), tuple(members), group.lines)

    def _construct(
        self, members: list[Member], name: str, label: str
    ) -> tuple[str, tuple[Edit, ...]] | Obstacle:
        """The layer's name in the stack, and the edits that make it there."""
        first, home = members[0].function, members[0].home
        spot = spot_for(self.app, home, [member.function for member in members])
        if isinstance(spot, Obstacle):
            return spot
        variable = spot.owner + free(label, self._names_at(first, spot))
        layer_id = free(id_like(first, label), self._ids_around(first))
        maker, imports = self.wants.files.maker(first)
        runtime = f"<aws_lambda.Runtime>.PYTHON_3_{members[0].minor}"
        machine = f"<aws_lambda.Architecture>.{members[0].architecture}"
        template = (
            f"{variable} = <aws_lambda.LayerVersion>(\n"
            f"    {home.scope},\n"
            f'    "{layer_id}",\n'
            f'    code={maker}("{name}", {runtime}, {machine}),\n'
            f"    compatible_runtimes=[{runtime}],\n"
            f"    compatible_architectures=[{machine}],\n"
            ")"
        )
        code = write(self.app, first.module, first.node, template)
        insert = InsertStatements(spot.anchor, code.text, before=spot.before, blank=1)
        return variable, (*imports, *code.imports, insert)

    def _names_at(self, function: Construct, spot: Spot) -> set[str]:
        """The names that are taken where the layer's variable is to be bound."""
        scope = function.module.scope_of(function.node)
        cls = self.app.class_around(function)
        kept = set(cls.attributes) if cls is not None and spot.owner else set[str]()
        return kept | {name for place in scope.outward() for name in place.bindings}

    def _ids_around(self, function: Construct) -> set[str]:
        """The texts in the files of a function's class, which may be ids."""
        modules = {function.module}
        cls = self.app.class_around(function)
        if cls is not None:
            resolver = self.app.evaluator.resolver
            family = (*resolver.lineage(cls), *resolver.descendants(cls))
            modules |= {known.module for known in family}
        return {str(string.value) for module in modules for string in module.names.strings}


def _is_made_for(layer: Construct, member: Member) -> bool:
    """Whether a layer says that it suits a function's runtime and architecture, or says nothing."""
    runtimes, machines = layer.value("compatible_runtimes"), layer.value("compatible_architectures")
    runtime = f"aws_lambda.Runtime.PYTHON_3_{member.minor}"
    machine = f"aws_lambda.Architecture.{member.architecture}"
    if runtimes is not None and runtime not in [item.cdk for item in runtimes.items]:
        return False
    return machines is None or machine in [item.cdk for item in machines.items]


def _use(member: Member, name: str) -> Edit:
    """The edit that gives a function a layer."""
    listed = member.function.argument("layers")
    if listed is not None:
        return AppendElement(listed.value.ref, name)
    return member.function.set("layers", f"[{name}]")
