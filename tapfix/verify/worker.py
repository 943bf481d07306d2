"""The process that runs a CDK app to synthesise it: one jsii kernel for both synths.

The user's interpreter runs this file by its path, so it imports nothing of tapfix. It reads one
JSON request a line from standard input and answers each with one JSON line on standard output;
whatever the app prints goes to standard error. It ends when its input ends, or its parent.

The app stays in the folder in which the kernel was started, and its files are changed between
requests: the kernel resolves relative asset paths itself, and cannot be moved to another folder.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import sys
import threading
import time
import traceback
from os.path import abspath, realpath
from typing import Any

LINES = 12
"""So many last lines of an error are told."""

ORIGINS = "tapfix-origins.json"
"""The file in an assembly that says which lines made its constructs, by their paths."""


class Apps:
    """The ``aws_cdk.App`` objects that an app makes, set up as the CDK command line would."""

    def __init__(self) -> None:
        self.made: list[Any] = []
        self.outdir = ""
        self.context: dict[str, object] = {}

    def watch(self, app_class: Any) -> None:
        """Hand folder and context over to every object of ``app_class`` made from now on.

        A running kernel never sees a change of the variables by which the command line does this.
        """
        original = app_class.__init__

        def __init__(app: Any, **props: Any) -> None:
            props["outdir"] = self.outdir
            props["context"] = dict(props.get("context") or {}, **self.context)
            props["analytics_reporting"] = False
            original(app, **props)
            self.made.append(app)

        app_class.__init__ = __init__


class Origins:
    """The lines of the app that were running when it made each of its constructs.

    Newer versions of the library write them into the assembly themselves.
    """

    def __init__(self, folder: str) -> None:
        self.made: list[tuple[Any, list[tuple[str, int]]]] = []
        self.inside = f"{folder}{os.sep}"

    def watch(self, jsii: Any, construct_class: Any) -> None:
        """Note all constructs that Python makes from now on."""
        original = jsii.create

        def create(class_: Any, made: Any, arguments: Any = None) -> Any:
            reference = original(class_, made, arguments)
            if isinstance(made, construct_class):
                self.made.append((made, self.running()))
            return reference

        jsii.create = create

    def running(self) -> list[tuple[str, int]]:
        """The app's own lines that are running: file and line, the innermost first."""
        lines = []
        frame: Any = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename.startswith(self.inside):
                lines.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return lines

    def write(self, outdir: str) -> None:
        """Write the lines into an assembly, if there is one and the library has not."""
        if os.path.isdir(outdir) and not self.are_told(outdir):
            try:
                told = {made.node.path: lines for made, lines in self.made if lines}
            except Exception:  # the kernel ended, or broke, with the app
                return
            with open(os.path.join(outdir, ORIGINS), "w", encoding="utf-8") as file:
                json.dump(told, file)

    def are_told(self, outdir: str) -> bool:
        """Whether the assembly speaks of lines of the app already."""
        # As such a line is written there: ``<module> (/app/app.py:3)``.
        line = json.dumps(f"({self.inside}", ensure_ascii=False)[1:-1].encode()
        for folder, _, names in os.walk(outdir):
            for name in names:
                if name.endswith((".metadata.json", "manifest.json")):
                    with open(os.path.join(folder, name), "rb") as file:
                        if line in file.read():
                            return True
        return False


def belongs_to(folder: str, module: object) -> bool:
    """Whether a loaded module, or namespace package, comes from ``folder``, be it by a link."""
    try:
        places = [getattr(module, "__file__", None), *(getattr(module, "__path__", None) or [])]
    except Exception:  # a lazy module may do anything when it is asked
        return False
    inside = f"{folder}{os.sep}"
    spelled = [str(way(place)) for place in places if place for way in (abspath, realpath)]
    return any(f"{place}{os.sep}".startswith(inside) for place in spelled)


def forget(folder: str) -> None:
    """Forget the modules of a folder, so that the next run reads its files again."""
    # A namespace package asks for its parent: none may be gone while others are asked.
    loaded = [item for item in sys.modules.items() if item[0] != "__main__"]
    for name in [name for name, module in loaded if belongs_to(folder, module)]:
        del sys.modules[name]
    importlib.invalidate_caches()


def execute(request: dict[str, Any]) -> None:
    """Run the app's script or module as a fresh Python would."""
    if request["script"] is not None:
        script = os.path.abspath(request["script"])
        sys.argv[:] = [request["script"]] + request["arguments"]
        sys.path[0] = os.path.dirname(script)
        runpy.run_path(script, run_name="__main__")
    else:
        sys.argv[:] = [request["module"]] + request["arguments"]
        sys.path[0] = os.getcwd()
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


def run(apps: Apps, origins: Origins, request: dict[str, Any], top: str) -> str | None:
    """Run the app once and write its assembly; None, or the last lines of what went wrong."""
    apps.made.clear()
    origins.made.clear()
    apps.outdir, apps.context = request["outdir"], request["context"]
    before = dict(os.environ), list(sys.path), os.getcwd()
    own = os.getpid()
    os.environ.update(request["variables"])
    try:
        execute(request)
        for app in apps.made:
            app.synth()
        return None
    except SystemExit as stop:
        return None if stop.code in (None, 0) else f"it ended with exit code {stop.code}"
    except BaseException as error:
        traceback.print_exc()
        lines = str(error).strip().splitlines()
        return "\n".join([f"{type(error).__name__}: ", *lines[-LINES:]]).replace(": \n", ": ", 1)
    finally:
        if os.getpid() != own:
            os._exit(0)  # a child that the app forked and did not end: its parent answers
        os.environ.clear()
        os.environ.update(before[0])
        sys.path[:] = before[1]
        os.chdir(before[2])
        forget(top)
        origins.write(apps.outdir)


def is_alive(jsii: Any) -> bool:
    """Whether the kernel has outlived the app."""
    try:
        jsii.stats()
    except Exception:
        return False
    return True


def end_with(parent: int) -> None:
    """End this process, and all that it started, when its parent is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Answer requests until standard input ends."""
    sys.dont_write_bytecode = True
    if hasattr(os, "killpg"):
        threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the app must not read our requests
    os.dup2(2, 1)
    top = os.path.realpath(sys.argv[1])
    apps, origins = Apps(), Origins(top)
    started = time.monotonic()
    apps.watch(importlib.import_module("aws_cdk").App)
    construct_class = importlib.import_module("constructs").Construct
    jsii = importlib.import_module("jsii")
    origins.watch(jsii, construct_class)
    for line in requests:
        error = run(apps, origins, json.loads(line), top)
        seconds, started = time.monotonic() - started, time.monotonic()
        is_over = error is not None and not is_alive(jsii)
        replies.write(json.dumps({"error": error, "seconds": seconds, "is_over": is_over}) + "\n")
        replies.flush()
        if is_over:
            os._exit(1)  # a new process takes the next request


if __name__ == "__main__":
    main()
