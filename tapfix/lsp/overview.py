"""The diff of a whole app for an editor that shows it: what ``tapfix --dry-run`` prints."""

from __future__ import annotations

from typing import Any

from tapfix.api.mending import Mended
from tapfix.api.workspace import Sight
from tapfix.engine.diff import unified_diff
from tapfix.lsp.documents import text_of
from tapfix.lsp.uris import uri_of


def overview_of(sight: Sight, mended: Mended) -> dict[str, Any]:
    """The unified diff, and each file's text before and after; None where there is no file."""
    return {
        "root": sight.root,
        "diff": unified_diff(mended.changes, sight.root).decode("utf-8", "replace"),
        "files": [
            {
                "path": path,
                "uri": uri_of(path),
                "before": None if before is None else text_of(path, before).string,
                "after": None if after is None else text_of(path, after).string,
            }
            for path, (before, after) in sorted(mended.changes.items())
        ],
        "impacts": [impact.value for impact in sorted(mended.impacts, key=lambda one: one.value)],
    }
