"""What a Python expression tells of the value that it puts into a statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tapfix.edits import Ref
from tapfix.model.python.calls import last_name
from tapfix.model.python.origins import field_annotation
from tapfix.model.sql.kinds import Fact, How, Kind
from tapfix.model.sql.texts import Place, Texts

_CALLS: Mapping[str, Kind] = {
    "int": "integer",
    "len": "integer",
    "ord": "integer",
    "float": "float",
    "bool": "boolean",
    "bytes": "bytes",
    "time.time": "float",
    "time.time_ns": "integer",
    "math.floor": "integer",
    "math.ceil": "integer",
    "decimal.Decimal": "decimal",
    "uuid.UUID": "uuid",
    "uuid.uuid4": "uuid",
    "uuid.uuid1": "uuid",
    "datetime.date": "date",
    "datetime.date.today": "date",
    "datetime.date.fromisoformat": "date",
    "datetime.datetime": "timestamp",
    "datetime.datetime.combine": "timestamp",
    "datetime.datetime.fromisoformat": "timestamp",
    "datetime.datetime.fromtimestamp": "timestamp",
    "datetime.datetime.now": "timestamp",
    "datetime.datetime.strptime": "timestamp",
    "datetime.datetime.today": "timestamp",
    "datetime.datetime.utcfromtimestamp": "timestamp",
    "datetime.datetime.utcnow": "timestamp",
    "datetime.timedelta": "interval",
    "psycopg2.extras.Json": "json",
    "psycopg.types.json.Json": "json",
    "psycopg.types.json.Jsonb": "json",
    "psycopg2.Binary": "bytes",
    "base64.b64decode": "bytes",
}
_TEXTS = frozenset({"str", "repr", "json.dumps", "format", "base64.b64encode"})
_METHODS = frozenset(
    {
        *("strip", "lower", "upper", "title", "lstrip", "rstrip", "replace", "join", "format"),
        *("capitalize", "removeprefix", "removesuffix", "strftime", "decode", "hexdigest"),
    }
)
_TEXT_TESTS = frozenset({"startswith", "endswith", "split", "isdigit", *_METHODS})
_ANNOTATED: Mapping[str, Kind] = {
    "int": "integer",
    "float": "float",
    "str": "text",
    "bool": "boolean",
    "bytes": "bytes",
    "Decimal": "decimal",
    "UUID": "uuid",
    "datetime": "timestamp",
    "date": "date",
}
_ALWAYS_TEXT = frozenset(
    {"pathParameters", "queryStringParameters", "headers", "stageVariables", "messageAttributes"}
)
_TEXT_KEYS = frozenset(
    {
        *("messageId", "receiptHandle", "eventID", "eventName", "eventSourceARN", "awsRegion"),
        *("sequenceNumber", "partitionKey", "requestId", "aws_request_id", "body"),
    }
)


@dataclass(frozen=True, eq=False)
class Values:
    """Reads the values that one handler's code puts into statements."""

    texts: Texts
    ref: Ref

    def facts(self, place: Place, depth: int = 0) -> list[Fact]:
        """All that is known of a value: one fact for each thing that it may be."""
        ends = self.texts.ends(place)
        if ends is None:
            return self._used(place)
        found: list[Fact] = []
        for end in ends:
            found += self._fact(end, depth) or self._used(end)
        return found or self._used(place)

    def elements(self, place: Place) -> list[Fact]:
        """What is known of the elements of a list that a value is."""
        found = []
        for end in self.texts.ends(place) or []:
            node = end.node
            if isinstance(node, ast.Call) and last_name(node.func) in ("tuple", "list", "set"):
                node = node.args[0] if node.args else node
            if isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.SetComp)):
                found += self.facts(Place(end.module, node.elt, end.frame))
            elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
                for item in node.elts:
                    found += self.facts(Place(end.module, item, end.frame))
        return found

    def _fact(self, place: Place, depth: int) -> list[Fact]:
        node = place.node
        if isinstance(node, ast.Constant):
            return list(self._constant(node.value))
        if isinstance(node, ast.JoinedStr):
            first = node.values[0] if node.values else None
            start = first.value if isinstance(first, ast.Constant) else None
            return [Fact("text", "open", self.ref, start=start if isinstance(start, str) else None)]
        if isinstance(node, (ast.Compare,)) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        ):
            return [self._typed("boolean")]
        if isinstance(node, ast.UnaryOp):
            return self.facts(replace(place, node=node.operand), depth + 1)
        if isinstance(node, ast.BinOp):
            return self._operation(place, node, depth)
        if isinstance(node, ast.Call) and depth < 6:
            return self._call(place, node, depth)
        if isinstance(node, (ast.List, ast.ListComp)):
            inner = {fact.kind for fact in self.elements(place)}
            spelled = {"text": "TEXT[]", "integer": "BIGINT[]", "float": "DOUBLE PRECISION[]"}
            kind = next(iter(inner)) if len(inner) == 1 else "text"
            return [Fact("array", "needs", self.ref, type=spelled.get(kind, "TEXT[]"))]
        return self._event(place)

    def _typed(self, kind: Kind) -> Fact:
        how: How = "open" if kind == "text" else "takes"
        return Fact(kind, how, self.ref)

    def _constant(self, value: object) -> Iterator[Fact]:
        if isinstance(value, bool):
            yield self._typed("boolean")
        elif isinstance(value, int):
            yield Fact("integer", "takes", self.ref, number=value)
        elif isinstance(value, float):
            yield self._typed("float")
        elif isinstance(value, bytes):
            yield self._typed("bytes")
        elif isinstance(value, str):
            yield Fact("text", "open", self.ref, text=value)

    def _operation(self, place: Place, node: ast.BinOp, depth: int) -> list[Fact]:
        sides = [self.facts(replace(place, node=n), depth + 1) for n in (node.left, node.right)]
        kinds = {fact.kind for side in sides for fact in side}
        if "text" in kinds:
            return [self._typed("text")] if isinstance(node.op, (ast.Add, ast.Mod)) else []
        if "interval" in kinds or "timestamp" in kinds:
            is_span = kinds == {"timestamp"} and isinstance(node.op, ast.Sub)
            return [self._typed("interval" if is_span or kinds == {"interval"} else "timestamp")]
        if isinstance(node.op, ast.Div):
            return [self._typed("decimal" if "decimal" in kinds else "float")]
        if all(sides):
            for kind in ("decimal", "float", "integer"):
                if kind in kinds:
                    return [Fact(kind, "takes", self.ref)]
        # One number: the other is one, too, and nothing says which.
        return (
            [Fact("number", "takes", self.ref)] if kinds & {"integer", "float", "decimal"} else []
        )

    def _call(self, place: Place, node: ast.Call, depth: int) -> list[Fact]:
        callee = self.texts.code.evaluator.callee(place.module, node)
        name = callee if isinstance(callee, str) else None
        if callee is None and isinstance(node.func, ast.Name):
            name = node.func.id
        if name == "round":
            one = len(node.args) == 1
            return [self._typed("integer")] if one else self._argument(place, node, depth)
        if name in ("abs", "max", "min"):
            return self._argument(place, node, depth)
        if name == "str" and node.args:
            inner = self.facts(replace(place, node=node.args[0]), depth + 1)
            alike = {fact.kind for fact in inner}
            kind = next(iter(alike)) if len(alike) == 1 else None
            return [Fact("text", "open", self.ref, alike=kind if kind == "uuid" else None)]
        if name is not None and name in _CALLS:
            return [self._typed(_CALLS[name])]
        if name in _TEXTS:
            is_json = name == "json.dumps"
            alike_json: Kind | None = "json" if is_json else None
            return [Fact("text", "open", self.ref, alike=alike_json, is_long=is_json)]
        return self._method(place, node, depth)

    def _argument(self, place: Place, node: ast.Call, depth: int) -> list[Fact]:
        if not node.args:
            return []
        facts = [self.facts(replace(place, node=a), depth + 1) for a in node.args[:4]]
        return [replace(fact, number=None) for side in facts for fact in side]

    def _method(self, place: Place, node: ast.Call, depth: int) -> list[Fact]:
        if not isinstance(node.func, ast.Attribute):
            return []
        method, owner = node.func.attr, replace(place, node=node.func.value)
        if method == "isoformat":
            return [Fact("text", "open", self.ref, alike="timestamp")]
        if method in ("get", "pop") and len(node.args) == 2:
            known = self._event(place)
            return known or self._defaulted(replace(place, node=node.args[1]), depth)
        if method == "get":
            return self._event(place)
        if method in _METHODS:
            return [self._typed("text")]
        if method == "date" and not node.args:
            return [self._typed("date")]
        if method == "total_seconds" or method == "timestamp":
            return [self._typed("float")]
        if method in ("astimezone", "quantize"):
            return self.facts(owner, depth + 1) or [
                self._typed("timestamp" if method == "astimezone" else "decimal")
            ]
        return []

    def _defaulted(self, default: Place, depth: int) -> list[Fact]:
        """What a default tells of what it stands in for: 0 may stand in for 9.99."""
        return [
            replace(fact, kind="number", number=None)
            if fact.kind == "integer"
            else replace(fact, text=None)
            for fact in self.facts(default, depth + 1)
        ]

    def _event(self, place: Place) -> list[Fact]:
        """What Lambda's events and context say of themselves: ``event["pathParameters"]["id"]``."""
        key, owner = _key(self.texts, place.node)
        if key is None and isinstance(place.node, ast.Attribute):
            key, owner = place.node.attr, place.node.value
            known = self._declared(place, place.node)
            if known:
                return known
        if key == "approximateArrivalTimestamp":
            return [self._typed("float")]
        if key in _TEXT_KEYS:
            return [self._typed("text")]
        for end in (self.texts.ends(replace(place, node=owner)) or []) if owner else []:
            inner, _ = _key(self.texts, end.node)
            if inner in _ALWAYS_TEXT:
                return [self._typed("text")]
        return []

    def _declared(self, place: Place, node: ast.Attribute) -> list[Fact]:
        """What a class of the app says of its field (``order.quantity``)."""
        evaluator = self.texts.code.evaluator
        cls = evaluator.instance_class(place.module, node.value)
        for owner in evaluator.resolver.lineage(cls) if cls is not None else ():
            annotation = field_annotation(owner, node.attr)
            if annotation is not None:
                return self._annotated(annotation)
        return []

    def _annotated(self, annotation: ast.expr | None) -> list[Fact]:
        if annotation is None:
            return []
        text = ast.unparse(annotation).strip("'\"").removesuffix(" | None")
        text = text.removeprefix("Optional[").removesuffix("]").rpartition(".")[2]
        return [self._typed(_ANNOTATED[text])] if text in _ANNOTATED else []

    # What is done with the same expression elsewhere

    def _used(self, place: Place) -> list[Fact]:
        """What the function around tells of a value by what else it does with it."""
        node, module = place.node, place.module
        if isinstance(node, ast.Name):
            bindings = module.scope_of(node).lookup(node.id)
            if len(bindings) == 1 and isinstance(bindings[0].node, ast.arg):
                found = self._annotated(bindings[0].node.annotation)
                if found:
                    return found
        if not isinstance(node, (ast.Name, ast.Subscript, ast.Call)):
            return []
        around = next(
            (a for a in module.names.ancestors(node) if isinstance(a, ast.FunctionDef)), None
        )
        spelled = ast.dump(node)
        names = {spelled}
        for statement in ast.walk(around) if around is not None else ():
            if isinstance(statement, ast.Assign) and ast.dump(statement.value) == spelled:
                names |= {_loaded(t) for t in statement.targets if isinstance(t, ast.Name)}
        for other in ast.walk(around) if around is not None else ():
            kind = self._use(other, names)
            if kind is not None:
                return [self._typed(kind)]
        return []

    def _use(self, node: ast.AST, names: set[str]) -> Kind | None:
        if isinstance(node, ast.Compare) and len(node.comparators) == 1:
            for one, other in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
                if ast.dump(one) in names and isinstance(other, ast.Constant):
                    return _kind_of(other.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div)):
            return "number" if {ast.dump(node.left), ast.dump(node.right)} & names else None
        if not isinstance(node, ast.Call):
            return None
        if isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_TESTS:
            return "text" if ast.dump(node.func.value) in names else None
        is_test = last_name(node.func) == "isinstance" and len(node.args) == 2
        if is_test and ast.dump(node.args[0]) in names:
            return _ANNOTATED.get(last_name(node.args[1]) or "")
        return None


def _kind_of(value: object) -> Kind | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) and value else None


def _loaded(target: ast.Name) -> str:
    return ast.dump(ast.Name(target.id, ast.Load()))


def _key(texts: Texts, node: ast.expr) -> tuple[str | None, ast.expr | None]:
    """The key of ``x["key"]`` or ``x.get("key")``, and ``x``."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        value = node.slice.value
        return (value, node.value) if isinstance(value, str) else (None, None)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        first = node.args[0] if node.func.attr == "get" and node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value, node.func.value
    if isinstance(node, ast.BoolOp):
        return _key(texts, node.values[0])
    return None, None
