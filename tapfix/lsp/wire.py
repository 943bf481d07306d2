"""pygls as the server uses it: what an editor sends wrongly is answered or logged, no more."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from tapfix import __version__

# pygls's own copies of texts are not used: it ends lines where the protocol does not.
_UNUSED = (
    lsp.TEXT_DOCUMENT_DID_OPEN,
    lsp.TEXT_DOCUMENT_DID_CHANGE,
    lsp.TEXT_DOCUMENT_DID_CLOSE,
    lsp.NOTEBOOK_DOCUMENT_DID_OPEN,
    lsp.NOTEBOOK_DOCUMENT_DID_CHANGE,
    lsp.NOTEBOOK_DOCUMENT_DID_CLOSE,
)


class _Protocol(LanguageServerProtocol):
    """pygls's protocol; a request that it cannot read gets an answer, so that nobody waits."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise


class _Pipe(io.FileIO):
    """The way to the editor: what comes when it is gone is dropped."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(data)


class Wire(LanguageServer):
    """pygls's server; what goes wrong in it is logged instead of shown in a window."""

    def __init__(self) -> None:
        super().__init__(
            "tapfix",
            __version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
            protocol_cls=_Protocol,
        )
        for name in _UNUSED:
            self.protocol.fm.builtin_features.pop(name, None)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error that has no answer of its own; ``source`` is the kind of message."""
        if source.__name__ != "FeatureRequestError":
            self.log(f"{type(error).__name__}: {error}", lsp.MessageType.Error)

    def log(self, line: str, kind: lsp.MessageType = lsp.MessageType.Warning) -> None:
        """Write a line to the editor's log."""
        self.window_log_message(lsp.LogMessageParams(kind, f"tapfix: {line}"))

    def warn(self, line: str) -> None:
        """Show a line to the user, and log it."""
        self.log(line)
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, f"tapfix: {line}"))

    def run(self) -> None:
        """Speak over standard input and output until the editor says goodbye, or is gone."""
        # Only messages go to the editor: what else is printed, by a rule perhaps, is no message.
        out = io.BufferedWriter(_Pipe(os.dup(sys.stdout.fileno()), "wb"))
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self.start_io(sys.stdin.buffer, out)
