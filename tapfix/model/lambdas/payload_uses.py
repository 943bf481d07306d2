"""What one expression does with base64 text: parse it, use it as if it were decoded, decode it, …

Names of functions are those of the modules that define them, a method's is the one behind the dot.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Literal

from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.tracking import Spot, is_nothing

UseKind = Literal["misuse", "hint", "decode", "log", "check", "other"]
Need = Literal["bytes", "text", "either", "neither"]

_PARSERS: dict[str, Need] = {
    **dict.fromkeys(("json.loads", "orjson.loads", "simplejson.loads", "ujson.loads"), "either"),
    **dict.fromkeys(("yaml.safe_load", "yaml.load", "yaml.full_load"), "either"),
    **dict.fromkeys(("xml.etree.ElementTree.fromstring", "xmltodict.parse"), "either"),
    **dict.fromkeys((".model_validate_json", ".parse_raw"), "either"),
    **dict.fromkeys(("msgpack.unpackb", "msgpack.loads", "pickle.loads", "cbor2.loads"), "bytes"),
    **dict.fromkeys(("gzip.decompress", "zlib.decompress", "bz2.decompress"), "bytes"),
    **dict.fromkeys((".ParseFromString", ".MergeFromString", ".FromString"), "bytes"),
    **dict.fromkeys(("io.BytesIO", "bytes", "bytearray"), "bytes"),
    **dict.fromkeys(("json.load", "csv.reader", "csv.DictReader", "ast.literal_eval"), "text"),
    **dict.fromkeys(("int", "float", "decimal.Decimal", "uuid.UUID", "tomllib.loads"), "text"),
    **dict.fromkeys(("datetime.datetime.fromisoformat", "datetime.datetime.strptime"), "text"),
    **dict.fromkeys(("urllib.parse.parse_qs", "urllib.parse.parse_qsl"), "text"),
}
_SPLITS = ("split", "rsplit", "splitlines", "partition", "rpartition")
_TEXT_METHODS = frozenset(
    {
        *("startswith", "endswith", "find", "index", "isdigit", "isnumeric"),
        *("lower", "upper", "title", "casefold"),
    }
)
_BEGINNINGS = ("eyJ", "H4sI")
# These leave base64 text what it is, or close to it: people clean and pad it before they decode.
_KEEPING = ("strip", "lstrip", "rstrip", "replace", "encode", "ljust", "removeprefix")
_LOGGERS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "log")
_PRINTERS = ("print", "pprint.pprint", *(f"logging.{name}" for name in _LOGGERS))
_SEARCHES = ("match", "search", "fullmatch", "findall", "finditer")
_DECODERS = ("b64", "base64", "decode")
_SHOWN = (ast.Raise, ast.Assert)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is done with the text: ``what`` names it for a message, ``need`` is what it takes.

    A ``misuse`` never works on encoded text; a ``hint`` makes sense on it now and then, or gets
    another value now and then.
    """

    kind: UseKind
    what: str = ""
    need: Need = "either"


OTHER = Judgement("other")


def through(evaluator: Evaluator, spot: Spot) -> list[Spot] | None:
    """Where base64 text goes that an operation leaves encoded; None if there is none."""
    parent = spot.parent
    match parent:
        case ast.Attribute():
            call = spot.module.names.parents[parent]
            keeps = parent.attr in _KEEPING or ("text" in spot.marks and parent.attr == "decode")
            if keeps and isinstance(call, ast.Call) and call.func is parent:
                return [spot.made(call, "text")]
        case ast.Subscript(slice=ast.Slice()) if parent.value is spot.node:
            return [spot.made(parent, "text")]
        case ast.BinOp(op=ast.Add(), right=padding) if _is_padding(padding):
            return [spot.made(parent, "text")]
        case ast.FormattedValue(conversion=-1):
            text = spot.module.names.parents[parent]
            assert isinstance(text, ast.JoinedStr)
            return [spot.made(text, "text", "formatted")] if _is_message(text) else None
        case ast.Call() if spot.node in parent.args:
            return _through_call(evaluator, spot, parent)
    return None


def _through_call(evaluator: Evaluator, spot: Spot, call: ast.Call) -> list[Spot] | None:
    name = callee_name(evaluator, spot, call.func)
    several = len(call.args) > 1
    keeps = (
        name == "io.StringIO"
        or (name == "str" and not several)
        or (name in ("bytes", "bytearray") and several)
        or (name == "io.BytesIO" and "text" in spot.marks)
    )
    return [spot.made(call, "text")] if keeps else None


def _is_padding(node: ast.expr) -> bool:
    """Whether an expression is ``"=="`` or ``"=" * n``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_padding(node.left) or _is_padding(node.right)
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and set(node.value) == {"="}
    )


def _is_message(text: ast.JoinedStr) -> bool:
    """Whether an f-string is words around a value: not a JSON text or a base64 URL made of it."""
    words = "".join(str(part.value) for part in text.values if isinstance(part, ast.Constant))
    return bool(words.strip()) and not any(mark in words.lower() for mark in ('"', "{", "base64"))


def judge(evaluator: Evaluator, spot: Spot) -> Judgement:
    """What the code does with base64 text where it arrives."""
    found = _judge(evaluator, spot)
    if found.kind == "misuse" and not spot.sure:
        found = replace(found, kind="hint")
    if found.kind in ("log", "decode", "check"):
        return found
    if "formatted" in spot.marks:
        return Judgement("hint", "an f-string", "text")
    if found.kind != "other" and "text" in spot.marks:
        # Binary data is none that could be written as text on its way.
        return replace(found, need="neither" if found.need == "bytes" else "text")
    return found


def _judge(evaluator: Evaluator, spot: Spot) -> Judgement:
    parent = spot.parent
    if isinstance(parent, ast.keyword):
        parent = spot.module.names.parents[parent]
    if any(isinstance(node, _SHOWN) for node in _within_statement(spot)):
        return Judgement("log")
    match parent:
        case ast.Call() if spot.lists and spot.node in parent.args[1:]:
            return _judge_call(evaluator, spot, parent, parent.args[0])
        case ast.Call() if not spot.lists and spot.node is not parent.func:
            return _judge_call(evaluator, spot, parent, parent.func)
        case ast.Attribute() if not spot.lists:
            return _judge_method(spot, parent)
        case ast.Compare() if not spot.lists:
            return _judge_comparison(spot, parent)
        case ast.If() | ast.While() | ast.IfExp() | ast.BoolOp() | ast.UnaryOp() | ast.Expr():
            return Judgement("check")
    return OTHER


def _within_statement(spot: Spot) -> list[ast.AST]:
    found: list[ast.AST] = []
    for ancestor in spot.module.names.ancestors(spot.node):
        found.append(ancestor)
        if isinstance(ancestor, ast.stmt):
            break
    return found


def callee_name(evaluator: Evaluator, spot: Spot, function: ast.expr) -> str:
    """The dotted name of a library's function, of a builtin, or ``.method`` of something else."""
    symbol = evaluator.named(spot.module, function)
    if isinstance(symbol, str):
        return symbol
    if isinstance(function, ast.Name):
        return function.id
    return f".{function.attr}" if isinstance(function, ast.Attribute) else ""


def _judge_call(evaluator: Evaluator, spot: Spot, call: ast.Call, function: ast.expr) -> Judgement:
    name = callee_name(evaluator, spot, function)
    last = name.rpartition(".")[2]
    if name in _PRINTERS or (name.startswith(".") and last in _LOGGERS):
        return Judgement("log")
    if any(mark in name.lower() for mark in _DECODERS):
        return Judgement("decode")
    if name == "isinstance":
        return Judgement("check")
    if name == "str" and len(call.args) > 1:
        return Judgement("misuse", "str()", "bytes")
    if name in _PARSERS:
        return Judgement("misuse", f"{name.lstrip('.')}()", _PARSERS[name])
    if last in _SEARCHES and _is_searched(evaluator, spot, call, name):
        return Judgement("hint", f"{name.lstrip('.')}()", "text")
    return OTHER


def _is_searched(evaluator: Evaluator, spot: Spot, call: ast.Call, name: str) -> bool:
    """Whether a regular expression is searched for in the text."""
    if name.startswith("re."):
        return spot.node in call.args[1:2]
    if not isinstance(call.func, ast.Attribute):
        return False
    pattern = evaluator.value(spot.module, call.func.value)
    return pattern.name == "re.compile" and spot.node in call.args[:1]


def _judge_method(spot: Spot, method: ast.Attribute) -> Judgement:
    call = spot.module.names.parents[method]
    if not (isinstance(call, ast.Call) and call.func is method):
        return OTHER
    if method.attr == "decode":
        codec = call.args[0] if call.args else None
        is_base64 = isinstance(codec, ast.Constant) and "base64" in str(codec.value)
        return Judgement("decode") if is_base64 else Judgement("misuse", ".decode()", "bytes")
    if method.attr in _SPLITS:
        return Judgement("misuse", f".{method.attr}()", "text")
    if method.attr in _TEXT_METHODS and not _is_encoded(call.args):
        return Judgement("hint", f".{method.attr}()", "text")
    return OTHER


def _is_encoded(nodes: list[ast.expr]) -> bool:
    """Whether a text is the beginning or the end of base64: of a JSON object, of gzip, padding."""
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return any(isinstance(t, str) and (t.startswith(_BEGINNINGS) or t.endswith("=")) for t in texts)


def _judge_comparison(spot: Spot, comparison: ast.Compare) -> Judgement:
    others = [n for n in (comparison.left, *comparison.comparators) if n is not spot.node]
    if len(others) != 1:
        return OTHER
    other = others[0]
    if is_nothing(other):
        return Judgement("check")
    texts = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
    plain = all(isinstance(t, ast.Constant) and isinstance(t.value, str) for t in texts)
    return Judgement("hint", "a comparison", "text") if plain and not _is_encoded(texts) else OTHER
