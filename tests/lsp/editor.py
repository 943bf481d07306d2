"""A small editor at the other end of the server's pipes: buffers, and edits as a client makes them.

How it counts positions and applies edits is written apart from the server's own way.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

PATIENCE = 20.0
"""Seconds to wait for the server before a test fails; it takes a fraction of one."""


@dataclass(frozen=True)
class Profile:
    """An editor by its name, and what it says that it can do."""

    name: str
    capabilities: lsp.ClientCapabilities


def _vscode() -> Profile:
    told = client_capabilities("visual_studio_code")
    # What vscode-languageclient 9 says beyond the version that pytest-lsp has caught.
    assert told.text_document is not None and told.workspace is not None
    told.text_document.diagnostic = lsp.DiagnosticClientCapabilities(True, False)
    told.workspace.diagnostics = lsp.DiagnosticWorkspaceClientCapabilities(True)
    told.general = lsp.GeneralClientCapabilities(
        position_encodings=[lsp.PositionEncodingKind.Utf16]
    )
    return Profile("Visual Studio Code", told)


def profiles() -> dict[str, Profile]:
    """The editors that are tested."""
    return {
        "vscode": _vscode(),
        "neovim": Profile("Neovim", client_capabilities("neovim@v0.11.0")),
        "emacs": Profile("Emacs (eglot)", client_capabilities("emacs@v29.1")),
    }


def plain() -> Profile:
    """An editor that says nothing of itself."""
    return Profile("plain", lsp.ClientCapabilities())


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run a test that speaks with a server, in an event loop of its own."""
    asyncio.run(test)


@dataclass
class Buffer:
    """A text that is open."""

    path: Path
    version: int
    text: str


@dataclass
class Editor:
    """An editor with its buffers; ``folders`` are those that it was opened on."""

    client: LanguageClient
    profile: Profile
    answer: lsp.InitializeResult | None = None
    buffers: dict[Path, Buffer] = field(default_factory=dict)
    sent: dict[Path, lsp.PublishDiagnosticsParams] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    applied: list[lsp.WorkspaceEdit] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    refreshes: int = 0

    @property
    def encoding(self) -> str:
        assert self.answer is not None
        chosen = self.answer.capabilities.position_encoding
        return chosen.value if isinstance(chosen, lsp.PositionEncodingKind) else str(chosen)

    @property
    def pulls(self) -> bool:
        assert self.answer is not None
        return self.answer.capabilities.diagnostic_provider is not None

    def open(self, path: Path, text: str | None = None) -> None:
        if text is None:
            with path.open(encoding="utf-8", newline="") as file:
                text = file.read()
        self.buffers[path] = Buffer(path, 1, text)
        item = lsp.TextDocumentItem(path.as_uri(), "python", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def replace(self, path: Path, old: str, new: str) -> None:
        """Put a text in the place of another one, and say only that."""
        buffer = self.buffers[path]
        assert buffer.text.count(old) == 1, f"{old!r} stands {buffer.text.count(old)} times"
        start = buffer.text.index(old)
        area = lsp.Range(
            position(buffer.text, start, self.encoding),
            position(buffer.text, start + len(old), self.encoding),
        )
        self.change(
            path, buffer.text.replace(old, new), [lsp.TextDocumentContentChangePartial(area, new)]
        )

    def rewrite(self, path: Path, text: str) -> None:
        """Put a whole text in the place of a buffer's."""
        self.change(path, text, [lsp.TextDocumentContentChangeWholeDocument(text)])

    def change(
        self, path: Path, text: str, changes: Sequence[lsp.TextDocumentContentChangeEvent]
    ) -> None:
        buffer = self.buffers[path]
        buffer.version += 1
        buffer.text = text
        item = lsp.VersionedTextDocumentIdentifier(buffer.version, path.as_uri())
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(item, list(changes)))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.buffers[path].text.encode())
        item = lsp.TextDocumentIdentifier(path.as_uri())
        self.client.text_document_did_save(lsp.DidSaveTextDocumentParams(item))

    def save_all(self) -> None:
        for path in self.buffers:
            self.save(path)

    def close(self, path: Path) -> None:
        del self.buffers[path]
        item = lsp.TextDocumentIdentifier(path.as_uri())
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(item))

    async def findings(self, path: Path) -> list[lsp.Diagnostic]:
        """What is shown in a file as it is now: fetched, or sent of its very version."""
        if self.pulls and path in self.buffers:
            report = await self.client.text_document_diagnostic_async(
                lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(path.as_uri()))
            )
            assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        version = self.buffers[path].version if path in self.buffers else None
        await self.until(
            lambda: path in self.sent and self.sent[path].version == version, f"findings in {path}"
        )
        return list(self.sent[path].diagnostics)

    async def codes(self, path: Path) -> list[str]:
        """The codes of what is shown in a file, in order."""
        return sorted(str(one.code) for one in await self.findings(path))

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""
        for _ in range(int(PATIENCE / 0.01)):
            if holds():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"waited in vain for {what}")

    async def actions(
        self, path: Path, area: lsp.Range, only: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """The actions at a place, as they come over the wire."""
        kinds = None if only is None else [lsp.CodeActionKind(kind) for kind in only]
        item = lsp.TextDocumentIdentifier(path.as_uri())
        params = lsp.CodeActionParams(item, area, lsp.CodeActionContext([], only=kinds))
        return cast(list[dict[str, Any]], await self.ask(lsp.TEXT_DOCUMENT_CODE_ACTION, params))

    async def ask(self, method: str, params: object) -> Any:
        """A request whose answer is not turned into objects."""
        protocol = self.client.protocol
        number = f"raw-{len(protocol._result_types)}-{method}"
        future = protocol.send_request(method, params, msg_id=number)
        protocol._result_types[number] = _Raw
        return await asyncio.wrap_future(future)

    async def chosen(self, action: dict[str, Any]) -> dict[str, Any]:
        """An action with its edit."""
        if "edit" in action or "command" in action:
            return action
        made = self.client.protocol._converter.structure(action, lsp.CodeAction)
        return cast(dict[str, Any], await self.ask(lsp.CODE_ACTION_RESOLVE, made))

    async def do(self, action: dict[str, Any]) -> None:
        """Choose an action: its edit is made, or its command run."""
        action = await self.chosen(action)
        assert "disabled" not in action, action
        if "edit" in action:
            self.apply(self.structured(action["edit"]))
        if "command" in action:
            command = action["command"]
            params = lsp.ExecuteCommandParams(command["command"], command["arguments"])
            assert await self.client.workspace_execute_command_async(params)

    def structured(self, edit: object) -> lsp.WorkspaceEdit:
        return self.client.protocol._converter.structure(edit, lsp.WorkspaceEdit)

    def apply(self, edit: lsp.WorkspaceEdit) -> None:
        """Make an edit as an editor does: in buffers, which are opened for it."""
        self.applied.append(edit)
        for uri, edits in (edit.changes or {}).items():
            self._edit(path_of(uri), edits)
        for step in edit.document_changes or ():
            match step:
                case lsp.CreateFile(uri=uri):
                    path = path_of(uri)
                    assert not path.exists() and path not in self.buffers, f"{path} is there"
                    self.open(path, "")
                case lsp.DeleteFile(uri=uri):
                    self.close(path_of(uri))
                    path_of(uri).unlink()
                case lsp.TextDocumentEdit(text_document=item):
                    path = path_of(item.uri)
                    if path in self.buffers and item.version is not None:
                        assert item.version == self.buffers[path].version, "an old version"
                    self._edit(path, step.edits)
                case _:
                    raise AssertionError(step)

    def _edit(self, path: Path, edits: Sequence[Any]) -> None:
        if path not in self.buffers:
            self.open(path, None if path.exists() else "")
        text = self.buffers[path].text
        spans = sorted(
            (
                offset(text, edit.range.start, self.encoding),
                offset(text, edit.range.end, self.encoding),
                edit.new_text,
            )
            for edit in edits
        )
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
        for start, end, new in reversed(spans):
            text = text[:start] + new + text[end:]
        self.rewrite(path, text)


@dataclass
class _Raw:
    """A response whose result stays as it came."""

    id: str
    jsonrpc: str
    result: object


def path_of(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def position(text: str, at: int, encoding: str) -> lsp.Position:
    """The position of a character, counted the plain way."""
    before = text[:at]
    ends = before.replace("\r\n", "\n\n").replace("\r", "\n")
    line = before.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    start = ends.rfind("\n") + 1
    codec, width = _UNITS[encoding]
    return lsp.Position(line, len(before[start:].encode(codec)) // width)


def offset(text: str, at: lsp.Position, encoding: str) -> int:
    """The character at a position, counted the plain way."""
    codec, width = _UNITS[encoding]
    ends = text.replace("\r\n", "\0\n").replace("\r", "\n")
    start = 0
    for _ in range(at.line):
        if "\n" not in ends[start:]:
            return len(text)
        start = ends.index("\n", start) + 1
    return start + len(text[start:].encode(codec)[: at.character * width].decode(codec))


@asynccontextmanager
async def editing(
    *folders: Path,
    profile: Profile | None = None,
    settings: dict[str, Any] | None = None,
    initial: dict[str, Any] | None = None,
    program: Sequence[str] = ("-m", "tapfix", "server"),
) -> AsyncIterator[Editor]:
    """An editor opened on folders, with a server of its own that ends with it.

    ``settings`` are what it answers when it is asked, ``initial`` what it says at first.
    """
    profile = profile or profiles()["vscode"]
    client = make_test_lsp_client()
    client.protocol._converter.register_structure_hook(
        _Raw, lambda data, _: _Raw(data["id"], data["jsonrpc"], data.get("result"))
    )
    editor = Editor(client, profile)
    _listen(editor)
    if settings is not None:
        client.set_configuration(settings, section="tapfix")
    await client.start_io(sys.executable, *program)
    try:
        editor.answer = await client.initialize_session(
            lsp.InitializeParams(
                capabilities=profile.capabilities,
                client_info=lsp.ClientInfo(profile.name),
                workspace_folders=[
                    lsp.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders
                ],
                root_uri=folders[0].as_uri() if folders else None,
                initialization_options=initial,
            )
        )
        yield editor
        await client.shutdown_session()
        assert client._server is not None and client._server.returncode == 0
    finally:
        if client._server is not None and client._server.returncode is None:
            client._server.kill()
        await client.stop()  # type: ignore[no-untyped-call]  # pygls's own


def _listen(editor: Editor) -> None:
    """Take what the server says and asks."""
    client = editor.client
    for name in (
        lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,
        lsp.WORKSPACE_DIAGNOSTIC_REFRESH,
        lsp.WINDOW_SHOW_MESSAGE,
    ):
        del client.protocol.fm.features[name]

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
    def publish(params: lsp.PublishDiagnosticsParams) -> None:
        editor.sent[path_of(params.uri)] = params

    @client.feature(lsp.WORKSPACE_DIAGNOSTIC_REFRESH)  # type: ignore[untyped-decorator]
    def refresh(_: None) -> None:
        editor.refreshes += 1

    @client.feature(lsp.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]
    def show(params: lsp.ShowMessageParams) -> None:
        editor.messages.append(params.message)

    @client.feature(lsp.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def register(params: lsp.RegistrationParams) -> None:
        editor.watched += [one.method for one in params.registrations]

    @client.feature(lsp.WORKSPACE_APPLY_EDIT)  # type: ignore[untyped-decorator]
    def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        editor.apply(params.edit)
        return lsp.ApplyWorkspaceEditResult(applied=True)


__all__ = ["Editor", "JsonRpcException", "Profile", "editing", "plain", "profiles", "run"]
