"""One session of a person in VS Code's workbench, as ``drive.mjs`` plays it, and what was seen."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.editors.packages import install
from tests.editors.vscode.workshop import Workshop

STACK = "lib/tap_stack.py"
REQUIREMENTS = "lib/layers/dependencies/requirements.txt"
CODE = "TAP003"
"""The finding whose quick fix is chosen: it edits the stack alone."""

_SETTINGS = {
    "editor.minimap.enabled": False,
    "files.autoSave": "off",  # as it is outside of browsers
    "workbench.colorTheme": "Light Modern",
}
_PICTURES = Path(__file__).parents[3] / "build" / "vscode"
"""Where the pictures stay; git ignores it."""


@dataclass(frozen=True)
class Session:
    """What was seen: ``steps`` by their names in ``drive.mjs``, and the app's folder after all."""

    folder: Path
    steps: dict[str, Any]

    def __getitem__(self, step: str) -> Any:
        """What was seen in a step; an assertion that fails if it did not come to that."""
        assert step in self.steps, self.steps.get("error", f"there is no step {step}")
        return self.steps[step]


def play(workshop: Workshop, app: Path) -> Session:
    """Open a copy of an app and work through all steps."""
    folder = workshop.folder / app.name
    shutil.copytree(app, folder)
    marker = workshop.folder / "interpreter-was-run"
    _environment(folder / ".venv", marker)
    _PICTURES.mkdir(parents=True, exist_ok=True)
    install("chromium")
    report, task = workshop.folder / "report.json", workshop.folder / "task.json"
    content = {
        "browser": "/usr/bin/chromium",
        "extension": str(workshop.installed),
        "folder": str(folder),
        "scratch": str(workshop.folder / "scratch"),
        "stack": STACK,
        "requirements": REQUIREMENTS,
        "code": CODE,
        "marker": str(marker),
        "report": str(report),
        "pictures": str(_PICTURES),
        # No tapfix is on this path, and no environment is active: only what a step brings is there.
        "environment": {"PATH": os.defpath, "HOME": str(workshop.folder)},
        "settings": {**_SETTINGS, "tapfix.interpreter": sys.executable},
    }
    task.write_text(json.dumps(content), encoding="utf-8")
    done = workshop.run(workshop.page, "node", "drive.mjs", task)
    assert done.returncode == 0, done.stdout
    steps = json.loads(report.read_text(encoding="utf-8"))
    shutil.rmtree(folder / ".venv")
    return Session(folder, steps)


def _environment(folder: Path, marker: Path) -> None:
    """An environment in the workspace whose interpreter leaves a mark when it is run."""
    interpreter = folder / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text(f'#!/bin/sh\ntouch "{marker}"\nexec "{sys.executable}" "$@"\n')
    interpreter.chmod(0o755)
