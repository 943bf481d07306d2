"""From code in the stack to a folder that is deployed: which folder, which handler, which edits."""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass, replace

from tapfix.edits import CreateFile, DeleteFile, Edit, InsertStatements
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.lambdas.inline import InlineFunction, read_inline_functions
from tapfix.model.lambdas.snippets import Snippet, read_snippet
from tapfix.model.python.source import SourceError, decode
from tapfix.recipes.arguments import Obstacle, give
from tapfix.recipes.code.asset_folders import is_free_of_stacks, spell_folder
from tapfix.recipes.code.handler_names import snake
from tapfix.recipes.code.leftovers import is_used_once, leftovers
from tapfix.recipes.code.new_files import NewFiles
from tapfix.recipes.code.orphans import waiting_handler
from tapfix.recipes.imports import write

_WITHOUT_ASSETS = (".ProductStack", ".StackSetStack")
_L1 = "aws_lambda.CfnFunction"


@dataclass(frozen=True, slots=True, eq=False)
class Deployment:
    """What is deployed instead of an inline text.

    ``folder`` and ``file`` are absolute paths; ``text`` is what the file holds, None if it is there
    already; ``moved`` is the path where it was before, ``orphan`` the handler that the app held
    all along.
    """

    folder: str
    file: str
    function: str
    text: str | None = None
    moved: str | None = None
    orphan: Handler | None = None

    @property
    def handler(self) -> str:
        """What Lambda is told to run."""
        stem = posixpath.splitext(posixpath.relpath(self.file, self.folder))[0]
        return f"{stem}.{self.function}"


Deployments = tuple[tuple[InlineFunction, Deployment | Obstacle], ...]


def plan_deployments(app: App) -> Deployments:
    """What to deploy for each function with inline code, or why that cannot be told."""
    found: dict[InlineFunction, Deployment | Obstacle] = {}
    extracted: dict[InlineFunction, Snippet] = {}
    for inline in read_inline_functions(app):
        chosen = _chosen(app, inline)
        if isinstance(chosen, Snippet):
            extracted[inline] = chosen
        else:
            found[inline] = chosen
    for inline, file, text in NewFiles(app, extracted).placed():
        name = (inline.function.handler or "").rpartition(".")[2]
        moved = inline.function.path if inline.function.code == "file" else None
        found[inline] = Deployment(posixpath.dirname(file), file, name, text, moved)
    return tuple(found.items())


def _chosen(app: App, inline: InlineFunction) -> Deployment | Obstacle | Snippet:
    function = inline.function
    stem, _, name = (function.handler or "").rpartition(".")
    if not stem or not name.isidentifier():
        return Obstacle("the source does not tell its one handler")
    code = function.construct.value("code")
    if code is not None and not code.is_direct and code.shared:
        return Obstacle("several places use the object that holds its code")
    if _takes_no_assets(app, function.construct):
        return Obstacle("its stack takes no assets")
    orphan = waiting_handler(app, function)
    if isinstance(orphan, Obstacle):
        return orphan
    if orphan is not None:
        folder = posixpath.dirname(orphan.module.path)
        return Deployment(folder, orphan.module.path, name, orphan=orphan)
    if function.code == "file":
        return _of_file(app, inline, name)
    if inline.text is None:
        return Obstacle(_why_unknown(inline))
    snippet = read_snippet(inline.text, function.runtime, name)
    return Obstacle(snippet) if isinstance(snippet, str) else snippet


def _takes_no_assets(app: App, construct: Construct) -> bool:
    """Whether a folder cannot be deployed with the stack of a construct."""
    if any(b"BootstraplessSynthesizer" in data for data in app.files.values()):
        return True
    cls = app.class_around(construct)
    bases = app.evaluator.resolver.library_bases(cls) if cls is not None else ()
    return any(base.endswith(_WITHOUT_ASSETS) for base in bases)


def _why_unknown(inline: InlineFunction) -> str:
    if inline.fields:
        return (
            "its text is put together at synth: pass"
            f" {', '.join(inline.fields)} as environment variables, then it can be a file"
        )
    return "its text is made at synth, it does not stand in the source as it is"


def _of_file(app: App, inline: InlineFunction, name: str) -> Deployment | Obstacle | Snippet:
    """The folder of a file whose text the app reads; its code, if it is to have another folder."""
    path = inline.function.path or ""
    data = app.files.get(path)
    if data is None or not path.endswith(".py"):
        return Obstacle("tapfix reads no file but Python's: deploy the folder of this one")
    try:
        text = decode(path, data)
        snippet = read_snippet(text, inline.function.runtime, name)
    except SourceError:
        snippet = "the file cannot be read"
    if isinstance(snippet, str):
        return Obstacle(snippet)
    source = _read_from(inline)
    if inline.name is None and isinstance(source, ast.Name):
        return Obstacle("it is made while the file is open: deploy the file's folder instead")
    folder = posixpath.dirname(path)
    if is_free_of_stacks(app, folder):
        return Deployment(folder, path, name)
    if is_used_once(app, path):
        return replace(snippet, text=text)
    return Obstacle(f"{app.relative(path)} lies among stack code: give it its own folder")


def _read_from(inline: InlineFunction) -> ast.expr | None:
    """The path, or the open file, whose text a function gets."""
    node = inline.given.origin
    if inline.function.code != "file" or not isinstance(node, ast.Call):
        return None
    source = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(source, ast.Call) and ast.unparse(source.func) == "open":
        return source.args[0] if source.args else None
    return source


def edits_for(
    app: App, inline: InlineFunction, deployment: Deployment
) -> tuple[Edit, ...] | Obstacle:
    """The edits that have a function deploy a folder instead of its text."""
    construct = inline.function.construct
    path = spell_folder(app, construct, deployment.folder, _read_from(inline))
    code = (
        _code_of_l1(app, construct, path)
        if construct.is_a(_L1)
        else give(app, construct, "code", f"<aws_lambda.Code>.from_asset({path})")
    )
    if isinstance(code, Obstacle):
        return code
    handler = give(app, construct, "handler", f'"{deployment.handler}"')
    if isinstance(handler, Obstacle):
        return handler
    files: list[Edit] = []
    if deployment.text is not None:
        files.append(CreateFile(deployment.file, deployment.text))
    if deployment.moved is not None:
        files.append(DeleteFile(deployment.moved))
    return (*files, *code, *handler, *leftovers(construct.module, inline))


def _code_of_l1(app: App, construct: Construct, path: str) -> tuple[Edit, ...] | Obstacle:
    """An asset before a ``CfnFunction``, which takes its code from a bucket only."""
    module, node = construct.module, construct.node
    statement = module.names.statement(node)
    name = construct.id.constant if construct.id is not None else None
    alone = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)) and (
        statement.value is node
    )
    if not alone or not isinstance(name, str) or construct.scope is None:
        return Obstacle("CfnFunction takes code from a bucket: it needs an aws_s3_assets.Asset")
    bound, asset_id = f"{snake(name) or 'function'}_code", f"{name}Code"
    same = (one.id.constant for one in app.constructs if one.id is not None)
    if module.scope_of(node).lookup(bound) or asset_id in same:
        return Obstacle(f"the name {bound} or the id {asset_id} for its asset is taken")
    scope = construct.scope.source
    asset = write(
        app, module, node, f'{bound} = <aws_s3_assets.Asset>({scope}, "{asset_id}", path={path})'
    )
    place = f"s3_bucket={bound}.s3_bucket_name, s3_key={bound}.s3_object_key"
    code = give(app, construct, "code", f"<{_L1}.CodeProperty>({place})")
    if isinstance(code, Obstacle):
        return code
    inserted = InsertStatements(module.ref(statement), asset.text, before=True)
    return (inserted, *asset.imports, *code)
