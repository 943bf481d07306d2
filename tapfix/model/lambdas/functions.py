"""The Lambda functions that an app's constructs make, and where the code of each comes from."""

from __future__ import annotations

import ast
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.frames import Frame, frames_of
from tapfix.model.python.modules import Module
from tapfix.model.python.paths import Folders, TextReader
from tapfix.model.python.values import Value

CodeKind = Literal["asset", "inline", "image", "file", "elsewhere"]

PYTHON_FUNCTION = "aws_lambda_python_alpha.PythonFunction"
FUNCTIONS = (
    "aws_lambda.Function",
    "aws_lambda.SingletonFunction",
    "aws_lambda.CfnFunction",
    "aws_cloudfront.experimental.EdgeFunction",
    PYTHON_FUNCTION,
)
_BUCKETS = ("bucket", "s3_bucket_name")
_COMMAND = re.compile(rb"^[ \t]*CMD[ \t]+(\[.*\])[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class LambdaFunction:
    """One Lambda function: a construct, as one call of the code around it makes it.

    ``code`` says what is deployed: an ``asset`` folder, ``inline`` text, a Docker ``image`` built
    from a folder, the text of a ``file`` that the app reads, or what comes from ``elsewhere``
    (a bucket, a registry, code that cannot be seen). ``path`` is the absolute path of the folder or
    file, ``text`` the inline code. ``handler`` is what Lambda is told to run, ``module.function``;
    ``runtime`` is Lambda's own name, ``python3.12``. What the source does not tell is None.
    """

    construct: Construct
    code: CodeKind
    path: str | None = None
    text: Value | None = None
    handler: str | None = None
    runtime: str | None = None

    @property
    def may_be_python(self) -> bool:
        """Whether the runtime is Python, or not known."""
        return self.runtime is None or self.runtime.startswith("python")


def find_functions(
    constructs: Iterable[Construct], reader: TextReader, folders: Folders
) -> Iterator[LambdaFunction]:
    """The Lambda functions of an app, one for each way in which their constructs are made."""
    for construct in constructs:
        if construct.is_a(*FUNCTIONS):
            yield from _Source(construct, reader, folders).functions()


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """Reads what one construct deploys."""

    construct: Construct
    reader: TextReader
    folders: Folders

    def functions(self) -> Iterator[LambdaFunction]:
        """The functions that the construct makes, each once."""
        frames = [Frame()]
        if self.varies:
            construct = self.construct
            frames = frames_of(self.reader.evaluator, construct.module, construct.node)
        seen = set()
        for frame in frames:
            found = self.function(frame)
            key = (found.code, found.path, found.handler)
            if key not in seen:
                seen.add(key)
                yield found

    @property
    def varies(self) -> bool:
        """Whether a text that leads to the code is not known without its frame."""
        texts = [self.construct.value(name) for name in ("handler", "entry", "index")]
        code = self.construct.value("code")
        kind, given = self.kind(code) if code is not None else ("elsewhere", None)
        if kind in ("asset", "image"):
            texts.append(given)
        return any(text is not None and self.read(text, Frame()) is None for text in texts)

    def kind(self, code: Value) -> tuple[CodeKind, Value | None]:
        """The kind of the code, and the value of its path or text."""
        kind, given = _kind(code)
        asset = self.asset(code) if kind == "elsewhere" else None
        return (kind, given) if asset is None else ("asset", asset)

    def asset(self, code: Value) -> Value | None:
        """The path of the ``Asset`` from whose bucket a function of level 1 takes its code."""
        bucket = (code.entries or code.keywords or {}).get("s3_bucket")
        if bucket is None or not isinstance(bucket.node, ast.Attribute):
            return None
        made = self.reader.evaluator.value(bucket.module, bucket.node.value)
        is_asset = made.kind == "call" and made.cdk == "aws_s3_assets.Asset"
        return made.argument("path") if is_asset and bucket.node.attr in _BUCKETS else None

    def function(self, frame: Frame) -> LambdaFunction:
        runtime = _runtime(self.construct.value("runtime"))
        handler = self.read(self.construct.value("handler"), frame)
        if self.construct.is_a(PYTHON_FUNCTION):
            return self.python_function(frame, runtime, handler)
        code = self.construct.value("code")
        if code is None:
            return LambdaFunction(self.construct, "elsewhere", None, None, handler, runtime)
        kind, given = self.kind(code)
        if kind == "inline":
            path = self.read_file(given) if given is not None else None
            kind = "inline" if path is None else "file"
            return LambdaFunction(self.construct, kind, path, given, handler, runtime)
        path = self.find(given, frame)
        if kind == "image":
            handler = self.command(code, path, frame)
        return LambdaFunction(self.construct, kind, path, None, handler, runtime)

    def python_function(
        self, frame: Frame, runtime: str | None, handler: str | None
    ) -> LambdaFunction:
        path = self.find(self.construct.value("entry"), frame)
        index = self.construct.value("index")
        file = "index.py" if index is None else self.read(index, frame)
        if self.construct.value("handler") is None:
            handler = "handler"
        if file is None or handler is None:
            handler = None
        else:
            handler = f"{file.removesuffix('.py')}.{handler}"
        return LambdaFunction(self.construct, "asset", path, None, handler, runtime)

    def read(self, value: Value | None, frame: Frame) -> str | None:
        return self.reader.read(value.module, value.node, frame) if value is not None else None

    def find(self, value: Value | None, frame: Frame) -> str | None:
        path = self.read(value, frame)
        if value is None or path is None:
            return None
        return self.folders.find(path, value.origin_module)

    def read_file(self, value: Value) -> str | None:
        """The path of the file whose text a value is: ``open(path).read()`` and the like."""
        path = _path_read(self.reader.evaluator.value(value.module, value.node), self.reader)
        return self.folders.find(path[1], path[0]) if path is not None else None

    def command(self, code: Value, folder: str | None, frame: Frame) -> str | None:
        """What a Docker image runs: the command given in the app, or that of its Dockerfile."""
        given = code.argument("cmd")
        if given is not None:
            return self.read(given.items[0], frame) if len(given.items) == 1 else None
        file = code.argument("file")
        name = "Dockerfile" if file is None else self.read(file, frame)
        if folder is None or name is None:
            return None
        return _command(self.folders.files.get(posixpath.join(folder, name), b""))


def _command(dockerfile: bytes) -> str | None:
    """The one word of a Dockerfile's last ``CMD``."""
    found = _COMMAND.findall(dockerfile)
    try:
        words = json.loads(found[-1]) if found else None
    except ValueError:
        return None
    return words[0] if isinstance(words, list) and len(words) == 1 else None


_IMAGES = ("DockerImageCode.from_image_asset", "AssetImageCode")


def _kind(code: Value) -> tuple[CodeKind, Value | None]:
    """The kind of a function's code, and the value of its path or text."""
    if code.kind == "dict" or code.cdk == "aws_lambda.CfnFunction.CodeProperty":
        entries = code.entries if code.kind == "dict" else code.keywords
        text = (entries or {}).get("zip_file") or (entries or {}).get("zipFile")
        return ("inline", text) if text is not None else ("elsewhere", None)
    name = code.cdk.removeprefix("aws_lambda.") if code.kind == "call" else ""
    if name in ("Code.from_inline", "InlineCode", "InlineCode.from_inline"):
        return "inline", code.argument("code", 0)
    if name in ("Code.from_asset", "AssetCode", "AssetCode.from_asset"):
        return "asset", code.argument("path", 0)
    if name in _IMAGES or name.endswith(".from_asset_image"):
        return "image", code.argument("directory", 0)
    return "elsewhere", None


def _runtime(value: Value | None) -> str | None:
    """Lambda's name of a runtime: ``Runtime.PYTHON_3_12`` is ``python3.12``."""
    if value is None:
        return None
    if isinstance(value.constant, str):
        return value.constant
    if value.kind == "call" and value.cdk == "aws_lambda.Runtime":
        return _runtime(value.argument("name", 0))
    if value.kind != "member" or not value.cdk.startswith("aws_lambda.Runtime."):
        return None
    if value.cdk.endswith(".FROM_IMAGE"):
        return None
    first, *rest = value.cdk.rpartition(".")[2].lower().split("_")
    version = ".".join(rest)
    return f"{first}.{version}" if version[:1].isalpha() else first + version


def _path_read(value: Value, reader: TextReader) -> tuple[Module, str] | None:
    """The module and the path of ``open(path).read()`` or ``Path(path).read_text()``."""
    call, module = value.origin, value.origin_module
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return None
    source, path = call.func.value, None
    if call.func.attr == "read_text":
        path = reader.read(module, source)
    elif call.func.attr == "read":
        opened = _opened(module, source)
        path = reader.read(module, opened) if opened is not None else None
    return (module, path) if path is not None else None


def _opened(module: Module, source: ast.expr) -> ast.expr | None:
    """The path that a file object, or the name that ``with`` gives it, was opened with."""
    if isinstance(source, ast.Name):
        items = (
            item
            for ancestor in module.names.ancestors(source)
            if isinstance(ancestor, (ast.With, ast.AsyncWith))
            for item in ancestor.items
            if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == source.id
        )
        source = next((item.context_expr for item in items), source)
    if not isinstance(source, ast.Call) or not source.args:
        return None
    function = source.func
    return source.args[0] if isinstance(function, ast.Name) and function.id == "open" else None
