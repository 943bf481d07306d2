"""What a function may do already: grants, policy statements, managed policies, event sources.

Where anything may add rights that the source does not show, the rights are *open*: nothing is
then known to be missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.knowledge.permissions import covers, load
from tapfix.model.access.principals import Principal
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, reference
from tapfix.model.cdk.uses import Use
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.values import Value

ALL = ("*",)
HARMLESS = ("aws_cdk.", "cdk_nag.", "constructs.")
"""Libraries of which it is known what they do with a function or a role that they are given."""

_STATEMENT_METHODS = ("add_to_role_policy", "add_to_policy", "add_to_principal_policy")
_POLICIES = ("aws_iam.Policy", "aws_iam.ManagedPolicy")
_SOURCES = {
    "DynamoEventSource": "grant_stream_read",
    "KinesisEventSource": "grant_read",
    "SqsEventSource": "grant_consume_messages",
}
"""What CDK's event sources call on what they read from."""
_GIVES_NOTHING = ("ApiEventSource", "S3EventSource", "S3EventSourceV2", "SnsEventSource")
_OWN = ((), ("role",), ("grant_principal",))
_PRINCIPAL = frozenset(["role", "grant_principal", "role_arn", "role_name", "ref", "attr_arn"])
"""What leads from a function to its role, and from that to what names it."""
_VERSIONS = frozenset(["current_version", "latest_version", "add_alias", "add_version"])
"""What leads to other grantees that act with the function's role."""
_GIVERS = (*_STATEMENT_METHODS, "add_managed_policy", "attach_inline_policy")


@dataclass(frozen=True, eq=False)
class Right:
    """Actions, which may end in ``*``, on what begins with ``target``; on anything if None."""

    actions: tuple[str, ...]
    target: Reference | None = None

    def allows(self, action: str, wanted: Reference | None) -> bool:
        """Whether it holds for an action on a resource."""
        if not covers(self.actions, action):
            return False
        if self.target is None or wanted is None:
            return True
        return self.target.construct is wanted.construct and part(self.target) == part(wanted)


@dataclass(frozen=True, eq=False)
class Rights:
    """What is known of a principal's rights; ``open``: it may have others."""

    rights: tuple[Right, ...]
    open: bool

    def lack(self, action: str, wanted: Reference | None) -> bool:
        """Whether an action on a resource is certainly refused."""
        return not self.open and not any(right.allows(action, wanted) for right in self.rights)


def part(found: Reference) -> tuple[str, ...]:
    """The attributes that lead to another resource: a database's ``secret``."""
    return found.chain[:1] if found.chain[:1] == ("secret",) else ()


class _Unknown(Exception):
    """Something may give rights that cannot be read."""


def rights_of(app: App, whose: Principal) -> Rights:
    """What a function may do, as far as the app's code says it."""
    found: list[Right] = []
    reader = _Reader(app)
    try:
        found += reader.of_function(whose.function)
        if whose.role is not None:
            found += reader.of_role(whose.role.construct)
    except _Unknown:
        return Rights(tuple(found), open=True)
    return Rights(tuple(found), open=whose.imported or app.once(_gives_by_class))


@dataclass(frozen=True, eq=False)
class _Reader:
    app: App

    def of_function(self, function: Construct) -> Iterator[Right]:
        if function.open:
            raise _Unknown
        given = function.value("initial_policy")
        if given is not None:
            yield from self.statements(given)
        events = function.value("events")
        if events is not None:
            for event in self.items(events):
                yield from self.event_source(event)
        for use in self.app.uses(function):
            yield from self.use(use)

    def of_role(self, role: Construct) -> Iterator[Right]:
        if role.open:
            raise _Unknown
        policies = role.value("managed_policies")
        for policy in self.items(policies) if policies is not None else ():
            yield from self.managed(policy)
        inline = role.value("inline_policies")
        if inline is not None:
            if inline.kind != "dict" or inline.open or inline.entries is None:
                raise _Unknown
            for document in inline.entries.values():
                yield from self.document(document)
        for use in self.app.uses(role):
            yield from self.use(use)

    def items(self, value: Value) -> tuple[Value, ...]:
        if value.kind != "list" or value.open:
            raise _Unknown
        return value.items

    # Uses of a function or a role

    def use(self, use: Use) -> Iterator[Right]:
        if use.chain and use.chain[0] in _VERSIONS:
            raise _Unknown
        if use.kind == "call":
            yield from self.called(use)
        elif use.kind in ("argument", "read"):
            yield from self.handed(use)
        elif use.kind == "escape":
            yield from self.listed(use)

    def called(self, use: Use) -> Iterator[Right]:
        """A method of the function or the role."""
        if use.chain[:-1] not in _OWN or use.value is None:
            return
        first = use.value.argument("statement", 0)
        if use.method in _STATEMENT_METHODS:
            yield from self.statement(first) if first is not None else self.unknown()
        elif use.method == "add_event_source":
            source = use.value.argument("source", 0)
            yield from self.event_source(source) if source is not None else self.unknown()
        elif use.method == "add_managed_policy":
            policy = use.value.argument("policy", 0)
            yield from self.managed(policy) if policy is not None else self.unknown()
        elif use.method == "attach_inline_policy":
            policy = use.value.argument("policy", 0)
            yield from self.policy(policy) if policy is not None else self.unknown()

    def unknown(self) -> Iterator[Right]:
        raise _Unknown

    def handed(self, use: Use) -> Iterator[Right]:
        """The function or role is given to a call."""
        module, node, chain, call = use.module, use.node, use.chain, use.taker
        if call is None:
            if _is_listed(module, node) and _PRINCIPAL.issuperset(chain):
                yield from self.given_to(module, module.names.parents[node])
            return
        callee = self.app.evaluator.callee(module, call)
        if isinstance(callee, (AppClass, AppFunction)) or chain not in (*_OWN, ("role_arn",)):
            return  # followed into it, or a text
        if isinstance(callee, str):
            if callee.startswith("aws_cdk.aws_iam.") or not callee.startswith(HARMLESS):
                raise _Unknown
            if callee.endswith(("RotationSchedule", "SingletonFunction")):
                raise _Unknown
            return
        if not isinstance(call.func, ast.Attribute):
            raise _Unknown
        yield from self.method(module, call, call.func)

    def method(self, module: Module, call: ast.Call, function: ast.Attribute) -> Iterator[Right]:
        """A method of something else gets the function or role: ``table.grant_read_data(fn)``."""
        owner, name = function.value, function.attr
        grants_by_words = isinstance(owner, ast.Attribute) and owner.attr == "grants"
        if grants_by_words:
            assert isinstance(owner, ast.Attribute)
            owner = owner.value
        found = reference(self.app, module, owner)
        value = self.app.evaluator.value(module, owner)
        imported = value.kind == "call" and ".from_" in value.cdk and "Grants." not in value.cdk
        if (found is None and not imported) or name == "add_rotation_schedule":
            raise _Unknown
        if found is not None and found.construct.is_a(*_POLICIES) and name == "attach_to_role":
            yield from self.policy(value)
            return
        for receiver in [found] if found is not None else self.originals(value):
            if grants_by_words:
                yield Right(ALL, receiver)
            elif name.startswith("grant"):
                yield Right(self.granted(module, call, receiver, name), receiver)

    def originals(self, imported: Value) -> Iterator[Reference]:
        """What the app itself makes, of all that an import may mean by a name or an ARN."""
        same = self.app.of(imported.cdk.partition(".from_")[0])
        for given in (*imported.arguments, *(imported.keywords or {}).values()):
            for piece in given.parts if given.kind == "text" else (given,):
                text = piece.constant if isinstance(piece, Value) else piece
                if isinstance(text, str):
                    called = (one for one in same if _name(one) in text)
                    yield from (Reference(one, (), one.module, one.node) for one in called)
                elif isinstance(piece, Value):
                    found = reference(self.app, piece.module, piece.node)
                    yield from (found,) if found is not None else ()

    def granted(
        self, module: Module, call: ast.Call, receiver: Reference, name: str
    ) -> tuple[str, ...]:
        known = load().grants(receiver.construct.cls)
        if part(receiver) == ("secret",):
            known = {}
        if name == "grant":
            actions = [self.app.evaluator.value(module, item).constant for item in call.args[1:]]
            texts = tuple(action for action in actions if isinstance(action, str))
            return texts if texts and len(texts) == len(actions) else ALL
        return known.get(name, ALL)

    def listed(self, use: Use) -> Iterator[Right]:
        """The role stands in a list: of a policy, or it is lost."""
        yield from self.given_to(use.module, use.node)

    def given_to(self, module: Module, node: ast.AST) -> Iterator[Right]:
        """A list with the role, or with what names it, is given to a call."""
        parent = module.names.parents.get(node)
        if not isinstance(node, ast.List) or not isinstance(parent, ast.keyword):
            raise _Unknown
        call = module.names.parents[parent]
        assert isinstance(call, ast.expr)
        value = self.app.evaluator.value(module, call)
        if parent.arg == "roles" and value.cdk in _POLICIES:
            yield from self.policy(value)
        elif not value.cdk or value.cdk.startswith("aws_iam."):
            raise _Unknown

    # Policies

    def managed(self, policy: Value) -> Iterator[Right]:
        if policy.cdk == "aws_iam.ManagedPolicy.from_aws_managed_policy_name":
            name = policy.argument("managed_policy_name", 0)
            known = (
                load().policy(name.constant) if name and isinstance(name.constant, str) else None
            )
            if known is None:
                raise _Unknown
            yield Right(known)
        else:
            yield from self.policy(policy)

    def policy(self, policy: Value) -> Iterator[Right]:
        """``iam.Policy`` or ``iam.ManagedPolicy`` of the app."""
        found = reference(self.app, policy.module, policy.node)
        if found is None or found.chain or not found.construct.is_a(*_POLICIES):
            raise _Unknown
        construct = found.construct
        if construct.open:
            raise _Unknown
        document, statements = construct.value("document"), construct.value("statements")
        if document is not None:
            yield from self.document(document)
        if statements is not None:
            yield from self.statements(statements)
        for use in self.app.uses(construct):
            if use.kind == "call" and use.method == "add_statements" and use.value is not None:
                for statement in use.value.arguments:
                    yield from self.statement(statement)
            elif use.kind == "escape":
                raise _Unknown

    def document(self, document: Value) -> Iterator[Right]:
        if document.cdk != "aws_iam.PolicyDocument" or document.open:
            raise _Unknown
        statements = document.argument("statements")
        if statements is None:
            raise _Unknown
        yield from self.statements(statements)

    def statements(self, value: Value) -> Iterator[Right]:
        for statement in self.items(value):
            yield from self.statement(statement)

    def statement(self, statement: Value) -> Iterator[Right]:
        if statement.cdk != "aws_iam.PolicyStatement" or statement.open or statement.arguments:
            raise _Unknown
        effect = statement.argument("effect")
        if effect is not None and effect.cdk == "aws_iam.Effect.DENY":
            return
        actions = statement.argument("actions")
        if actions is None or statement.argument("not_actions") is not None:
            raise _Unknown
        names = [item.constant for item in self.items(actions)]
        texts = tuple(name for name in names if isinstance(name, str))
        if len(texts) != len(names):
            raise _Unknown
        resources = statement.argument("resources")
        targets = self.targets(resources) if resources is not None else None
        if targets is None:
            yield Right(texts)
        for target in targets or ():
            yield Right(texts, target)

    def targets(self, resources: Value) -> list[Reference] | None:
        """The constructs whose ARNs are all the resources of a statement; None: it may be more."""
        if resources.kind != "list" or resources.open:
            return None
        found = []
        for item in resources.items:
            places = (
                [item] if item.kind != "text" else [p for p in item.parts if isinstance(p, Value)]
            )
            target = reference(self.app, places[0].module, places[0].node) if places else None
            if target is None:
                return None
            found.append(target)
        return found

    # Event sources

    def event_source(self, source: Value) -> Iterator[Right]:
        """What CDK's event source classes grant by themselves, on what they read from."""
        if not source.cdk.startswith("aws_lambda_event_sources."):
            raise _Unknown
        name = source.cdk.rpartition(".")[2]
        if name in _GIVES_NOTHING:
            return
        first = source.arguments[0] if source.arguments else None
        given = first or next(iter((source.keywords or {}).values()), None)
        target = reference(self.app, given.module, given.node) if given is not None else None
        if target is not None:
            method = _SOURCES.get(name, "")
            yield Right(load().grants(target.construct.cls).get(method, ALL), target)


def _name(construct: Construct) -> str:
    """The physical name that the source gives; a text that stands in no name if there is none."""
    given = construct.value(construct.cls.name_argument or "")
    return given.constant if given is not None and isinstance(given.constant, str) else "\0"


def _gives_by_class(app: App) -> bool:
    """Whether rights go to whatever is of a class: by an aspect, or a search below a scope."""
    for module in app.cdk_modules:
        asking = {
            module.scope_of(call).function
            for call in module.names.calls
            if isinstance(call.func, ast.Name) and call.func.id == "isinstance"
            if len(call.args) == 2 and _is_of_principals(app, module, call.args[1])
        }
        giving = {module.scope_of(call).function for call in module.names.calls if _gives(call)}
        if not asking.isdisjoint(giving):
            return True
    return False


def _is_of_principals(app: App, module: Module, given: ast.expr) -> bool:
    """Whether a class, or one of a tuple, is of CDK's functions or roles."""
    classes = given.elts if isinstance(given, ast.Tuple) else [given]
    names = (app.evaluator.resolver.symbol(module, cls) for cls in classes)
    return any(str(name).startswith(("aws_cdk.aws_lambda.", "aws_cdk.aws_iam.")) for name in names)


def _gives(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name.startswith("grant") or name in _GIVERS


def _is_listed(module: Module, node: ast.expr) -> bool:
    return isinstance(module.names.parents.get(node), (ast.List, ast.Tuple, ast.Set))
