"""Which calls of AWS's SDK a handler makes, and what each says of the resource that it is about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.knowledge.permissions import Permissions
from tapfix.model.lambdas.reached import Code, Leaf

_SESSIONS = ("boto3.Session", "boto3.session.Session")
_SUBRESOURCES = ("Bucket", "Object", "Queue", "Table", "Topic")
_SIGNERS = ("generate_presigned_post", "generate_presigned_url")
_POWERTOOLS = "aws_lambda_powertools.utilities.parameters."
_PARAMETERS = {
    f"{_POWERTOOLS}get_parameter": ("ssm", "get_parameter", "ssm:GetParameter"),
    f"{_POWERTOOLS}get_secret": (
        "secretsmanager",
        "get_secret_value",
        "secretsmanager:GetSecretValue",
    ),
}


@dataclass(frozen=True, eq=False)
class SdkCall:
    """A call that needs one IAM action.

    ``service`` is boto3's name; ``method`` what the code calls. ``variables`` are the environment
    variables, ``names`` the literals that say which resource it is about: all that it may be.
    ``of_event``: it may be the bucket that an event of S3 names.
    """

    service: str
    method: str
    action: str
    place: Leaf
    variables: frozenset[str]
    names: frozenset[str]
    of_event: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Receiver:
    """What a method is called on: a client, or an object of boto3's with the name it was given."""

    service: str
    kind: str
    name: Leaf | None = None


def sdk_calls(code: Code, permissions: Permissions) -> Iterator[SdkCall]:
    """The calls of a handler that are about one resource which the code names."""
    for place in code.calls():
        found = _call(code, permissions, place)
        if found is not None:
            yield found


def uses_sdk(code: Code) -> bool:
    """Whether the code makes a client, a resource or a session of the SDK."""
    return any(
        isinstance(symbol := code.evaluator.callee(leaf.module, leaf.node), str)
        and symbol.partition(".")[0] in ("boto3", "botocore", "aiobotocore", "aioboto3")
        for leaf in code.calls()
        if isinstance(leaf.node, ast.Call)
    )


def _call(code: Code, permissions: Permissions, place: Leaf) -> SdkCall | None:
    node = place.node
    assert isinstance(node, ast.Call)
    callee = code.evaluator.callee(place.module, node)
    if isinstance(callee, str) and callee in _PARAMETERS and node.args:
        return _about(code, *_PARAMETERS[callee], place, Leaf(place.module, node.args[0]))
    if not isinstance(node.func, ast.Attribute) or isinstance(callee, str):
        return None
    owner, method = node.func.value, node.func.attr
    if isinstance(owner, ast.Attribute) and owner.attr == "objects":
        owner, method = owner.value, f"objects.{method}"
    if method == "paginate":
        leaves = code.leaves(place.module, owner) or []
        made = leaves[0] if len(leaves) == 1 else None
        return _paginated(code, permissions, place, made) if made is not None else None
    receiver = _receiver(code, Leaf(place.module, owner))
    if receiver is None:
        return None
    if method in _SIGNERS and receiver.kind == "client":
        return _signed(code, permissions, place, receiver.service, method)
    action = permissions.action(receiver.service, receiver.kind, method)
    name = receiver.name or _named(permissions, receiver.service, place)
    if action is None or name is None:
        return None
    return _about(code, receiver.service, method, action, place, name)


def _paginated(
    code: Code, permissions: Permissions, place: Leaf, paginator: Leaf
) -> SdkCall | None:
    """``client.get_paginator("list_objects_v2").paginate(Bucket=…)``."""
    made, module = paginator.node, paginator.module
    if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Attribute):
        return None
    if made.func.attr != "get_paginator":
        return None
    receiver = _receiver(code, Leaf(module, made.func.value))
    given = code.evaluator.value(module, made.args[0]) if made.args else None
    if receiver is None or given is None or not isinstance(given.constant, str):
        return None
    action = permissions.action(receiver.service, receiver.kind, given.constant)
    name = _named(permissions, receiver.service, place)
    if action is None or name is None:
        return None
    return _about(code, receiver.service, given.constant, action, place, name)


def _signed(
    code: Code, permissions: Permissions, place: Leaf, service: str, method: str
) -> SdkCall | None:
    """``client.generate_presigned_url("get_object", Params={"Bucket": …})``.

    Whoever has the URL does with it what the function that signed it may do.
    """
    node = place.node
    assert isinstance(node, ast.Call)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    signed: object = "put_object"
    name = given.get("Bucket", node.args[0] if node.args else None)
    if method == "generate_presigned_url":
        operation = given.get("ClientMethod", node.args[0] if node.args else None)
        params = given.get("Params", node.args[1] if len(node.args) > 1 else None)
        if operation is None or params is None:
            return None
        signed = code.evaluator.value(place.module, operation).constant
        known = code.evaluator.value(place.module, params).entries or {}
        named = next((known[n] for n in permissions.names(service) if n in known), None)
        name = named.node if named is not None and named.module is place.module else None
    action = permissions.action(service, "client", signed) if isinstance(signed, str) else None
    if action is None or name is None:
        return None
    return _about(code, service, method, action, place, Leaf(place.module, name))


def _about(
    code: Code, service: str, method: str, action: str, place: Leaf, name: Leaf
) -> SdkCall | None:
    leaves = code.leaves(name.module, name.node)
    if not leaves:
        return None
    variables, names, of_event = set(), set(), False
    for leaf in leaves:
        variable = code.variable(leaf)
        literal = code.evaluator.value(leaf.module, leaf.node).constant
        if variable is not None:
            variables.add(variable)
        elif isinstance(literal, str):
            names.add(literal)
        elif service == "s3" and _is_bucket_of_event(leaf.node):
            of_event = True
        else:
            return None
    return SdkCall(service, method, action, place, frozenset(variables), frozenset(names), of_event)


def _is_bucket_of_event(node: ast.expr) -> bool:
    """Whether an expression is ``record["s3"]["bucket"]["name"]``."""
    keys: list[object] = []
    while isinstance(node, ast.Subscript):
        keys.append(node.slice.value if isinstance(node.slice, ast.Constant) else None)
        node = node.value
    return keys[:3] == ["name", "bucket", "s3"]


def _named(permissions: Permissions, service: str, place: Leaf) -> Leaf | None:
    """The argument of a client's call that names the resource."""
    node = place.node
    assert isinstance(node, ast.Call)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    known = [given[name] for name in permissions.names(service) if name in given]
    if known:
        return Leaf(place.module, known[0])
    # The transfer methods of S3 take the bucket by position as well.
    positions = {"upload_file": 1, "upload_fileobj": 1, "download_file": 0, "download_fileobj": 0}
    assert isinstance(node.func, ast.Attribute)
    where = positions.get(node.func.attr, len(node.args)) if service == "s3" else len(node.args)
    if where < len(node.args):
        return Leaf(place.module, node.args[where])
    return _in_entries(place, given.get("Entries")) if service == "events" else None


def _in_entries(place: Leaf, entries: ast.expr | None) -> Leaf | None:
    """The bus that all of ``Entries=[{"EventBusName": …}]`` name; there may be only one entry."""
    if not isinstance(entries, ast.List) or len(entries.elts) != 1:
        return None
    (entry,) = entries.elts
    for key, value in zip(*_pairs(entry), strict=True):
        if isinstance(key, ast.Constant) and key.value == "EventBusName":
            return Leaf(place.module, value)
    return None


def _pairs(entry: ast.expr) -> tuple[list[ast.expr | None], list[ast.expr]]:
    return (entry.keys, entry.values) if isinstance(entry, ast.Dict) else ([], [])


# Clients and objects


def _receiver(code: Code, owner: Leaf, depth: int = 0) -> _Receiver | None:
    """The client or object of boto3's that an expression always is."""
    leaves = code.leaves(owner.module, owner.node)
    if not leaves or depth > 3:
        return None
    found = [_made(code, leaf, depth) for leaf in leaves]
    first = found[0]
    if first is None or any(
        one is None or (one.service, one.kind) != (first.service, first.kind) for one in found
    ):
        return None
    return first if first.name is None or len(found) == 1 else None


def _made(code: Code, leaf: Leaf, depth: int) -> _Receiver | None:
    node = leaf.node
    if not isinstance(node, ast.Call):
        return None
    callee = code.evaluator.callee(leaf.module, node)
    kind = callee.rpartition(".")[2] if isinstance(callee, str) else ""
    if callee in ("boto3.client", "boto3.resource"):
        return _service(code, leaf, node, kind)
    if not isinstance(node.func, ast.Attribute):
        return None
    method, owner = node.func.attr, Leaf(leaf.module, node.func.value)
    if method in ("client", "resource"):
        return _service(code, leaf, node, method) if _is_session(code, owner) else None
    if method in _SUBRESOURCES and node.args:
        receiver = _receiver(code, owner, depth + 1)
        if receiver is not None and receiver.kind == "resource":
            return _Receiver(receiver.service, method, Leaf(leaf.module, node.args[0]))
        if receiver is not None and receiver.kind == "Bucket" and method == "Object":
            return _Receiver(receiver.service, method, receiver.name)
    return None


def _service(code: Code, leaf: Leaf, node: ast.Call, kind: str) -> _Receiver | None:
    named = (keyword.value for keyword in node.keywords if keyword.arg == "service_name")
    given = node.args[0] if node.args else next(named, None)
    if given is None or any(k.arg in (None, "aws_access_key_id") for k in node.keywords):
        return None  # keys of its own: other rights than the role's
    name = code.evaluator.value(leaf.module, given).constant
    return _Receiver(name, kind) if isinstance(name, str) else None


def _is_session(code: Code, owner: Leaf) -> bool:
    """Whether an expression is a session with the function's own rights."""
    leaves = code.leaves(owner.module, owner.node)
    return bool(leaves) and all(
        isinstance(leaf.node, ast.Call)
        and code.evaluator.callee(leaf.module, leaf.node) in _SESSIONS
        and not any(k.arg in (None, "aws_access_key_id") for k in leaf.node.keywords)
        for leaf in leaves or ()
    )
