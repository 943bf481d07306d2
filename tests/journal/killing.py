"""Ends writing by SIGKILL before each of its steps, and in the middle of each write.

Run as a program, ``python -m tests.journal.killing FOLDER DOING``: for every step in turn, a child
applies or undoes and dies there, and what the next run makes of that must be all old or all new.
With ``-mend`` after it, that run is killed at each of its steps, too; with ``-sweep-mend`` it finds
no temporary files. Prints how often it killed, and fails if something is mixed or left over.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tapfix.api.journal import STATE_VARIABLE, keeping, mend_interrupted
from tapfix.api.undo import undo
from tapfix.engine.disk import Change, write_all
from tapfix.engine.journal import read_runs

STEPS = (
    *("open", "write", "fsync", "close", "replace", "rename", "link", "symlink", "unlink"),
    *("mkdir", "rmdir", "chmod", "chown", "listdir"),
)

Tree = dict[str, tuple[int, bytes | str | None]]


def tree(root: Path) -> Tree:
    """All below ``root``: the mode, and the bytes of a file or the target of a link."""
    found: Tree = {}
    for path in root.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            found[str(path.relative_to(root))] = mode, str(path.readlink())
        else:
            data = path.read_bytes() if path.is_file() else None
            found[str(path.relative_to(root))] = mode, data
    return found


def files(found: Tree) -> Tree:
    """The files and links of a tree, those that are on their way left out."""
    named = {path: at for path, at in found.items() if ".tapfix-" not in path}
    return {path: (mode, data) for path, (mode, data) in named.items() if data is not None}


def die_at(nth: int) -> None:
    """Let this process be killed at its nth step from now on, a write when half is written."""
    left = nth

    def step(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                if name == "write":
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)

        return call

    for name in STEPS:
        setattr(os, name, step(name, getattr(os, name)))


def dies(action: Callable[[], object], nth: int) -> bool:
    """Do something in a child that is killed at its nth step; False if it has fewer."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            die_at(nth)
            action()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed"
    return os.WIFSIGNALED(status)


def build(root: Path) -> None:
    """An app with files of all kinds."""
    root.mkdir()
    (root / "a.py").write_bytes(b"a\r\n" * 3)
    (root / "a.py").chmod(0o755)
    (root / "b.py").write_bytes(b"b")
    (root / "b.py").chmod(0o640)
    (root / "real").mkdir()
    (root / "real/c.py").write_bytes(b"c")
    (root / "through.py").symlink_to("real/c.py")
    (root / "gone.py").symlink_to("real/c.py")
    (root / os.fsdecode(b"caf\xe9.py")).write_bytes(b"e")


def changes(root: Path) -> dict[str, Change]:
    """Files that are changed, made and deleted, also by way of links."""
    return {
        str(root / "a.py"): Change(b"a\r\n" * 3, b"A\r\n" * 30),
        str(root / "b.py"): Change(b"b", None),
        str(root / "through.py"): Change(b"c", b"C"),
        str(root / "gone.py"): Change(b"c", None),
        str(root / os.fsdecode(b"caf\xe9.py")): Change(b"e", b"E"),
        str(root / "new/deep/d.py"): Change(None, b"D"),
        str(root / "new/e.py"): Change(None, b"E"),
    }


def apply(root: Path) -> None:
    """Write the changes as ``--apply`` does."""
    with keeping(3, lambda line: sys.exit(line)) as log:
        write_all(changes(root), log)


class Place:
    """An app and a journal, as they were before and as they are to be after."""

    def __init__(self, folder: Path, doing: str) -> None:
        self.root, self.doing = folder / "app", doing
        self.state = folder / "state"
        os.environ[STATE_VARIABLE] = str(self.state)
        self.fresh()
        self.old = tree(self.root)
        self.act()
        self.new = tree(self.root)
        assert self.old != self.new

    def fresh(self) -> None:
        """All as before the run that is going to be killed."""
        for folder in (self.root, self.state):
            shutil.rmtree(folder, ignore_errors=True)
        build(self.root)
        if self.doing == "undo":
            apply(self.root)

    def act(self) -> None:
        """What is going to be killed."""
        if self.doing == "undo":
            assert not undo(None, str(self.root)).problems
        else:
            apply(self.root)

    def is_mixed(self) -> bool:
        """Whether the contents of files are neither the old ones nor the new ones."""
        now = files(tree(self.root))
        return now != files(self.old) and now != files(self.new)

    def check(self) -> bool:
        """That nothing is mixed and nothing left over; whether all is new."""
        now = tree(self.root)
        mixed = [sorted(set(now.items()) ^ set(side.items())) for side in (self.old, self.new)]
        assert not all(mixed), mixed
        journal = str(self.state / "journal")
        runs = read_runs(journal)
        assert all(run.is_whole for run in runs)
        # Each run is there with its index and its bytes, or not at all.
        assert len(list(self.state.glob("*/*/*"))) == 2 * len(runs)
        assert len(runs) == (now == self.new) + (self.doing == "undo")
        return now == self.new


def mend() -> None:
    """What the next run does first; what it needs the journal for clears that away, too."""
    mend_interrupted()


def kill_everywhere(place: Place) -> int:
    """Kill at each step; the number of steps."""
    ends = set()
    nth = 1
    while dies(place.act, nth):
        mend()
        ends.add(place.check())
        place.fresh()
        nth += 1
    assert place.check()
    assert ends == {False, True}
    return nth - 1


def kill_the_mending(place: Place, *, swept: bool) -> int:
    """Kill where that leaves files half old and half new, and then the mending at each of its own
    steps; the number of those. ``swept``: somebody clears temporary files away in between.
    """
    mixed: list[int] = []
    nth = 1
    while dies(place.act, nth):
        mixed += [nth] if place.is_mixed() else []
        place.fresh()
        nth += 1
    count = 0
    # Every other one is a moment like the one before it.
    for nth in mixed[::2]:
        for second in itertools.count(1):
            place.fresh()
            assert dies(place.act, nth)
            if swept:
                sweep(place.root)
            died = dies(mend, second)
            mend()
            place.check()
            if not died:
                break
            count += 1
    return count


def sweep(root: Path) -> None:
    """Remove all temporary files, and folders that are empty."""
    for path in list(root.rglob(".tapfix-*")):
        path.unlink()
    for folder in sorted(root.glob("new/**/"), reverse=True):
        if not list(folder.iterdir()):
            folder.rmdir()


def _pretend(fd: object) -> None:
    """Take no time: what a killed process has written is there without."""


def main() -> None:
    """Kill as the arguments say."""
    folder, doing = Path(sys.argv[1]), sys.argv[2]
    os.fsync = _pretend
    os.umask(0o022)
    place = Place(folder, doing.split("-")[0])
    if doing.endswith("-mend"):
        print(kill_the_mending(place, swept="sweep" in doing))
    else:
        print(kill_everywhere(place))


if __name__ == "__main__":
    main()
