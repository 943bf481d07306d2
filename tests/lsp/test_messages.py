"""What editors send in good and in bad faith, over real pipes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.lsp.editor import Editor, editing, plain, profiles, run
from tests.lsp.test_workspace import STACK, app

HERE = lsp.Range(lsp.Position(6, 10), lsp.Position(6, 10))


ODD_REQUESTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tapfix/unknown", {}),
    (lsp.TEXT_DOCUMENT_HOVER, {"position": {"line": -1, "character": 0}}),
    (lsp.CODE_ACTION_RESOLVE, {"title": "x", "data": {"deed": ["fix"]}}),
    (lsp.CODE_ACTION_RESOLVE, {"title": "x", "data": 3}),
    (lsp.WORKSPACE_EXECUTE_COMMAND, {"command": "tapfix.apply", "arguments": []}),
    (lsp.WORKSPACE_EXECUTE_COMMAND, {"command": "tapfix.diff", "arguments": [1]}),
    (lsp.WORKSPACE_EXECUTE_COMMAND, {"command": "rm", "arguments": ["-rf"]}),
)


def document(path: Path) -> lsp.TextDocumentIdentifier:
    return lsp.TextDocumentIdentifier(path.as_uri())


async def send_raw(editor: Editor, body: bytes) -> None:
    """Bytes that no client of ours would send."""
    server = editor.client._server
    assert server is not None and server.stdin is not None
    server.stdin.write(body)
    await server.stdin.drain()


def message(content: object) -> bytes:
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def test_nothing_that_comes_in_stops_the_server(tmp_path: Path) -> None:
    async def test() -> None:
        stack = app(tmp_path) / "stack.py"
        async with editing(tmp_path, profile=profiles()["neovim"]) as editor:
            editor.open(stack)
            whole = await editor.codes(stack)
            await send_raw(editor, b"Content-Length: 5\r\n\r\n{{{{{")
            await send_raw(editor, b"Content-Length: 2\r\n\r\n\xff\xfe")
            await send_raw(editor, b"Nonsense: 1\r\nContent-Length: x\r\n\r\n")
            await send_raw(editor, message([]))
            await send_raw(editor, message({"jsonrpc": "2.0"}))
            await send_raw(editor, message({"jsonrpc": "2.0", "method": "tapfix/unknown"}))
            await send_raw(editor, message({"jsonrpc": "2.0", "id": "nobody", "result": 1}))
            await send_raw(
                editor,
                message({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"x": 1}}),
            )
            for path in (tmp_path / "never_opened.py", Path("/nowhere/at/all.py")):
                editor.client.text_document_did_close(
                    lsp.DidCloseTextDocumentParams(document(path))
                )
                editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(document(path)))
            item = lsp.VersionedTextDocumentIdentifier(1, (tmp_path / "never_opened.py").as_uri())
            change = lsp.TextDocumentContentChangeWholeDocument("x = 1\n")
            editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(item, [change]))
            odd = lsp.TextDocumentItem("untitled:Untitled-1", "python", 1, STACK)
            editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(odd))

            # A request that makes no sense has an answer, so that nobody waits for it.
            for method, content in ODD_REQUESTS:
                number = f"odd {method}"
                answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
                editor.client.protocol._request_futures[number] = answer  # type: ignore[assignment]
                await send_raw(
                    editor,
                    message({"jsonrpc": "2.0", "id": number, "method": method, "params": content}),
                )
                with pytest.raises(JsonRpcException):
                    await asyncio.wait_for(answer, 20)

            far = lsp.Position(10**6, 10**6)
            params = lsp.HoverParams(document(stack), far)
            assert await editor.client.text_document_hover_async(params) is None
            assert await editor.actions(stack, lsp.Range(far, far), ["quickfix"]) == []
            editor.change(
                stack,
                editor.buffers[stack].text + "# end\n",
                [lsp.TextDocumentContentChangePartial(lsp.Range(far, far), "# end\n")],
            )
            assert await editor.codes(stack) == whole

    run(test())


def test_two_hundred_keys_a_syntax_error_and_a_file_that_goes(tmp_path: Path) -> None:
    async def test() -> None:
        stack = app(tmp_path) / "stack.py"
        profile = profiles()["emacs"]
        async with editing(tmp_path, profile=profile) as editor:
            editor.open(stack)
            whole = await editor.findings(stack)
            assert len(whole) == 4

            # In the middle of a statement the last good findings stay, where they were.
            editor.replace(stack, "class StoreStack", "x = (\nclass StoreStack")
            typing = await editor.findings(stack)
            assert [one.message for one in typing] == [one.message for one in whole]
            lines = [one.range.start.line for one in typing]
            assert lines == [one.range.start.line + 1 for one in whole]
            assert await editor.actions(stack, typing[0].range, ["quickfix"]) == []

            editor.replace(stack, "x = (\n", "")
            for number in range(200):
                editor.replace(stack, "\n\n\nclass", f"\n\n# {number}\n\n\nclass")
                editor.replace(stack, f"# {number}\n", "")
            editor.replace(stack, "RETAIN)", "DESTROY, auto_delete_objects=True)")
            assert "TAP002" not in await editor.codes(stack)

            stack.unlink()
            editor.client.workspace_did_change_watched_files(
                lsp.DidChangeWatchedFilesParams(
                    [lsp.FileEvent(stack.as_uri(), lsp.FileChangeType.Deleted)]
                )
            )
            editor.replace(stack, "DESTROY, auto_delete_objects=True)", "RETAIN)")
            assert "TAP002" in await editor.codes(stack)
            editor.close(stack)
            await editor.until(lambda: not editor.sent[stack].diagnostics, "what is gone to go")

    run(test())


def test_a_file_of_five_megabytes_is_taken_too(tmp_path: Path) -> None:
    async def test() -> None:
        stack = app(tmp_path) / "stack.py"
        large = tmp_path / "data.py"
        large.write_text("ROWS = [\n" + '    "0123456789abcdef",\n' * 220_000 + "]\n")
        async with editing(tmp_path, profile=plain()) as editor:
            editor.open(large)
            editor.open(stack)
            editor.replace(stack, "RETAIN", "SNAPSHOT")
            editor.replace(large, "ROWS", "LINES")
            assert len(await editor.codes(stack)) == 4
            assert await editor.findings(large) == []

    run(test())


def test_settings_come_first_from_the_start_then_from_the_editor(tmp_path: Path) -> None:
    async def test() -> None:
        stack = app(tmp_path) / "stack.py"
        asked: dict[str, Any] = {"select": ["TAP002"]}
        profile = profiles()["emacs"]
        async with editing(tmp_path, profile=profile, settings=asked) as editor:
            editor.open(stack)
            await editor.until(lambda: shown(editor, stack) == ["TAP002"], "the settings")
            editor.client.set_configuration({"ignore": ["TAP002", "TAP018"]}, section="tapfix")
            changed = lsp.DidChangeConfigurationParams(None)
            editor.client.workspace_did_change_configuration(changed)
            await editor.until(lambda: shown(editor, stack) == ["TAP016", "TAP017"], "new settings")
            editor.client.set_configuration({"select": "TAP002", "profile": "x"}, section="tapfix")
            editor.client.workspace_did_change_configuration(changed)
            await editor.until(lambda: len(editor.messages) == 2, "a word on bad settings")
            assert "tapfix.select must be a list" in editor.messages[0]
            editor.client.set_configuration({"select": ["TAP9"]}, section="tapfix")
            editor.client.workspace_did_change_configuration(changed)
            await editor.until(lambda: "no rule 'TAP9'" in editor.messages[-1], "unknown rules")

    run(test())


def shown(editor: Editor, path: Path) -> list[str]:
    """The codes that were sent last for a file."""
    sent = editor.sent.get(path)
    return sorted(str(one.code) for one in sent.diagnostics) if sent is not None else []


def test_what_is_saved_counts_where_nobody_watches_the_disk(tmp_path: Path) -> None:
    async def test() -> None:
        stack = app(tmp_path) / "stack.py"
        settings = tmp_path / "tapfix.toml"
        profile = profiles()["neovim"]
        async with editing(tmp_path, profile=profile, initial={"ignore": ["TAP018"]}) as editor:
            assert editor.watched == []
            editor.open(stack)
            assert await editor.codes(stack) == ["TAP002", "TAP016", "TAP017"]
            settings.write_text('profile = "production"\n')
            editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(document(settings)))
            await editor.until(lambda: shown(editor, stack) == ["TAP016", "TAP017"], "settings")
            settings.unlink()
            editor.open(tmp_path / "another.py", "x = 1\n")
            await editor.until(lambda: "TAP002" in shown(editor, stack), "no settings")

    run(test())


def test_findings_of_files_that_are_not_open_are_sent_and_go(tmp_path: Path) -> None:
    async def test() -> None:
        one, other = app(tmp_path / "one"), app(tmp_path / "other")
        outside = tmp_path / "outside.py"
        outside.write_text(STACK)
        async with editing(one, other, profile=profiles()["emacs"]) as editor:
            await editor.until(lambda: len(editor.sent) == 2, "both apps")
            editor.open(one / "stack.py")
            editor.open(outside)
            editor.rewrite(one / "stack.py", "from aws_cdk import Stack\n")
            assert await editor.findings(one / "stack.py") == []
            assert outside not in editor.sent, "a word on a file of no app"
            gone = lsp.WorkspaceFoldersChangeEvent(
                [], [lsp.WorkspaceFolder(other.as_uri(), "other")]
            )
            editor.client.workspace_did_change_workspace_folders(
                lsp.DidChangeWorkspaceFoldersParams(gone)
            )
            await editor.until(
                lambda: not editor.sent[other / "stack.py"].diagnostics, "the folder to go"
            )

    run(test())


def test_findings_are_fetched_once_and_then_only_what_is_new(tmp_path: Path) -> None:
    async def fetch(editor: Editor, path: Path, known: str | None) -> Any:
        params = lsp.DocumentDiagnosticParams(document(path), previous_result_id=known)
        return await editor.client.text_document_diagnostic_async(params)

    async def fetch_all(editor: Editor, known: dict[Path, str]) -> dict[str, str]:
        previous = [lsp.PreviousResultId(path.as_uri(), one) for path, one in known.items()]
        params = lsp.WorkspaceDiagnosticParams(previous)
        report = await editor.client.workspace_diagnostic_async(params)
        return {Path(item.uri).name: item.kind for item in report.items}

    async def test() -> None:
        app(tmp_path, other=STACK.replace("StoreStack", "OtherStack"))
        stack, other = tmp_path / "stack.py", tmp_path / "other.py"
        async with editing(tmp_path, profile=profiles()["vscode"]) as editor:
            await editor.until(lambda: {stack, other} <= editor.sent.keys(), "files not open")
            editor.open(stack)
            await editor.until(lambda: not editor.sent[stack].diagnostics, "the open one to go")
            first = await fetch(editor, stack, None)
            assert len(first.items) == 4
            assert (await fetch(editor, stack, first.result_id)).kind == "unchanged"

            assert await fetch_all(editor, {stack: first.result_id}) == {
                "stack.py": "unchanged",
                "other.py": "full",
            }
            await editor.until(lambda: not editor.sent[other].diagnostics, "what is fetched to go")

            refreshes = editor.refreshes
            editor.replace(stack, "RETAIN", "SNAPSHOT")
            assert (await fetch(editor, stack, first.result_id)).kind == "full"
            other.write_text("x = 1\n")
            event = lsp.FileEvent(other.as_uri(), lsp.FileChangeType.Changed)
            editor.client.workspace_did_change_watched_files(
                lsp.DidChangeWatchedFilesParams([event])
            )
            await editor.until(lambda: editor.refreshes > refreshes, "a word that files changed")
            kinds = await fetch_all(editor, {other: "1"})
            assert kinds == {"stack.py": "full", "other.py": "full"}

    run(test())


def test_a_rule_that_crashes_is_told_once_and_prints_into_no_message(tmp_path: Path) -> None:
    program = tmp_path / "serve.py"
    program.write_text(
        "from dataclasses import replace\n"
        "from tapfix.codemods import tap002_bucket_retain as module\n"
        "def find(app):\n"
        "    print('Content-Length: 9', end='\\r\\n\\r\\n', flush=True)\n"
        "    raise LookupError('of a rule')\n"
        "module.RULE = replace(module.RULE, find=find)\n"
        "from tapfix.lsp.server import serve\n"
        "raise SystemExit(serve())\n"
    )

    async def test() -> None:
        stack = app(tmp_path / "app") / "stack.py"
        async with editing(
            tmp_path / "app", profile=profiles()["emacs"], program=(str(program),)
        ) as editor:
            editor.open(stack)
            for number in range(3):
                editor.replace(stack, "class", f"# {number}\nclass")
                assert await editor.codes(stack) == ["TAP016", "TAP017", "TAP018"]
            told = [one.message for one in editor.client.log_messages]
            assert len([line for line in told if "LookupError: of a rule" in line]) == 1

    run(test())


def test_the_command_says_what_is_missing() -> None:
    code = "import sys; sys.modules['pygls'] = None; from tapfix.cli import main; main(['server'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert 'pip install "tapfix[lsp]"' in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("says_goodbye", [True, False])
def test_the_server_ends_with_its_editor(says_goodbye: bool) -> None:
    goodbye = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"jsonrpc": "2.0", "id": 2, "method": "shutdown"},
        {"jsonrpc": "2.0", "method": "exit"},
    ]
    sent = b"".join(map(message, goodbye)) if says_goodbye else b"Content-Length: 100\r\n\r\n{"
    done = subprocess.run(
        [sys.executable, "-m", "tapfix", "server", "--stdio"],
        input=sent,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == (0 if says_goodbye else 1)
