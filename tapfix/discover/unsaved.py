"""The app of a text that is not on disk, or of which the disk has another version."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from tapfix.discover.apps import AppFiles, Discovery, app_around, discover
from tapfix.discover.walk import FOREIGN
from tapfix.model.python.source import Problem


@dataclass(frozen=True, slots=True)
class Unsaved:
    """The bytes that the file at an absolute path would hold if it were saved now."""

    path: str
    data: bytes


def discover_unsaved(unsaved: Unsaved) -> Discovery:
    """The apps that a file belongs to, with its unsaved text; only that file is asked about.

    A file that is not there yet belongs to the app around it, or is one by itself.
    """
    path = unsaved.path
    found = discover([path]) if os.path.lexists(path) else _around(path)
    text = {path: unsaved.data}
    apps = [replace(app, files={**app.files, **text}) for app in found.apps if path in app.files]
    problems = found.problems if apps or found.problems else (_no_file_of_an_app(path),)
    return replace(found, apps=tuple(apps), problems=problems)


def _no_file_of_an_app(path: str) -> Problem:
    """What to say of a path at which something is that no text can stand for."""
    if os.path.isdir(path):
        return Problem(path, "is a folder")
    return Problem(path, f"is another name of {os.path.realpath(path)}: give that one")


def _around(path: str) -> Discovery:
    """What would be found, were the file there."""
    problem = _unfit(path)
    if problem is not None:
        return Discovery((), (problem,), ())
    root = app_around(path)
    if root is None:
        return Discovery((AppFiles(os.path.dirname(path), {path: b""}),), (), (path,))
    found = discover([root])
    apps = tuple(
        replace(app, files=dict(sorted({**app.files, path: b""}.items())))
        for app in found.apps
        if app.root == root
    )
    return Discovery(apps, found.problems, (path,))


def _unfit(path: str) -> Problem | None:
    """Why there can be no such file, or None."""
    foreign = FOREIGN.intersection(path.split("/"))
    if foreign:
        return Problem(path, f"lies in {min(foreign)}, where tapfix changes nothing")
    if not path.endswith(".py"):
        return Problem(path, "is no name of a Python file")
    if not os.path.isdir(os.path.dirname(path)):
        return Problem(path, "there is no such folder")
    return None
