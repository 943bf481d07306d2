"""What the tests do in each editor: the broken example, from its findings to the fixed one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tapfix.api import Options
from tapfix.api.mending import mend_one
from tapfix.api.workspace import Sight, Workspace
from tapfix.edits import Impact
from tests.editors.editor import Editor, apart

EXAMPLES = Path(__file__).parents[2] / "examples"
FIXED = EXAMPLES / "fixed" / "product_catalog"
STACK = "lib/tap_stack.py"
HANDLER = "lib/lambda/inventory_processor.py"

FIXES = ("TAP008", "TAP012", "TAP019")
"""One after the other: the first edits the stack, and only then can the others be seen. The second
edits the stack and the handler, the third the stack and the app file, and creates four files."""

Place = tuple[str, int, str]
"""A finding as an editor shows it: file, line, code."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one fix makes of some files, by name: their texts before, where they are, and after."""

    before: Mapping[str, str | None]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """The broken example in a folder of its own, in an editor."""

    editor: Editor
    app: Path

    def open(self, places: list[Place]) -> None:
        """Open the stack and then the handler, and see that the editor comes to show findings."""
        for name in (STACK, HANDLER):
            self.editor.ask("open", str(self.app / name))
            here = [place for place in places if place[0] == name]
            self.editor.wait("findings", here, partial(self._places, only=name))
        self.shows(places)

    def shows(self, places: list[Place]) -> None:
        """See that the editor comes to show these findings and no others."""
        self.editor.wait("findings", places, self._places)

    def holds(self, texts: Mapping[str, str]) -> None:
        """See that the editor comes to have these texts among those that it has open."""

        def named(answer: dict[str, str]) -> dict[str, str]:
            known = {self._name(path): text for path, text in answer.items()}
            return {name: known[name] for name in texts if name in known}

        self.editor.wait("texts", dict(texts), named)

    def _places(self, answer: list[list[str | int]], only: str | None = None) -> list[Place]:
        places = ((self._name(str(path)), int(line), str(code)) for path, line, code in answer)
        return sorted(place for place in places if only in (None, place[0]))

    def _name(self, path: str) -> str:
        return Path(path).relative_to(self.app).as_posix()

    def fix(self, seen: Sight, code: str) -> Step:
        """Choose the fix of a rule's first finding, and see that it does what it should."""
        wanted = (one for one in seen.look.found if one.finding.code == code and one.is_wanted)
        found = next(wanted)
        fix = found.finding.fix
        assert fix is not None
        mended = mend_one(seen, found)
        changes = {self._name(path): change for path, change in mended.changes.items()}
        before = {name: None if old is None else old.decode() for name, (old, _) in changes.items()}
        after = {name: new.decode() for name, (_, new) in changes.items() if new is not None}
        impact = "" if fix.impact is Impact.NONE else f" ({fix.impact.value})"
        place = found.place
        title = f"{code}: {fix.title}{impact}"
        self.editor.ask("fix", place.path, place.line, place.column, title)
        self.holds(after)
        return Step(before, after)

    def undo(self, step: Step) -> None:
        """Take a fix back, in each of its files with one undo, and forget what it created."""
        for name in step.after:
            self.editor.ask("undo", str(self.app / name))
        self.holds({name: text or "" for name, text in step.before.items()})
        for name, text in step.before.items():
            if text is None:
                self.editor.ask("forget", str(self.app / name))
                (self.app / name).unlink(missing_ok=True)


def listed(folder: Path) -> list[Place]:
    """The findings that the command line lists for an app."""
    command = [sys.executable, "-m", "tapfix", "--output-format=json", "."]
    run = subprocess.run(command, cwd=folder, capture_output=True)
    findings = json.loads(run.stdout)["findings"]
    return sorted((one["path"], one["line"], one["code"]) for one in findings)


def tree(folder: Path) -> dict[str, bytes]:
    """What the files of a folder hold, by name."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def is_now(folder: Path, wanted: Mapping[str, bytes]) -> None:
    """See that a folder holds these files and no others."""
    held = tree(folder)
    assert held == wanted, apart(held, dict(wanted))


def copied(folder: Path) -> Path:
    """The broken example, copied into a folder."""
    return Path(
        shutil.copytree(EXAMPLES / "broken" / "product_catalog", folder / "product_catalog")
    )


def fixes_and_undoes(editor: Editor, app: Path) -> None:
    """List the findings, apply three fixes, and undo them: all is as it was."""
    story = Story(editor, app)
    at_first, on_disk = listed(app), tree(app)
    story.open(at_first)

    engine = Workspace((str(app),), Options())
    texts = {str(app / name): data for name, data in on_disk.items()}
    steps: list[Step] = []
    for code in FIXES:
        (seen,) = engine.see(texts, lambda _: None).sights
        story.shows(_places_of(seen, app))
        steps.append(story.fix(seen, code))
        texts |= {str(app / name): text.encode() for name, text in steps[-1].after.items()}
    touched = [set(step.after) for step in steps]
    assert {STACK, HANDLER} in touched
    assert None in steps[-1].before.values(), "no file was created"

    for step in reversed(steps):
        story.undo(step)
    story.shows(at_first)
    is_now(app, on_disk)


def _places_of(seen: Sight, app: Path) -> list[Place]:
    return sorted(
        (Path(one.place.path).relative_to(app).as_posix(), one.place.line, one.finding.code)
        for one in seen.look.found
    )


def mends_the_app(editor: Editor, app: Path) -> None:
    """Fix everything and save: it is the fixed example. Undo brings the old texts back."""
    story = Story(editor, app)
    before = {name: data.decode() for name, data in tree(app).items()}
    story.open(listed(app))

    editor.ask("fix_app")
    fixed = {name: data.decode() for name, data in tree(FIXED).items()}
    changed = {name: text for name, text in fixed.items() if before.get(name) != text}
    story.holds(changed)
    editor.ask("save")
    is_now(app, tree(FIXED))
    story.shows(listed(FIXED))

    for name in changed:
        editor.ask("undo", str(app / name))
    story.holds({name: before.get(name, "") for name in changed})
