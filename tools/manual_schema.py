"""A hook of mkdocs: the schema of the JSON report is served where its own `$id` says."""

from __future__ import annotations

import json
import posixpath
from pathlib import Path
from typing import Any

_SCHEMA = Path(__file__).parent.parent / "tapfix" / "report" / "schema.json"


def on_post_build(config: Any) -> None:
    """Put the schema beside the pages."""
    text = _SCHEMA.read_text(encoding="utf-8")
    name = posixpath.basename(json.loads(text)["$id"])
    (Path(config["site_dir"]) / name).write_text(text, encoding="utf-8")
