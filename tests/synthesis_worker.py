"""The process that runs CDK apps for ``tests.synthesis``: one jsii kernel, many apps.

Reads one JSON request a line from standard input and answers each with one JSON line on standard
output. Whatever the apps print goes to standard error.

Each app is copied into the one folder in which the kernel was started: relative asset paths are
resolved by the kernel's Node process, and that cannot be moved to another folder.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import shlex
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
REGION = "us-east-1"

CONTEXT = {
    "aws:cdk:bundling-stacks": [],  # no Docker, no pip
    "aws:cdk:enable-path-metadata": True,  # what the command line sets
    f"availability-zones:account={ACCOUNT}:region={REGION}": [f"{REGION}{zone}" for zone in "abc"],
}

NOT_COPIED = shutil.ignore_patterns(
    "cdk.out", ".git", ".venv", "venv", "node_modules", "__pycache__"
)


class Apps:
    """The ``aws_cdk.App`` objects that the app file being run has made, set up as the CLI would."""

    def __init__(self) -> None:
        self.made: list[Any] = []
        self.outdir = ""
        self.context: dict[str, object] = {}

    def watch(self, app_class: Any) -> None:
        """Hand folder and context over to every object of ``app_class`` made from now on.

        A running kernel never sees a change of the environment variables by which the CDK command
        line does this.
        """
        original = app_class.__init__

        def __init__(app: Any, **props: Any) -> None:
            context = {**(props.pop("context", None) or {}), **self.context}
            props.pop("outdir", None)
            original(app, outdir=self.outdir, context=context, analytics_reporting=False, **props)
            self.made.append(app)

        app_class.__init__ = __init__


def app_file(folder: Path, settings: dict[str, Any]) -> Path:
    """The script that ``cdk.json``'s command runs; ``app.py`` where there is none."""
    words = shlex.split(str(settings.get("app", "")))
    scripts = [word for word in words if word.endswith(".py")]
    return folder / (scripts[0] if scripts else "app.py")


def settings_of(folder: Path) -> dict[str, Any]:
    """The content of the app's ``cdk.json``; empty without one."""
    path = folder / "cdk.json"
    settings: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return settings


def belongs_to(folder: Path, module: object) -> bool:
    """Whether a loaded module, or namespace package, comes from below ``folder``."""
    places = [getattr(module, "__file__", None), *(getattr(module, "__path__", None) or [])]
    return any(folder in Path(place).resolve().parents for place in places if place)


@contextmanager
def as_started_in(folder: Path, env: dict[str, str]) -> Iterator[None]:
    """Run the body as a fresh Python would, started in ``folder`` with ``env`` set besides.

    Afterwards the process is as before, and has forgotten the modules of that folder.
    """
    before = dict(os.environ), list(sys.path), list(sys.argv)
    os.environ.update(env)
    sys.argv[:] = ["app.py"]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        sys.path[:], sys.argv[:] = before[1], before[2]
        # A namespace package asks for its parent: none may be gone while others are asked.
        loaded = list(sys.modules.items())
        for name in [name for name, module in loaded if belongs_to(folder, module)]:
            del sys.modules[name]


@contextmanager
def copied(source: Path, folder: Path) -> Iterator[None]:
    """Fill the empty ``folder`` with the files of ``source`` for the time of the body."""
    shutil.copytree(source, folder, ignore=NOT_COPIED, dirs_exist_ok=True)
    try:
        yield
    finally:
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def run(apps: Apps, request: dict[str, Any]) -> str | None:
    """Run one app file and write its assembly; None, or what went wrong."""
    folder = Path.cwd()
    apps.made.clear()
    apps.outdir = request["outdir"]
    try:
        with copied(Path(request["folder"]), folder), as_started_in(folder, request["env"]):
            settings = settings_of(folder)
            apps.context = {**CONTEXT, **settings.get("context", {}), **request["context"]}
            script = app_file(folder, settings)
            sys.path.insert(0, str(script.parent))
            runpy.run_path(str(script), run_name="__main__")
            for app in apps.made:
                app.synth()
    except SystemExit as stop:
        return None if stop.code in (None, 0) else f"SystemExit: {stop.code}"
    except Exception as error:
        traceback.print_exc()
        lines = str(error).splitlines() or [""]
        return f"{type(error).__name__}: {lines[-1].strip()}"
    return None


def main() -> None:
    """Answer requests until standard input ends."""
    sys.dont_write_bytecode = True
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    apps = Apps()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(Path(folder).resolve())
        apps.watch(importlib.import_module("aws_cdk").App)
        for line in sys.stdin:
            replies.write(json.dumps({"error": run(apps, json.loads(line))}) + "\n")
            replies.flush()
        os.chdir("/")


if __name__ == "__main__":
    main()
