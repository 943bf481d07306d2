"""What the editor shows of findings, and which actions it offers, without a server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from tapfix import api
from tapfix.api.workspace import Workspace
from tapfix.lsp.actions import Actions, OutdatedError, data_of, order_of
from tapfix.lsp.client import Client
from tapfix.lsp.diagnostics import Board, board_of
from tapfix.lsp.documents import Document
from tapfix.lsp.hover import hover_of
from tapfix.lsp.settings import options_of
from tapfix.lsp.text import Text
from tapfix.lsp.uris import uri_of
from tapfix.lsp.workspace_edits import CannotEdit, Warning, workspace_edit
from tapfix.rule import Profile
from tests.lsp.test_workspace import EXAMPLES, STACK, app, silent

ABLE = Client(
    versions=True,
    creates=True,
    deletes=True,
    resolves=True,
    disables=True,
    asks=True,
    applies=True,
    markdown=True,
    related=True,
    links=True,
)
ALL_RULES = api.Options()
EVERYWHERE = lsp.Range(lsp.Position(0, 0), lsp.Position(9999, 0))


def seen(root: Path, client: Client, options: api.Options = ALL_RULES, **texts: str) -> Actions:
    """The actions in an app with some texts open, by the stems of their files."""
    workspace = Workspace((str(root),), options)
    documents = {}
    for stem, text in texts.items():
        path = str(root / f"{stem}.py")
        documents[path] = Document(uri_of(path), path, 7, Text(text))
    # What parses stands before what does not.
    view = workspace.see({}, silent)
    view = workspace.see({path: one.data for path, one in documents.items()}, silent)
    return Actions(view, board_of(view, documents, client), documents, client)


def offers(
    actions: Actions, path: Path, only: list[str] | None = None
) -> dict[str, lsp.CodeAction]:
    return {one.title: one for one in actions.offered(str(path), EVERYWHERE, only)}


def chosen(actions: Actions, action: lsp.CodeAction) -> lsp.WorkspaceEdit:
    edit = actions.work_out(order_of(action.data)).edit
    assert edit is not None
    return edit


def new_texts(edit: lsp.WorkspaceEdit) -> list[str]:
    steps = edit.document_changes or ()
    return [
        one.new_text
        for step in steps
        if isinstance(step, lsp.TextDocumentEdit)
        for one in step.edits
        if isinstance(one, (lsp.TextEdit, lsp.AnnotatedTextEdit))
    ]


def test_listing_is_cheap_and_a_choice_is_worked_out(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), ABLE, stack=STACK)
    found = offers(actions, tmp_path / "stack.py")
    assert sorted(found) == [
        "Ignore TAP002 in this file",
        "Ignore TAP002 on this line",
        "Ignore TAP016 in this file",
        "Ignore TAP016 on this line",
        "Ignore TAP017 in this file",
        "Ignore TAP017 on this line",
        "Ignore TAP018 in this file",
        "Ignore TAP018 on this line",
        "TAP002: delete the bucket with its stack (data dies with the stack)",
        "TAP016: let objects expire after 1095 days (data expires)",
        "TAP017: put the bucket name into an output",
        "TAP018: say `encryption`: encrypted by AWS (in place)",
        "tapfix: fix everything in " + tmp_path.name,
        "tapfix: fix what is safe to fix in this file",
    ]
    assert all(one.edit is None and one.data is not None for one in found.values())
    assert [t for t, one in found.items() if one.is_preferred] == [
        "TAP017: put the bucket name into an output",
        "TAP018: say `encryption`: encrypted by AWS (in place)",
    ]
    edit = chosen(actions, found["TAP018: say `encryption`: encrypted by AWS (in place)"])
    (step,) = edit.document_changes or ()
    assert isinstance(step, lsp.TextDocumentEdit)
    assert step.text_document.version == 7
    assert edit.change_annotations is None


def test_what_lets_data_die_asks_first(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), ABLE, stack=STACK)
    found = offers(actions, tmp_path / "stack.py")
    harmful = next(one for title, one in found.items() if title.startswith("TAP002"))
    edit = chosen(actions, harmful)
    (note,) = (edit.change_annotations or {}).values()
    assert note.needs_confirmation
    assert "data dies with the stack" in note.label
    (step,) = edit.document_changes or ()
    assert isinstance(step, lsp.TextDocumentEdit)
    assert all(isinstance(one, lsp.AnnotatedTextEdit) for one in step.edits)


def test_an_editor_that_cannot_resolve_gets_whole_edits(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), Client(), stack=STACK)
    found = offers(actions, tmp_path / "stack.py")
    assert all(one.edit is not None and one.edit.changes for one in found.values())
    assert len(found) == 14


def test_long_work_waits_as_a_command_where_an_edit_cannot_be_resolved(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), Client(applies=True), stack=STACK)
    found = offers(actions, tmp_path / "stack.py", ["source"])
    whole = found[f"tapfix: fix everything in {tmp_path.name}"]
    assert whole.edit is None and whole.command is not None
    assert order_of((whole.command.arguments or [None])[0]).deed == "fix-app"


@pytest.mark.parametrize(
    ("only", "count"),
    [
        (["quickfix"], 12),
        (["source"], 2),
        (["source.fixAll"], 1),
        (["source.fixAll.tapfix"], 1),
        (["source.fixAll.ruff"], 0),
        (["source.tapfix.fixApp"], 1),
        (["source.organizeImports"], 0),
        (["refactor", "quickfix"], 12),
        ([""], 14),
    ],
)
def test_only_what_is_asked_for_is_offered(tmp_path: Path, only: list[str], count: int) -> None:
    actions = seen(app(tmp_path), ABLE, stack=STACK)
    assert len(offers(actions, tmp_path / "stack.py", only)) == count


def test_a_save_mends_only_what_is_mild(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), ABLE, stack=STACK)
    (safe,) = offers(actions, tmp_path / "stack.py", ["source.fixAll"]).values()
    edit = chosen(actions, safe)
    assert edit.change_annotations is None
    written = "".join(new_texts(edit))
    assert "encryption=" in written and "CfnOutput" in written
    assert "DESTROY" not in written and "expiration" not in written


def test_all_of_a_kind_are_mended_in_the_app(tmp_path: Path) -> None:
    root = app(tmp_path, other=STACK.replace("StoreStack", "OtherStack"))
    actions = seen(root, ABLE, stack=STACK)
    found = offers(actions, root / "stack.py", ["quickfix"])
    edit = chosen(actions, found[f"TAP002: fix all 2 in {tmp_path.name}"])
    steps = [step for step in edit.document_changes or () if isinstance(step, lsp.TextDocumentEdit)]
    assert [Path(step.text_document.uri).name for step in steps] == ["other.py", "stack.py"]
    assert [step.text_document.version for step in steps] == [None, 7]
    assert "encryption" not in "".join(new_texts(edit))


def test_a_comment_silences_one_finding_or_a_file(tmp_path: Path) -> None:
    root = app(tmp_path)
    actions = seen(root, ABLE, stack=STACK)
    found = offers(actions, root / "stack.py", ["quickfix"])
    line = new_texts(chosen(actions, found["Ignore TAP002 on this line"]))
    file = new_texts(chosen(actions, found["Ignore TAP002 in this file"]))
    assert line == ["  # tapfix: ignore[TAP002]"]
    assert file == ["# tapfix: ignore-file[TAP002]\n"]
    silenced = seen(root, ABLE, stack=file[0] + STACK)
    assert "TAP002" not in {one.code for one in silenced.board.diagnostics(str(root / "stack.py"))}


def test_what_cannot_be_mended_says_why() -> None:
    options = api.Options(profile=Profile.PRODUCTION)
    root = EXAMPLES / "encryption"
    stacks = [path for path in root.rglob("*.py") if b"aws_cdk" in path.read_bytes()]
    for client, shown in ((ABLE, True), (replace(ABLE, disables=False), False)):
        actions = seen(root, client, options)
        found = [one for path in stacks for one in offers(actions, path).values()]
        disabled = [one for one in found if one.disabled is not None]
        assert bool(disabled) == shown
        assert all("profile production" in one.disabled.reason for one in disabled if one.disabled)


def test_no_edit_is_made_for_a_text_that_is_no_python(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), ABLE, stack=f"{STACK}x = (\n")
    path = tmp_path / "stack.py"
    for title, action in offers(actions, path, ["quickfix"]).items():
        outcome = actions.work_out(order_of(action.data))
        assert outcome.edit is None, title
        assert outcome.refused == "stack.py is no valid Python as it stands"
    # What was refused once is told with the next list.
    assert all(one.disabled is not None for one in offers(actions, path, ["quickfix"]).values())


def test_an_action_on_a_finding_that_is_gone_is_outdated(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), ABLE, stack=STACK)
    (action, *_) = offers(actions, tmp_path / "stack.py", ["quickfix"]).values()
    later = seen(tmp_path, ABLE, stack="x = 1\n")
    with pytest.raises(OutdatedError):
        later.work_out(order_of(action.data))


@pytest.mark.parametrize(
    "data", [None, 1, "fix", [], {}, {"deed": "fix"}, {"deed": {}, "path": []}]
)
def test_what_is_no_order_is_outdated(data: Any) -> None:
    with pytest.raises(OutdatedError):
        order_of(data)


def test_an_order_comes_back_as_it_was(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), ABLE, stack=STACK)
    for action in offers(actions, tmp_path / "stack.py").values():
        assert data_of(order_of(action.data)) == action.data


CHANGES: dict[str, tuple[bytes | None, bytes | None]] = {
    "/app/new.py": (None, b"x = 1\n"),
    "/app/old.py": (b"x = 1\n", None),
    "/app/some.py": (b"x = 1\ny = 2\n", b"x = 1\ny = 3\n"),
}


def test_files_are_made_and_deleted_where_the_editor_can() -> None:
    edit = workspace_edit(CHANGES, {}, ABLE, Warning("label", "why"))
    kinds = [type(step).__name__ for step in edit.document_changes or ()]
    assert kinds == ["CreateFile", "TextDocumentEdit", "DeleteFile", "TextDocumentEdit"]
    assert all(getattr(step, "annotation_id", "") for step in (edit.document_changes or ())[:1])


def test_what_an_editor_cannot_do_is_said() -> None:
    with pytest.raises(CannotEdit, match="cannot create"):
        workspace_edit(CHANGES, {}, Client())
    with pytest.raises(CannotEdit, match="cannot delete"):
        workspace_edit(CHANGES, {}, replace(ABLE, deletes=False))


def test_some_editors_make_a_file_when_they_edit_it() -> None:
    new = {"/app/new.py": CHANGES["/app/new.py"]}
    edit = workspace_edit(new, {}, Client(makes_files=True))
    assert [one.new_text for one in (edit.changes or {})["file:///app/new.py"]] == ["x = 1\n"]


def shown(root: Path, client: Client = ABLE, **texts: str) -> tuple[Board, list[lsp.Diagnostic]]:
    board = seen(root, client, ALL_RULES, **texts).board
    return board, board.diagnostics(str(root / "stack.py"))


def test_a_diagnostic_says_what_a_finding_says(tmp_path: Path) -> None:
    _, diagnostics = shown(app(tmp_path))
    by_code = {one.code: one for one in diagnostics}
    critical = by_code["TAP002"]
    assert critical.severity == lsp.DiagnosticSeverity.Error
    assert by_code["TAP016"].severity == lsp.DiagnosticSeverity.Information
    assert critical.source == "tapfix"
    assert critical.code_description is not None
    assert critical.code_description.href.endswith("/rules/tap002")
    assert critical.tags is None
    start, end = critical.range.start, critical.range.end
    assert STACK.splitlines()[start.line][start.character : end.character].startswith("Removal")
    _, bare = shown(tmp_path, Client())
    assert all(one.code_description is None for one in bare)


def test_a_range_ends_with_its_first_line(tmp_path: Path) -> None:
    text = STACK.replace("RemovalPolicy.RETAIN", "RemovalPolicy\\\n        .RETAIN")
    _, diagnostics = shown(app(tmp_path), stack=text)
    assert all(one.range.start.line == one.range.end.line for one in diagnostics)


def test_a_mark_at_the_beginning_counts_where_the_editor_has_it(tmp_path: Path) -> None:
    line = "from aws_cdk import RemovalPolicy, Stack, aws_s3 as s3; s3.Bucket(Stack(), 'A')\n"
    plain = shown(app(tmp_path), stack=line)[1]
    marked = shown(tmp_path, stack=f"\ufeff{line}")[1]
    columns = [(one.code, one.range.start.character + 1) for one in plain]
    assert [(one.code, one.range.start.character) for one in marked] == columns != []


def test_a_comment_that_silences_nothing_is_greyed(tmp_path: Path) -> None:
    text = STACK.replace("super()", "super()  # tapfix: ignore[TAP003] é", 1)
    text = STACK.replace("Stack):\n", "Stack):  # tapfix: ignore[TAP003] é\n", 1)
    _, diagnostics = shown(app(tmp_path), stack=text)
    (idle,) = [one for one in diagnostics if one.tags]
    assert idle.tags == [lsp.DiagnosticTag.Unnecessary]
    assert idle.range.end.character - idle.range.start.character == len(
        "# tapfix: ignore[TAP003] é"
    )


def streaming(folder: Path) -> Path:
    """An app that deploys a handler which takes Kinesis data as they come."""
    app(folder, stack=STREAM)
    (folder / "code").mkdir()
    (folder / "code" / "main.py").write_text(
        "import json\n\n\ndef handler(event, context):\n"
        '    for record in event["Records"]:\n        json.loads(record["kinesis"]["data"])\n'
    )
    return folder


STREAM = """\
from aws_cdk import Stack, aws_lambda as lambda_


class StreamStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        lambda_.Function(
            self,
            "Reader",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="main.handler",
            code=lambda_.Code.from_asset("code"),
        )
"""


def test_a_handlers_finding_leads_to_what_deploys_it(tmp_path: Path) -> None:
    leading = set()
    roots = [EXAMPLES / "handler_errors", EXAMPLES / "hardcoded_credentials", streaming(tmp_path)]
    for root in roots:
        actions = seen(root, ABLE)
        for one in (one for found in actions.board.shown.values() for one in found):
            for related in one.diagnostic.related_information or ():
                text = Path(related.location.uri.removeprefix("file://")).read_text().splitlines()
                start, end = related.location.range.start, related.location.range.end
                assert "Function" in text[start.line][start.character : end.character]
                leading.add(one.diagnostic.code)
        plain = seen(root, Client()).board.shown.values()
        assert all(one.diagnostic.related_information is None for found in plain for one in found)
    assert leading == {"TAP012", "TAP013", "TAP020"}


def test_the_hover_is_the_manual_page(tmp_path: Path) -> None:
    actions = seen(app(tmp_path), ABLE)
    here = actions.board.shown[str(tmp_path / "stack.py")][:1]
    for markdown, mark in ((True, "**Why it matters**"), (False, "\nWhy it matters\n")):
        hover = hover_of(here, markdown)
        assert hover is not None and isinstance(hover.contents, lsp.MarkupContent)
        assert mark in hover.contents.value
        assert here[0].found.rule.name in hover.contents.value
    assert hover_of([], True) is None


@pytest.mark.parametrize(
    ("settings", "wanted", "faults"),
    [
        (None, api.Options(), 0),
        ({}, api.Options(), 0),
        ({"select": ["TAP002"], "trace": "off"}, api.Options(select=("TAP002",)), 0),
        ({"settings": {"tapfix": {"ignore": ["x"]}}}, api.Options(ignore=("x",)), 0),
        ({"profile": "production"}, api.Options(profile=Profile.PRODUCTION), 0),
        ({"profile": None, "config": ""}, api.Options(), 0),
        ({"config": "a.toml"}, api.Options(config=Path("/here/a.toml")), 0),
        ({"config": "/a.toml"}, api.Options(config=Path("/a.toml")), 0),
        ({"allowReplace": True}, api.Options(allow_replace=True), 0),
        ({"allowReplace": 1, "select": "x", "profile": 3, "config": 4}, api.Options(), 4),
    ],
)
def test_settings_are_those_of_the_command_line(
    settings: Any, wanted: api.Options, faults: int
) -> None:
    options, told = options_of(settings, ("/here",))
    assert options == wanted
    assert len(told) == faults
