"""The fix of a name that is the same in every environment: its suffix and all that goes with it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import cached_property

from tapfix.edits import Edit, InsertStatements, ReplaceExpression
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Argument, Construct
from tapfix.model.cdk.decisions import is_decision
from tapfix.model.python.callers import home
from tapfix.model.python.modules import Module
from tapfix.model.python.names import Names, Part
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.naming.following import Followers, Renamed
from tapfix.recipes.naming.ids import LookedUp
from tapfix.recipes.naming.mentions import Mentions, Sought
from tapfix.recipes.naming.renaming import Renaming, occurs, renamed, suffixed
from tapfix.recipes.naming.suffix import Suffix, Suffixes, is_environment, names_environment
from tapfix.recipes.naming.suffix_source import CONTEXT_KEY, LONGEST
from tapfix.recipes.naming.suffix_stacks import StackIds

EXPORT = "export_name"
_API_EXPORT = "endpoint_export_name"
ID = "id"
_STREAM = "-stream"
_FIFO = ".fifo"
_LOWER_CASE = ("AWS::S3::Bucket", "AWS::ECR::Repository", "AWS::OpenSearchService::Domain")
_AIRFLOW = re.compile(r"/?airflow/(?:connections|variables|config)/")
_ASKED_FOR = Obstacle("Airflow makes this name of what its DAGs ask for: they have to follow")
_SAID = Obstacle("it says which environment it is for: the suffix belongs in that word's place")
# Services that write to a log group of their own naming.
_OWN_LOGS = re.compile(r"/aws/(lambda|codebuild|rds|eks|containerinsights|sagemaker|batch)/")


@dataclass(frozen=True, slots=True)
class FixedName:
    """A name that is the same in every environment; ``argument`` gives it to ``construct``."""

    construct: Construct
    argument: str
    value: Value
    parts: tuple[Part, ...]
    obstacle: str | None = None

    @property
    def text(self) -> str:
        """The name; parts that no source holds are marks."""
        return "".join(part.text for part in self.parts)

    @property
    def is_literal(self) -> bool:
        """Whether the source holds the whole name."""
        return all(part.literal for part in self.parts)

    @property
    def is_export(self) -> bool:
        """Whether it is the name of an export, which an API may have too."""
        return self.argument in (EXPORT, _API_EXPORT)


@dataclass(frozen=True, slots=True)
class Mended:
    """The edits that give a name its suffix; ``stacks`` are those among them of stacks' ids."""

    edits: tuple[Edit, ...]
    stacks: tuple[Edit, ...] = ()


@dataclass(eq=False)
class Renamer:
    """Finds and mends the names of one app."""

    app: App

    @cached_property
    def suffixes(self) -> Suffixes:
        """What each place offers as suffix."""
        return Suffixes.of(self.app)

    @cached_property
    def names(self) -> Names:
        """What each name is made of."""
        return Names(self.app.evaluator, self.suffixes.environments)

    @cached_property
    def fixed(self) -> tuple[FixedName, ...]:
        """The names, outside tests and branches, that are the same in every environment."""
        return tuple(
            found
            for construct in self.app.constructs
            if not self.suffixes.callers.is_test(construct.module)
            # Under `if env == "prod":` the name is a choice.
            and not is_decision(self.app, construct)
            for name in name_arguments(self.app, construct)
            if (argument := construct.argument(name)) is not None
            if (found := self._fixed(construct, argument)) is not None
        )

    def _fixed(self, construct: Construct, argument: Argument) -> FixedName | None:
        value = argument.value
        parts = self.names.fixed(value.module, value.node)
        if not parts:
            return None
        return FixedName(construct, argument.name, value, parts, argument.obstacle)

    def fixed_id(self, construct: Construct) -> FixedName | None:
        """The id of a construct, if it is the same in every environment and in no loop."""
        value = construct.id if not is_decision(self.app, construct) else None
        parts = self.names.fixed(value.module, value.node) if value is not None else None
        if value is None or not parts or not all(part.literal for part in parts):
            return None
        return FixedName(construct, ID, value, parts)

    @cached_property
    def _followers(self) -> Followers:
        given = {
            argument.value.node
            for construct in self.app.constructs
            for name in name_arguments(self.app, construct)
            if (argument := construct.argument(name)) is not None
        }
        mentions = Mentions(self.app, self.names, self.suffixes.callers, frozenset(given))
        return Followers(self.suffixes, mentions)

    @cached_property
    def _stacks(self) -> StackIds:
        return StackIds(self.suffixes, self.names)

    # Mending

    def mend(self, name: FixedName) -> Mended | Obstacle:
        """The edits that give a name the suffix, and all that goes with it."""
        if name.obstacle is not None:
            return Obstacle(name.obstacle)
        renaming = self._renaming(name)
        if isinstance(renaming, Obstacle):
            return renaming
        if _says_environment(name):
            return _SAID
        if _AIRFLOW.match(name.text):
            return _ASKED_FOR
        module, node = self._place(name)
        suffix = self.suffixes.at(module, node)
        if isinstance(suffix, Obstacle):
            return suffix
        obstacle = self._capitals(name, suffix)
        if obstacle is not None:
            return obstacle
        text, renaming = self._written(name, module, node, renaming, suffix)
        if text is None:
            return Obstacle("the name is put together in a way that leaves no place for the suffix")
        own = ReplaceExpression(module.ref(node), text)
        return self._with_all(name, renaming, suffix, own, module, node)

    def mend_id(self, name: FixedName) -> Mended | Obstacle | None:
        """The edits that give an id the suffix; None where only a deploy knows it."""
        suffix = self.suffixes.at(name.value.module, name.value.node)
        if isinstance(suffix, Obstacle):
            return suffix
        if suffix.token:
            return None
        if _says_environment(name):
            return _SAID
        place = self.app.once(LookedUp).at(name.text)
        if place is not None:
            return Obstacle(f"the construct is looked up by its id in {place}")
        imported = self._stacks.imports.of_id(name.text)
        if imported is not None:
            ref = imported.module.ref(imported.node)
            where = f"{self.app.relative(ref.path)}:{self.app.position(ref)[0]}"
            return Obstacle(f"the id may stand in the name that is imported in {where}")
        renaming = Renaming(name.text, self.app.settings.separator)
        text = suffixed(name.value.module, name.value.node, renaming, suffix.text)
        if text is None:
            return Obstacle("the id is put together in a way that leaves no place for the suffix")
        own = ReplaceExpression(name.value.ref, text)
        stacks = self._stack_edits(name.construct, name.value.module, name.value.node, suffix)
        if isinstance(stacks, Obstacle):
            return stacks
        return Mended((own, *suffix.edits, *stacks), stacks)

    def _with_all(
        self,
        name: FixedName,
        renaming: Renaming,
        suffix: Suffix,
        own: Edit,
        module: Module,
        node: ast.expr,
    ) -> Mended | Obstacle:
        stacks = self._stack_edits(name.construct, module, node, suffix)
        if isinstance(stacks, Obstacle):
            return stacks
        sought = self._sought(name)
        follow = self._followers.edits(
            Renamed(name.construct, name.parts, sought, renaming, suffix)
        )
        if isinstance(follow, Obstacle):
            return follow
        return Mended(tuple(dict.fromkeys((own, *suffix.edits, *stacks, *follow))), stacks)

    def _stack_edits(
        self, construct: Construct, module: Module, node: ast.expr, suffix: Suffix
    ) -> tuple[Edit, ...] | Obstacle:
        never = self.app.settings.construct_ids == "never"
        if never or suffix.token:
            return ()
        return self._stacks.edits(module, node, suffix, construct.scope)

    def _capitals(self, name: FixedName, suffix: Suffix) -> Obstacle | None:
        """Whether a name of small letters gets a suffix that no app file of ours checks."""
        checked = any(
            isinstance(e, InsertStatements) and CONTEXT_KEY in e.text for e in suffix.edits
        )
        if checked or name.construct.cls.resource not in _LOWER_CASE or self._capital is None:
            return None
        return Obstacle(
            f"an environment may be called {self._capital!r}, and the name takes no capitals"
        )

    @cached_property
    def _capital(self) -> str | None:
        """An environment's name with capital letters that the app, or its context, speaks of."""
        texts = [
            node.value
            for module in self.app.cdk_modules
            if not self.suffixes.callers.is_test(module)
            for node in module.names.strings
        ]
        for text in (*texts, *self.app.context.values()):
            if isinstance(text, str) and is_environment(text.lower()) and not text.islower():
                return text
        return None

    # How a name changes

    def _renaming(self, name: FixedName) -> Renaming | Obstacle:
        resource = name.construct.cls.resource
        separator = self.app.settings.separator
        ending = _FIFO if name.text.endswith(_FIFO) and resource != "AWS::S3::Bucket" else ""
        dropped = _STREAM if self._drops(name) else ""
        limit = name.construct.cls.arguments[name.argument].max_length
        length = sum(part.length for part in name.parts) - len(dropped) + len(separator) + LONGEST
        if limit is not None and length > limit:
            return Obstacle(
                f"with a suffix of {LONGEST} the name would have {length} characters, "
                f"and {limit} is the most"
            )
        return Renaming(name.text, separator, dropped, ending)

    def _drops(self, name: FixedName) -> bool:
        """Whether a stream's name loses its ``-stream``: not if two names would meet."""
        if name.construct.cls.resource != "AWS::Kinesis::Stream":
            return False
        stem = name.text.removesuffix(_STREAM)
        if not self.app.settings.drop_kind_words or not stem or stem == name.text:
            return False
        return not any(
            other.text == stem and other.construct.cls.resource == name.construct.cls.resource
            for other in self.fixed
        )

    def _place(self, name: FixedName) -> tuple[Module, ast.expr]:
        """Where a name is written anew: in its own place, or in a local that nothing else reads."""
        value = name.value
        inside = home(value.origin_module, value.origin).kind == "function"
        if value.is_known and not value.is_direct and not value.shared and inside:
            return value.origin_module, value.origin
        return value.module, value.node

    def _written(
        self,
        name: FixedName,
        module: Module,
        node: ast.expr,
        renaming: Renaming,
        suffix: Suffix,
    ) -> tuple[str | None, Renaming]:
        """The new expression of a name, and how the name changes in it."""
        owner = self._writer_of_logs(name)
        if owner is not None:
            return self._log_group(owner, module, node, suffix), renaming
        text = suffixed(module, node, renaming, suffix.text)
        if text is None and renaming.dropped:
            renaming = replace(renaming, dropped="")
            text = suffixed(module, node, renaming, suffix.text)
        return text, renaming

    def _sought(self, name: FixedName) -> Sought:
        value = name.value
        origin = None if value.is_direct or not value.is_text else value.origin
        if name.is_export:
            return Sought(name.text, EXPORT, origin=origin)
        return Sought(name.text, name.argument, name.construct.cls.resource, origin)

    # Log groups that are named after what writes to them

    def _writer_of_logs(self, name: FixedName) -> FixedName | None:
        """Whose name a log group's name holds: ``/aws/lambda/orders``."""
        if name.construct.cls.resource != "AWS::Logs::LogGroup" or not name.text.startswith(
            "/aws/"
        ):
            return None
        others = (o for o in self.fixed if o.construct is not name.construct)
        return next((other for other in others if occurs(name.text, other.text)), None)

    def _log_group(
        self, owner: FixedName, module: Module, node: ast.expr, suffix: Suffix
    ) -> str | None:
        renaming = self._renaming(owner)
        if isinstance(renaming, Obstacle) or not isinstance(node, (ast.Constant, ast.JoinedStr)):
            return None
        pieces = node.values if isinstance(node, ast.JoinedStr) else []
        fields = [piece for piece in pieces if isinstance(piece, ast.FormattedValue)]
        sought = self._sought(owner)

        def field_text(number: int) -> str:
            return self._followers.mentions.field_text(module, fields[number], sought)

        source = module.file.source(module.ref(node))
        return renamed(source, field_text, renaming, suffix.text)


def _says_environment(name: FixedName) -> bool:
    """Whether a name is that of one environment: ``orders-prod`` with a suffix contradicts it."""
    return names_environment(" ".join(part.text for part in name.parts if part.literal))


def name_arguments(app: App, construct: Construct) -> tuple[str, ...]:
    """The arguments of a construct that name resources within the account, or an export.

    A name that must only be unique below a parent (an API's stage, a Lambda alias) is none.
    """
    cls = construct.cls
    if cls.is_a("CfnOutput"):
        return (EXPORT,)
    own = (cls.name_argument,) if cls.name_argument and cls.name_within is None else ()
    exports = (_API_EXPORT,) if _API_EXPORT in cls.arguments else ()
    return (*own, *(name for name in cls.other_names if not _is_within(app, name)), *exports)


def _is_within(app: App, argument: str) -> bool:
    classes = (app.catalogue.callee(name) for name in app.catalogue.taking(argument))
    return any(c.name_within for c in classes if c is not None and c.name_argument == argument)
