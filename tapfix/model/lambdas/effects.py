"""What a handler's code does to the world, and whether it may be done twice."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tapfix.model.lambdas.sql_effects import Repeats, effect_of
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppClass, AppFunction, Module

Deed = Literal["quiet", "parse", "read", "set", "once"]
"""What a call does: nothing that others see, it parses, it reads from outside, it leaves things as
if it had been done once however often it is done, or none of these for sure."""

_DEEPEST = 6
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_PARSERS = frozenset(
    {
        *("json.loads", "json.load", "orjson.loads", "simplejson.loads", "ujson.loads"),
        *("yaml.safe_load", "yaml.load", "xmltodict.parse", "csv.reader", "csv.DictReader"),
        *("xml.etree.ElementTree.fromstring", "pickle.loads", "msgpack.unpackb", "tomllib.loads"),
        *("base64.b64decode", "gzip.decompress", "zlib.decompress", "ast.literal_eval"),
        *("datetime.datetime.fromisoformat", "datetime.datetime.strptime"),
    }
)
# Modules of Python's own that reach out of the process.
_OUTSIDE = frozenset(
    {
        *("asyncio", "concurrent", "ftplib", "http", "imaplib", "multiprocessing", "poplib"),
        *("shutil", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "telnetlib"),
        *("threading", "urllib"),
    }
)
_OS = ("os.environ", "os.fspath", "os.getcwd", "os.getenv", "os.path.")
_INSIDE = ("urllib.parse", "http.HTTPStatus", "asyncio.sleep")
_QUIET = frozenset(
    {
        *("attr", "attrs", "aws_lambda_powertools", "aws_xray_sdk", "dateutil", "loguru"),
        *("pydantic", "pytz", "structlog", "typing_extensions"),
    }
)
_OTHER_EACH_TIME = (
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "random.",
    "secrets.",
    "time.time",
    "uuid.uuid1",
    "uuid.uuid4",
)
_READS = frozenset(
    {
        *("get", "hget", "hgetall", "mget", "exists", "ttl", "smembers", "keys", "scan"),
        *("get_item", "batch_get_item", "query", "get_object", "head_object", "download_file"),
        *("list_objects_v2", "fetchone", "fetchall", "fetchmany", "find", "find_one"),
    }
)
# Settings of the program: what it reads there is none of its own writing.
_SETTINGS = frozenset(
    {"get_secret_value", "get_parameter", "get_parameters", "get_secret", "get_paginator"}
)
_SETS = frozenset(
    {
        *("put_object", "upload_file", "upload_fileobj", "copy_object", "delete_object"),
        *("put_item", "delete_item"),
        *("set", "setex", "hset", "hmset", "mset", "delete", "expire", "sadd", "srem", "zadd"),
        "hdel",
    }
)
_CONDITIONS = frozenset(
    {"ConditionExpression", "Expected", "IfNoneMatch", "IfMatch", "nx", "xx", "incr", "get"}
)
_MAKERS = frozenset(
    {
        *("client", "resource", "Session", "session", "Table", "Bucket", "Object", "Queue"),
        *("Topic", "cursor", "connect", "close", "commit", "rollback", "meta"),
    }
)
_SQL = frozenset({"execute", "executemany"})
_STRONG = (_SQL | _SETTINGS | _SETS) - {"set", "delete", "expire"} | frozenset(
    {
        *("update_item", "batch_write_item", "get_item", "get_object", "put_events", "publish"),
        *("send_message", "send_message_batch", "send_email", "put_record", "put_records"),
        *("invoke", "start_execution", "execute_statement", "batch_writer"),
    }
)
_SHARED_BUFFERS = frozenset({"batch_writer", "pipeline", "bulk_write", "begin_nested"})
_CHANGERS = frozenset(
    {
        *("add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop"),
        *("popleft", "put", "remove", "setdefault", "update", "write"),
    }
)
# Methods of Python's own values that change nothing but the value.
_PURE = frozenset(
    {
        *("as_tuple", "astimezone", "capitalize", "casefold", "copy", "count", "date", "decode"),
        *("dict", "difference", "digest", "elements", "encode", "endswith", "find", "findall"),
        *("finditer", "format", "format_map", "fromkeys", "fullmatch", "get", "getvalue", "group"),
        *("groupdict", "groups", "hexdigest", "index", "intersection", "isalnum", "isalpha"),
        *("isdigit", "isnumeric", "isoformat", "items", "join", "json", "keys", "ljust", "lower"),
        *("lstrip", "match", "model_dump", "model_dump_json", "most_common", "partition"),
        *("quantize", "read", "readlines", "removeprefix", "removesuffix", "replace", "reverse"),
        *("rjust", "rpartition", "rsplit", "rstrip", "search", "sort", "split", "splitlines"),
        *("startswith", "strftime", "strip", "sub", "time", "timestamp", "title"),
        *("total_seconds", "translate", "union", "upper", "values", "zfill"),
        # And those of loggers.
        *("critical", "debug", "error", "exception", "info", "log", "warning"),
    }
)
_ADDS = re.compile(r"[+\-]|list_append|(?<![\w:#])(ADD|DELETE)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Act:
    """A call, in a handler or in a function that it calls, and what it does.

    ``function`` is the one it stands in. ``outside``: it reaches out of the process. ``buffers``:
    it may do, or fail in, the work of others.
    """

    module: Module
    call: ast.Call
    function: ast.AST
    deed: Deed
    outside: bool = False
    buffers: bool = False

    @property
    def may_fail(self) -> bool:
        """Whether it is one of the things that fail from time to time: parsing and I/O."""
        return self.outside or self.deed == "parse"

    @property
    def method(self) -> str:
        """The last name of what is called."""
        return _last(self.call.func)


@dataclass(frozen=True, eq=False)
class Acting:
    """Reads what code of one app does."""

    evaluator: Evaluator

    def acts(self, module: Module, nodes: Sequence[ast.AST], function: ast.AST) -> list[Act]:
        """What statements do, with all that the app's own functions do for them."""
        return list(self._acts(module, nodes, function, 0, set()))

    def _acts(
        self,
        module: Module,
        nodes: Sequence[ast.AST],
        function: ast.AST,
        depth: int,
        seen: set[ast.AST],
    ) -> Iterator[Act]:
        for call in calls_in(nodes):
            callee = self.evaluator.callee(module, call)
            inner = self.constructor(callee) if isinstance(callee, AppClass) else callee
            if isinstance(inner, AppFunction):
                if depth >= _DEEPEST:
                    yield Act(module, call, function, "once")
                elif inner.node not in seen:
                    seen.add(inner.node)
                    yield from self._acts(
                        inner.module, inner.node.body, inner.node, depth + 1, seen
                    )
            elif not isinstance(callee, AppClass):
                yield self.act(module, call, callee, function)
            for given in (*call.args, *(keyword.value for keyword in call.keywords)):
                named = self._handed(module, given)
                if isinstance(named, AppFunction) and named.node not in seen:
                    seen.add(named.node)
                    yield from self._acts(
                        named.module, named.node.body, named.node, depth + 1, seen
                    )
                elif named is None:
                    yield Act(module, call, function, "once", outside=True)

    def _handed(self, module: Module, node: ast.expr) -> object:
        """The function of the app that is handed on to be called; None for one of a client's."""
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return False
        symbol = self.evaluator.named(module, node)
        if isinstance(symbol, AppFunction):
            return symbol
        is_method = isinstance(node, ast.Attribute) and node.attr in (_STRONG | _SETS)
        return None if is_method else False

    def constructor(self, cls: AppClass) -> AppFunction | None:
        """What runs when a class of the app is called."""
        found = (one.methods.get("__init__") for one in self.evaluator.resolver.lineage(cls))
        return next((method for method in found if method is not None), None)

    def act(self, module: Module, call: ast.Call, callee: object, function: ast.AST) -> Act:
        """What a call does that runs none of the app's own functions."""
        name = _last(call.func)
        buffers = name in _SHARED_BUFFERS
        if isinstance(callee, str):
            deed = self._of_library(callee, module, call)
            return Act(module, call, function, deed, is_outside_library(callee), buffers)
        if not isinstance(call.func, ast.Attribute):
            # A value that is called may do anything.
            is_name = isinstance(call.func, ast.Name)
            is_builtin = is_name and not module.scope_of(call.func).lookup(name)
            is_open = is_builtin and name == "open"
            deed = "quiet" if is_builtin and not is_open else "once"
            return Act(module, call, function, deed, is_open)
        outside = name in _STRONG or self.is_outside(module, call.func.value)
        deed = self._of_method(module, call, name) if outside or buffers else "once"
        if not outside and not buffers and self._is_pure(module, call.func, name):
            deed = "quiet"
        return Act(module, call, function, deed, outside, buffers)

    def _is_pure(self, module: Module, method: ast.Attribute, name: str) -> bool:
        """Whether a method is one of a value of Python's, or of a library that stays inside."""
        if name in _PURE or name in _CHANGERS:
            return True
        owner = self.evaluator.value(module, method.value)
        return owner.kind in ("call", "member") and not is_outside_library(owner.name)

    # Libraries

    def _of_library(self, callee: str, module: Module, call: ast.Call) -> Deed:
        if callee in _PARSERS:
            return "parse"
        if callee.startswith("os.") and not callee.startswith(_OS):
            return "once"
        if callee.startswith(_OTHER_EACH_TIME):
            return "once" if callee.startswith(("random.", "secrets.")) else "quiet"
        if not is_outside_library(callee):
            return "quiet"
        last = callee.rpartition(".")[2]
        if callee.startswith("requests.") or callee.startswith("httpx."):
            return "read" if last in ("get", "head") else "once"
        if last in _SETTINGS:
            return "quiet"
        # To make a client or a connection changes nothing.
        made = last in _MAKERS or last[:1].isupper() or last.startswith(("from_", "create_"))
        return "quiet" if made else self._of_method(module, call, last)

    def is_outside(self, module: Module, node: ast.expr, depth: int = 0) -> bool:
        """Whether an expression is an object by which code reaches out of the process."""
        if depth > _DEEPEST:
            return False
        if isinstance(node, (ast.Subscript, ast.Await)):
            return self.is_outside(module, node.value, depth + 1)
        if isinstance(node, ast.Call):
            callee = self.evaluator.callee(module, node)
            if isinstance(callee, str):
                return is_outside_library(callee)
            if isinstance(callee, AppFunction):
                returned = (r.value for r in returns_of(callee.node) if r.value is not None)
                return any(self.is_outside(callee.module, r, depth + 1) for r in returned)
            if isinstance(callee, AppClass):
                return self._derives_outside(callee)
            if isinstance(node.func, ast.Attribute):
                return self.is_outside(module, node.func.value, depth + 1)
            return self.is_outside(module, node.func, depth + 1)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._is_outside_name(module, node, depth)
        return False

    def _is_outside_name(self, module: Module, node: ast.Name | ast.Attribute, depth: int) -> bool:
        symbol = self.evaluator.named(module, node)
        if isinstance(symbol, str):
            return is_outside_library(symbol)
        if isinstance(symbol, AppClass):
            return self._derives_outside(symbol)
        places = list(self._values(module, node))
        found = self.evaluator.binding(module, node)
        if not places and found is not None and found[1].value is not None:
            places = [(found[0], found[1].value)]
        if not places and isinstance(node, ast.Attribute) and symbol is None:
            return self.is_outside(module, node.value, depth + 1)
        return any(self.is_outside(home, value, depth + 1) for home, value in places)

    def _values(
        self, module: Module, node: ast.Name | ast.Attribute
    ) -> Iterator[tuple[Module, ast.expr]]:
        if isinstance(node, ast.Name):
            for binding in module.scope_of(node).lookup(node.id):
                holder = module.names.parents.get(binding.node)
                if binding.kind == "assign" and binding.value is not None:
                    yield module, binding.value
                elif isinstance(holder, ast.withitem):
                    yield module, holder.context_expr
                elif binding.kind == "parameter":
                    yield from self._given(module, binding.scope.node, node.id)
            return
        cls = self.evaluator.instance_class(module, node.value)
        if cls is not None:
            for member, binding in self.evaluator.resolver.attribute_bindings(cls, node.attr):
                if binding.value is not None:
                    yield member.module, binding.value

    def _given(self, module: Module, node: ast.AST, name: str) -> Iterator[tuple[Module, ast.expr]]:
        """What the calls of a function of the app give for a parameter."""
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        function = self.evaluator.resolver.modules.function_at(module, node)
        names = function.positional[1:] if function.owner is not None else function.positional
        for caller, call in self.evaluator.calls_of(function):
            yield from ((caller, k.value) for k in call.keywords if k.arg == name)
            if name in names and names.index(name) < len(call.args):
                yield caller, call.args[names.index(name)]

    def _derives_outside(self, cls: AppClass) -> bool:
        """Whether a class of the app derives from one of a library that reaches out."""
        return any(map(is_outside_library, self.evaluator.resolver.library_bases(cls)))

    # Methods

    def _of_method(self, module: Module, call: ast.Call, name: str) -> Deed:
        words = {keyword.arg for keyword in call.keywords}
        if name in _SQL:
            return self._of_sql(module, call)
        if name in _MAKERS or name in _SETTINGS:
            return "quiet"
        if name in _READS:
            return "read"
        if name == "update_item":
            return self._of_update(module, call, words)
        plain = None not in words and not words & _CONDITIONS
        return "set" if name in _SETS and plain else "once"

    def _of_update(self, module: Module, call: ast.Call, words: set[str | None]) -> Deed:
        given = [k.value for k in call.keywords if k.arg == "UpdateExpression"]
        text = self.evaluator.value(module, given[0]).constant if given else None
        if not isinstance(text, str) or None in words or words & _CONDITIONS:
            return "once"
        return "once" if _ADDS.search(text) else "set"

    def _of_sql(self, module: Module, call: ast.Call) -> Deed:
        given = call.args[0] if call.args else None
        if isinstance(given, ast.Call) and len(given.args) == 1:  # sqlalchemy's text("…")
            given = given.args[0]
        text = self.evaluator.value(module, given).constant if given is not None else None
        repeats: Repeats = effect_of(text) if isinstance(text, str) else "once"
        return repeats


def may_be_repeated(evaluator: Evaluator, acts: Sequence[Act], varying: bool) -> bool:
    """Whether all that is done may be done again, from the same input, without harm.

    What is written from what was read before is not; ``varying`` says that the code takes
    something that is another each time.
    """
    deeds = {act.deed for act in acts}
    each_time = any(
        isinstance(callee := evaluator.callee(act.module, act.call), str)
        and callee.startswith(_OTHER_EACH_TIME)
        for act in acts
    )
    if "once" in deeds or (("set" in deeds) and (each_time or varying)):
        return False
    return not {"read", "set"} <= deeds


def is_outside_library(name: str) -> bool:
    """Whether a library's function or class reaches out of the process, or may."""
    root = name.partition(".")[0]
    if name.startswith(_INSIDE) or root in _OUTSIDE:
        return not name.startswith(_INSIDE)
    if name.startswith("aws_lambda_powertools.utilities.parameters"):
        return True
    return root not in sys.stdlib_module_names and root not in _QUIET


def calls_in(nodes: Sequence[ast.AST]) -> Iterator[ast.Call]:
    """The calls that run where statements run: not those inside of definitions among them."""
    pending = list(reversed(nodes))
    while pending:
        node = pending.pop()
        if isinstance(node, _DEFINITIONS) and not isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            yield node
        pending += reversed(list(ast.iter_child_nodes(node)))


def own_nodes(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Statements and all within them, without what stands inside of definitions."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _DEFINITIONS):
            pending += ast.iter_child_nodes(node)


def returns_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Return]:
    """The ``return`` statements of a function itself."""
    return [node for node in own_nodes(function.body) if isinstance(node, ast.Return)]


def is_changer(name: str) -> bool:
    """Whether a method of that name changes a list, a dict or a set."""
    return name in _CHANGERS


def _last(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
