"""The messages of the protocol: what the editor says goes to the session, and answers come back."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcContentModified, JsonRpcException, JsonRpcInvalidParams

from tapfix.api.mending import mend_all
from tapfix.lsp.actions import (
    APPLY,
    KINDS,
    Chosen,
    Order,
    OutdatedError,
    data_of,
    order_of,
    touch,
)
from tapfix.lsp.client import Client, read_client
from tapfix.lsp.documents import Document
from tapfix.lsp.hover import hover_of
from tapfix.lsp.overview import overview_of
from tapfix.lsp.publisher import Publisher, paths_of
from tapfix.lsp.session import Seen, Session
from tapfix.lsp.settings import SECTION, options_of
from tapfix.lsp.text import Text
from tapfix.lsp.uris import path_of
from tapfix.lsp.wire import Wire

DIFF = "tapfix.diff"
FIX_APP = "tapfix.fixApp"
_WATCHED = (
    "**/*.{py,sql,sh,toml,lock,txt,json}",
    "**/{.gitignore,Pipfile,Dockerfile,Makefile}",
)


class Server:
    """The language server for one editor."""

    def __init__(self) -> None:
        self._wire = Wire()
        self._folders: dict[str, None] = {}
        self._settings: dict[str, Any] = {}
        self._told: set[str] = set()
        self._is_shut_down = False
        self._meet(Client())
        self._register()

    def serve(self) -> int:
        """Speak over standard input and output until the end; the exit code."""
        self._wire.run()
        return 0 if self._is_shut_down else 1

    def _meet(self, client: Client) -> None:
        """Begin with an editor."""
        self._client = client
        self._session = Session(client, self._show, self._fail)
        wire = self._wire
        self._publisher = Publisher(
            client,
            wire.text_document_publish_diagnostics,
            lambda: _forget(wire.workspace_diagnostic_refresh(None)),
        )

    def _register(self) -> None:
        """Say which function takes which message."""
        options = lsp.CodeActionOptions(code_action_kinds=list(KINDS), resolve_provider=True)
        takers: Mapping[str, Callable[..., Any]] = {
            lsp.INITIALIZE: self._initialize,
            lsp.INITIALIZED: self._initialized,
            lsp.SHUTDOWN: self._shut_down,
            lsp.TEXT_DOCUMENT_DID_OPEN: self._open,
            lsp.TEXT_DOCUMENT_DID_CHANGE: self._change,
            lsp.TEXT_DOCUMENT_DID_SAVE: self._save,
            lsp.TEXT_DOCUMENT_DID_CLOSE: self._close,
            lsp.TEXT_DOCUMENT_CODE_ACTION: self._offer,
            lsp.CODE_ACTION_RESOLVE: self._resolve,
            lsp.TEXT_DOCUMENT_HOVER: self._hover,
            lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._disk,
            lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: self._reconfigure,
            lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._refolder,
        }
        for name, taker in takers.items():
            given = options if name == lsp.TEXT_DOCUMENT_CODE_ACTION else None
            # pygls writes on what it is given, which a method does not allow.
            self._wire.feature(name, given)(partial(taker))
        commands = {APPLY: self._apply, DIFF: self._diff, FIX_APP: self._fix_app}
        for name, command in commands.items():
            self._wire.command(name)(partial(command))

    # Coming and going

    def _initialize(self, params: lsp.InitializeParams) -> None:
        self._meet(read_client(params))
        if self._client.pulls:
            options = lsp.DiagnosticOptions(True, True, identifier="tapfix")
            self._wire.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)(partial(self._fetch))
            self._wire.feature(lsp.WORKSPACE_DIAGNOSTIC)(partial(self._fetch_all))
        self._folders = dict.fromkeys(_folders_of(params))
        given = params.initialization_options
        self._settings = dict(given) if isinstance(given, Mapping) else {}

    async def _initialized(self, _: lsp.InitializedParams) -> None:
        self._configure(self._settings)
        for line in self._session.problems:
            self._wire.log(line)
        if self._client.watches:
            watchers = [lsp.FileSystemWatcher(pattern) for pattern in _WATCHED]
            registration = lsp.Registration(
                "tapfix-files",
                lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                lsp.DidChangeWatchedFilesRegistrationOptions(watchers),
            )
            params = lsp.RegistrationParams([registration])
            _forget(self._wire.client_register_capability(params))
        await self._ask_for_settings()

    def _shut_down(self, _: object) -> None:
        self._is_shut_down = True
        self._session.stop()

    # Settings

    async def _reconfigure(self, params: lsp.DidChangeConfigurationParams) -> None:
        if isinstance(params.settings, Mapping) and params.settings:
            self._configure(params.settings)
        await self._ask_for_settings()

    async def _ask_for_settings(self) -> None:
        """Ask an editor that answers; one that knows of none leaves what it said at first."""
        if not self._client.configures:
            return
        item = lsp.ConfigurationItem(section=SECTION)
        params = lsp.ConfigurationParams([item])
        try:
            (answer,) = await self._wire.workspace_configuration_async(params)
        except (JsonRpcException, ValueError):
            return
        if isinstance(answer, Mapping) and answer:
            self._configure(answer)

    def _configure(self, settings: Mapping[str, Any]) -> None:
        folders = tuple(self._folders)
        options, faults = options_of(settings, folders)
        for line in faults:
            self._tell(line)
        self._session.configured(folders, options)

    def _refolder(self, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            self._folders.pop(path_of(folder.uri) or "", None)
        for folder in params.event.added:
            if path := path_of(folder.uri):
                self._folders[path] = None
        self._session.configured(tuple(self._folders), self._session.texts.options)

    # Texts

    def _open(self, params: lsp.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        path = path_of(item.uri)
        if path is not None:
            self._session.opened(Document(item.uri, path, item.version, Text(item.text)))
            if not self._client.watches:
                self._session.touched([path])

    def _change(self, params: lsp.DidChangeTextDocumentParams) -> None:
        item = params.text_document
        known = self._session.texts.documents.get(path_of(item.uri) or "")
        if known is not None:
            encoding = self._client.encoding
            self._session.opened(known.changed(item.version, params.content_changes, encoding))

    def _save(self, params: lsp.DidSaveTextDocumentParams) -> None:
        if path := path_of(params.text_document.uri):
            self._session.touched([path])

    def _close(self, params: lsp.DidCloseTextDocumentParams) -> None:
        self._session.closed(path_of(params.text_document.uri) or "")

    def _disk(self, params: lsp.DidChangeWatchedFilesParams) -> None:
        paths = (path_of(change.uri) for change in params.changes)
        self._session.touched([path for path in paths if path is not None])

    # Findings

    def _show(self, seen: Seen) -> None:
        """Show what was seen, and say once what went wrong with it."""
        self._publisher.show(seen)
        for root, lines in seen.view.faults.items():
            for line in lines:
                self._tell(line if root in line else f"{root}: {line}")
        for sight in seen.view.sights:
            for problem in sight.look.problems:
                line = f":{problem.line}" if problem.line else ""
                self._log_once(f"{problem.path}{line}: {problem.message}")

    def _tell(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._wire.warn(line)

    def _log_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._wire.log(line)

    def _fail(self, error: Exception) -> None:
        self._tell(f"{type(error).__name__}: {error}; this is an error of tapfix: please report it")

    async def _fetch(self, params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
        path = path_of(params.text_document.uri) or ""
        seen = await self._session.ask(lambda seen: seen)
        return self._publisher.fetched(path, seen, params.previous_result_id)

    async def _fetch_all(
        self, params: lsp.WorkspaceDiagnosticParams
    ) -> lsp.WorkspaceDiagnosticReport:
        previous = paths_of({one.uri: one.value for one in params.previous_result_ids})
        seen = await self._session.ask(lambda seen: seen)
        return self._publisher.fetched_all(seen, previous)

    async def _hover(self, params: lsp.HoverParams) -> lsp.Hover | None:
        path = path_of(params.text_document.uri) or ""
        here = lsp.Range(params.position, params.position)
        seen = await self._session.ask(lambda seen: seen)
        shown = seen.board.shown.get(path, ())
        hit = [one for one in shown if touch(one.diagnostic.range, here)]
        return hover_of(hit, self._client.markdown)

    # Actions

    async def _offer(self, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        path = path_of(params.text_document.uri) or ""
        only = params.context.only
        return await self._session.ask(lambda seen: seen.actions.offered(path, params.range, only))

    async def _resolve(self, action: lsp.CodeAction) -> lsp.CodeAction:
        if action.data is None:
            return action
        chosen = await self._work_out(action.data)
        action.edit = chosen.edit
        if chosen.refused is not None:
            action.disabled = lsp.CodeActionDisabled(chosen.refused)
            self._wire.warn(f"{action.title}: {chosen.refused}")
        return action

    async def _work_out(self, data: object) -> Chosen:
        def work(seen: Seen) -> Chosen:
            return seen.actions.work_out(order_of(data))

        try:
            return await self._session.ask(work)
        except OutdatedError:
            raise JsonRpcContentModified("the text has changed since") from None

    async def _apply(self, *arguments: Any) -> bool:
        """Make the edit of an action that came without it; whether the editor did."""
        chosen = await self._work_out(arguments[0] if arguments else None)
        if chosen.edit is None:
            self._wire.warn(str(chosen.refused))
            return False
        params = lsp.ApplyWorkspaceEditParams(chosen.edit, "tapfix")
        answer = await self._wire.workspace_apply_edit_async(params)
        if not answer.applied:
            self._wire.warn(f"the editor did not make the change: {answer.failure_reason or ''}")
        return answer.applied

    async def _fix_app(self, *arguments: Any) -> bool:
        """Fix everything in the app that a file, or a folder, is of."""
        return await self._apply(data_of(Order("fix-app", _path_in(arguments))))

    async def _diff(self, *arguments: Any) -> dict[str, Any] | None:
        """What fixing everything would change in the app that a file, or a folder, is of."""
        path = _path_in(arguments)

        def work(seen: Seen) -> dict[str, Any] | None:
            sight = seen.view.around(path)
            return overview_of(sight, mend_all(sight)) if sight is not None else None

        return await self._session.ask(work)


def serve() -> int:
    """Run the server until its editor is done with it; the exit code."""
    # All that is loaded so far stays to the end: there is no garbage to be found in it.
    gc.collect()
    gc.freeze()
    return Server().serve()


def _folders_of(params: lsp.InitializeParams) -> Iterator[str]:
    """The folders that an editor was opened on."""
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if not uris and params.root_uri:
        uris = [params.root_uri]
    yield from (path for uri in uris if (path := path_of(uri)) is not None)
    if not uris and params.root_path:
        yield params.root_path


def _path_in(arguments: tuple[Any, ...]) -> str:
    """The path that a command is about: of the URI that is its first argument."""
    uri = arguments[0] if arguments else None
    path = path_of(uri) if isinstance(uri, str) else None
    if path is None:
        raise JsonRpcInvalidParams("the command takes the URI of a file or a folder")
    return path


def _forget(answer: Future[Any]) -> None:
    """Take whatever comes back: an editor that refuses has its reasons."""
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
