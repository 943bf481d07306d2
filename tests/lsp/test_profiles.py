"""The whole way in the editors that are tested: findings, quick fixes, the finished tree."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from tapfix import api
from tapfix.api.result import Mode
from tapfix.engine.diff import unified_diff
from tests.lsp.editor import Editor, editing, path_of, profiles, run

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(profiles())


def broken(folder: Path) -> Path:
    """A copy of the broken example."""
    app = folder / "product_catalog"
    shutil.copytree(EXAMPLES / "broken" / "product_catalog", app)
    return app


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def everywhere() -> lsp.Range:
    return lsp.Range(lsp.Position(0, 0), lsp.Position(9999, 0))


async def the(editor: Editor, path: Path, title: str) -> dict[str, Any]:
    """The first action in a file whose title begins so, and that can be chosen."""
    found = [
        one
        for one in await editor.actions(path, everywhere())
        if one["title"].startswith(title) and "disabled" not in one
    ]
    assert found, f"nothing is called {title}"
    return found[0]


async def named(editor: Editor, action: dict[str, Any]) -> set[Path]:
    """The files that an action's edit would change or make."""
    edit = editor.structured((await editor.chosen(action))["edit"])
    steps = edit.document_changes or ()
    texts = (step for step in steps if isinstance(step, lsp.TextDocumentEdit))
    return {path_of(step.text_document.uri) for step in texts}


@pytest.mark.parametrize("name", NAMES)
def test_the_broken_example_becomes_the_fixed_one(tmp_path: Path, name: str) -> None:
    async def test() -> None:
        app = broken(tmp_path)
        stack = app / "lib" / "tap_stack.py"
        handler = app / "lib" / "lambda" / "inventory_processor.py"
        async with editing(app, profile=profiles()[name]) as editor:
            editor.open(stack)
            editor.open(handler)
            assert {f"TAP{number:03}" for number in range(1, 11)} <= set(await editor.codes(stack))
            assert {"TAP012", "TAP013"} <= set(await editor.codes(handler))

            before = editor.buffers[stack].text
            # The handler is deployed by nothing yet: how it is to find its login cannot be known.
            await editor.do(await the(editor, stack, "TAP008"))
            # One fix in two files, and one that makes files.
            assert await named(editor, await the(editor, handler, "TAP012")) == {stack, handler}
            made = await named(editor, await the(editor, stack, "TAP014"))
            assert {stack, app / "lib" / "layers" / "bundling.py"} < made
            # Fixes one by one leave the same app, its statements in another order: undo.
            editor.rewrite(stack, before)

            await editor.do(await the(editor, stack, "TAP003"))
            assert editor.buffers[stack].text != before
            await editor.do(await the(editor, stack, "tapfix: fix everything"))
            assert [one for one in await editor.findings(stack) if one.severity != 4] == []
            editor.save_all()
            assert tree(app) == tree(EXAMPLES / "fixed" / "product_catalog")

    run(test())


def test_the_commands_show_and_fix_a_whole_app(tmp_path: Path) -> None:
    async def test() -> None:
        app = broken(tmp_path)
        async with editing(app, profile=profiles()["emacs"]) as editor:
            shown = await run_command(editor, "tapfix.diff", app.as_uri())
            done = api.run([str(app)], api.Options(mode=Mode.DRY_RUN))
            assert shown["diff"] == unified_diff(done.changes, str(app)).decode()
            assert shown["root"] == str(app)
            assert {one["path"] for one in shown["files"]} == set(done.changes)
            for one in shown["files"]:
                before, after = done.changes[one["path"]]
                assert one["before"] == (None if before is None else before.decode())
                assert one["after"] == (None if after is None else after.decode())
            assert await run_command(editor, "tapfix.diff", tmp_path.as_uri()) is None

            assert await run_command(editor, "tapfix.fixApp", (app / "app.py").as_uri()) is True
            editor.save_all()
            assert tree(app) == tree(EXAMPLES / "fixed" / "product_catalog")
            assert await run_command(editor, "tapfix.fixApp", app.as_uri()) is False
            assert editor.messages == ["tapfix: there is nothing to change"]

    run(test())


async def run_command(editor: Editor, name: str, uri: str) -> Any:
    params = lsp.ExecuteCommandParams(name, [uri])
    return await editor.ask(lsp.WORKSPACE_EXECUTE_COMMAND, params)
