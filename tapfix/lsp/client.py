"""What the editor at the other end can do, as it said when it started the server."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol.types import (
    ClientInfo,
    InitializeParams,
    PositionEncodingKind,
    ResourceOperationKind,
)
from pygls.capabilities import ServerCapabilitiesBuilder, get_capability

_MAKES_FILES_BY_EDITING = ("emacs", "eglot")
"""Beginnings of names of editors that make a file when a text edit names it."""


@dataclass(frozen=True, slots=True)
class Client:
    """The editor's abilities; a new value holds what the protocol demands of every editor.

    ``creates`` and ``deletes``: files in an edit. ``makes_files``: a text edit alone makes one.
    ``resolves``: actions may come without their edits. ``asks``: an edit may want confirmation.
    ``pulls``: it asks for findings. ``watches``: it tells of changes on disk. ``configures``: it
    answers questions for settings.
    """

    encoding: PositionEncodingKind | str = PositionEncodingKind.Utf16
    versions: bool = False
    creates: bool = False
    deletes: bool = False
    makes_files: bool = False
    resolves: bool = False
    disables: bool = False
    asks: bool = False
    pulls: bool = False
    watches: bool = False
    configures: bool = False
    applies: bool = False
    markdown: bool = False
    related: bool = False
    links: bool = False


def read_client(params: InitializeParams) -> Client:
    """The abilities in an editor's first request."""
    told = params.capabilities

    def says(name: str) -> bool:
        return bool(get_capability(told, name))

    edit = "workspace.workspace_edit"
    action = "text_document.code_action"
    operations = get_capability(told, f"{edit}.resource_operations") or ()
    resolved = get_capability(told, f"{action}.resolve_support.properties") or ()
    hover = get_capability(told, "text_document.hover.content_format") or ()
    refreshes = says("workspace.diagnostics.refresh_support")
    return Client(
        encoding=ServerCapabilitiesBuilder.choose_position_encoding(told),
        # An editor that makes files can do so only in this form, whether it names it or not.
        versions=says(f"{edit}.document_changes") or bool(operations),
        creates=ResourceOperationKind.Create in operations,
        deletes=ResourceOperationKind.Delete in operations,
        makes_files=_makes_files(params.client_info),
        resolves="edit" in resolved and says(f"{action}.data_support"),
        disables=says(f"{action}.disabled_support"),
        asks=get_capability(told, f"{edit}.change_annotation_support") is not None,
        # One that cannot be told to ask again never hears what a change to another file leads to.
        pulls=get_capability(told, "text_document.diagnostic") is not None and refreshes,
        watches=says("workspace.did_change_watched_files.dynamic_registration"),
        configures=says("workspace.configuration"),
        applies=says("workspace.apply_edit"),
        markdown="markdown" in hover,
        related=says("text_document.publish_diagnostics.related_information"),
        links=says("text_document.publish_diagnostics.code_description_support"),
    )


def _makes_files(info: ClientInfo | None) -> bool:
    # Old versions of Eglot do not say who they are.
    return info is None or info.name.lower().startswith(_MAKES_FILES_BY_EDITING)
