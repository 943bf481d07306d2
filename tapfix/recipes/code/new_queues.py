"""New queues for what could not be processed, beside what hands over the records."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from tapfix.edits import Edit, InsertStatements
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.callers import decorators, home
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.imports import write
from tapfix.recipes.naming.suffix import Suffixes
from tapfix.recipes.new_ids import FreeIds, places_of

KEPT_DAYS = 14
"""How long a failed message is kept: the longest that SQS can."""

_MANAGED = "encryption=<aws_sqs.QueueEncryption>.SQS_MANAGED"
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[A-Za-z0-9]+")
_LONGEST = 80 - 13
"""SQS takes names of 80 characters; a suffix may have 12."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Where a queue is to be made: before ``statement``, in the scope that ``scope`` spells.

    ``stem`` begins its names: ``Orders`` for a queue ``OrdersDeadLetterQueue``. ``id`` is the id
    that varies with the code around, if it does. ``neighbours`` are the resources beside it: where
    they have names of their own, so has the queue.
    """

    module: Module
    statement: ast.stmt
    scope: str
    stem: str
    id: Value | None = None
    neighbours: tuple[Construct, ...] = ()


@dataclass(frozen=True, slots=True)
class NewQueue:
    """The variable that holds a new queue, and the edits that make it."""

    name: str
    edits: tuple[Edit, ...]


@dataclass(eq=False)
class NewQueues:
    """Makes the queues of one app; no two of them meet."""

    app: App
    ids: FreeIds
    _variables: set[tuple[Module, str]] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, app: App) -> NewQueues:
        """For an app."""
        return cls(app, FreeIds(app))

    def make(
        self, site: Site, *, fifo: bool = False, encryption: str = _MANAGED, then: str = ""
    ) -> NewQueue | Obstacle:
        """A queue for dead letters; ``then`` is a statement behind it, with ``{queue}`` in it."""
        written_id = self._id(site)
        if written_id is None:
            return Obstacle("its id is put together in a way that leaves no place for another id")
        name = self._variable(site)
        physical, edits = self._physical(site, name, ".fifo" if fifo else "")
        arguments = [site.scope, written_id, *physical, *(["fifo=True"] if fifo else [])]
        kept = f"retention_period=<Duration>.days({KEPT_DAYS})"
        template = f"{name} = <aws_sqs.Queue>({', '.join((*arguments, encryption, kept))})"
        if then:
            template += "\n" + then.format(queue=name)
        code = write(self.app, site.module, site.statement, template)
        ref = site.module.ref(site.statement)
        insert = InsertStatements(ref, code.text, before=True, blank=_blank(site))
        return NewQueue(name, (insert, *code.imports, *edits))

    def _id(self, site: Site) -> str | None:
        """The source of the queue's id."""
        if site.id is None:
            places = places_of(self.app, site.module, site.statement)
            return f'"{self.ids.take(places, f"{site.stem}DeadLetterQueue")}"'
        source = site.id.source
        if isinstance(site.id.node, ast.JoinedStr) and source[:2] in ('f"', "f'"):
            return f"{source[:-1]}DeadLetterQueue{source[-1]}"
        if isinstance(site.id.node, (ast.Name, ast.Attribute)):
            return f'f"{{{source}}}DeadLetterQueue"'
        return None

    def _variable(self, site: Site) -> str:
        stem = _snake(site.stem)
        base = f"{stem}_dead_letter_queue" if stem else "dead_letter_queue"
        base = base if base.isidentifier() else "dead_letter_queue"
        scope = site.module.scope_of(site.statement)
        tries = (base, *(f"{base}_{number}" for number in range(2, 100)))
        name = next(
            one
            for one in tries
            if not scope.lookup(one) and (site.module, one) not in self._variables
        )
        self._variables.add((site.module, name))
        return name

    # Physical names

    def _physical(
        self, site: Site, variable: str, ending: str
    ) -> tuple[list[str], tuple[Edit, ...]]:
        """The argument for the name, if those beside the queue have one, and what it needs.

        The name is that of the variable, which no other queue of the file has.
        """
        base = variable.replace("dead_letter_queue", "dlq").replace("_", "-")
        named = [name for one in site.neighbours if (name := _name(one)) is not None]
        if not named or site.id is not None or len(base) > _LONGEST or not site.stem:
            return [], ()
        suffix = self.app.once(Suffixes.of).at(site.module, site.statement)
        if isinstance(suffix, Obstacle) or not re.fullmatch(r"[\w.]+", suffix.text):
            return [], ()
        is_taken = base in self._names or any(
            base in str(text.value)
            for module in self.app.cdk_modules
            for text in module.names.strings
        )
        if is_taken or not all(_varies_with(name, suffix.text) for name in named):
            return [], ()
        self._names.add(base)
        separator = self.app.settings.separator
        return [f'queue_name=f"{base}{separator}{{{suffix.text}}}{ending}"'], suffix.edits


def _name(construct: Construct) -> Value | None:
    return construct.value(construct.cls.name_argument or "")


def _varies_with(name: Value, suffix: str) -> bool:
    """Whether a name is a text that nothing but the suffix, if that, makes another one."""
    if isinstance(name.constant, str):
        return True
    last = suffix.rpartition(".")[2]
    parts = [part for part in name.parts if not isinstance(part, str)]
    return name.kind == "text" and all(p.source.rpartition(".")[2] == last for p in parts)


def _snake(text: str) -> str:
    return "_".join(_WORD.findall(_HUMP.sub("_", text).replace("_", " "))).lower()


def pascal(text: str) -> str:
    """``news_stream`` and ``news-stream`` as ``NewsStream``."""
    return "".join(word[:1].upper() + word[1:] for word in _WORD.findall(text.replace("_", " ")))


def _blank(site: Site) -> int:
    """An empty line behind the queue where there is one before the statement."""
    source = site.module.file
    block = next(
        found
        for name in ("body", "orelse", "finalbody")
        if isinstance(found := getattr(site.module.names.parents[site.statement], name, None), list)
        and site.statement in found
    )
    place = block.index(site.statement)
    if not place:
        return 0
    end = block[place - 1].end_lineno or 0
    lines = source.text.splitlines()[end : site.statement.lineno - 1]
    return int(any(not line.strip() for line in lines))


def neighbour(
    app: App, module: Module, node: ast.AST, first: tuple[Construct, ...]
) -> tuple[str, Construct] | None:
    """How a place spells the scope that the constructs made there are given, and one of those.

    The ones in ``first`` are asked first; where none is made in the same function, ``self`` will do
    if others of the class's methods give it to what they make. None if there is no such scope.
    """
    around = home(module, node)
    made = [one for one in (*first, *app.constructs) if one.module is module and not one.inherited]
    known = [(one.scope, one) for one in made if one.scope is not None]
    for scope, one in known:
        if home(module, one.node) is around and isinstance(scope.node, ast.Name):
            return scope.source, one
    if not isinstance(around.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    method = app.modules.function_at(module, around.node)
    if method.owner is None or decorators(method) & {"staticmethod", "classmethod"}:
        return None
    resolver = app.evaluator.resolver
    others = (one for s, one in known if resolver.self_class(module, s.node) is method.owner)
    other = next(others, None)
    return (method.positional[0], other) if other is not None else None
