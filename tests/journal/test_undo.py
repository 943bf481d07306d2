"""Undoing runs: exactly the bytes, modes, links and folders, of all files or of none."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tapfix.api.journal import keeping, remarks, runs, undone_by
from tapfix.api.undo import Undone, undo
from tapfix.engine.disk import Change, write_all
from tests.journal.killing import apply, build, tree
from tests.journal.killing import changes as all_changes


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    build(root)
    return root


def write(folder: Path, **files: tuple[str | None, str | None]) -> None:
    """Write Python files as a run does: before and after by name."""

    def coded(text: str | None) -> bytes | None:
        return text.encode() if text is not None else None

    changes = {
        str(folder / f"{name}.py"): Change(coded(before), coded(after))
        for name, (before, after) in files.items()
    }
    with keeping(len(files), pytest.fail) as log:
        write_all(changes, log)


def problems(undone: Undone) -> list[str]:
    return [f"{Path(one.path).name}: {one.message}" for one in undone.problems]


def test_all_is_as_before_and_again_as_after(app: Path) -> None:
    before = tree(app)
    apply(app)
    after = tree(app)
    undone = undo(None, str(app))
    assert (tree(app), undone.problems) == (before, ())
    assert set(undone.changes) == set(all_changes(app))
    # Undoing the undo brings back what it took away; which then can be undone again.
    for number, expected in ((2, after), (1, before), (4, after), (5, before), (6, after)):
        assert undo(number, str(app)).problems == ()
        assert tree(app) == expected
    assert [run.undoes for run in runs()] == [None, 1, 2, 1, 4, 5, 6]


def test_the_last_run_that_stands_is_undone_then_the_one_before(app: Path) -> None:
    for old, new in (("1", "2"), ("2", "3"), ("3", "4")):
        write(app, x=(old if old != "1" else None, new))
    for expected in ("3", "2"):
        assert undo(None, str(app)).problems == ()
        assert (app / "x.py").read_text() == expected
    assert undone_by(runs()) == {3: 4, 2: 5}
    assert problems(undo(2, str(app))) == [
        ": run 2 is undone already; tapfix undo 5 brings it back"
    ]
    assert undo(5, str(app)).problems == ()
    assert undone_by(runs()) == {3: 4, 5: 6}
    assert (app / "x.py").read_text() == "3"
    assert undo(None, str(app)).problems == ()
    assert (app / "x.py").read_text() == "2"
    assert undo(None, str(app)).problems == ()
    assert not (app / "x.py").exists()
    [nothing] = undo(None, str(app)).problems
    assert nothing.message.startswith("there is nothing to undo here; ")


def test_an_earlier_run_is_undone_only_if_no_later_one_wrote_its_files(app: Path) -> None:
    write(app, x=(None, "1"), y=(None, "1"))
    write(app, y=("1", "2"))
    assert problems(undo(1, str(app))) == ["y.py: has changed since run 1; nothing was undone"]
    assert (app / "x.py").exists()
    write(app, z=(None, "1"))
    assert undo(2, str(app)).problems == ()
    assert (app / "y.py").read_text() == "1" and (app / "z.py").exists()


def changed(app: Path) -> None:
    (app / "a.py").write_bytes(b"mine")


def removed(app: Path) -> None:
    (app / "a.py").unlink()


def back_again(app: Path) -> None:
    (app / "b.py").write_bytes(b"mine")


def a_folder(app: Path) -> None:
    (app / "b.py").mkdir()


def other_link(app: Path) -> None:
    (app / "gone.py").symlink_to("a.py")


def link_for_a_file(app: Path) -> None:
    (app / "a.py").rename(app / "moved.py")
    (app / "a.py").symlink_to("moved.py")


def edited_new(app: Path) -> None:
    (app / "new/e.py").write_bytes(b"E\n")


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (changed, "a.py: has changed since run 1"),
        (removed, "a.py: is gone since run 1"),
        (back_again, "b.py: is there again since run 1"),
        (a_folder, "b.py: Is a directory"),
        (other_link, "gone.py: is there again since run 1"),
        (link_for_a_file, "a.py: has changed since run 1"),
        (edited_new, "e.py: has changed since run 1"),
    ],
)
def test_what_was_changed_since_is_named_and_nothing_is_done(
    app: Path, since: Callable[[Path], None], said: str
) -> None:
    apply(app)
    since(app)
    before = tree(app)
    assert problems(undo(None, str(app))) == [f"{said}; nothing was undone"]
    assert tree(app) == before
    assert len(runs()) == 1


def test_all_that_changed_since_are_named(app: Path) -> None:
    apply(app)
    changed(app)
    edited_new(app)
    assert len(undo(None, str(app)).problems) == 2


def test_files_that_are_back_already_are_no_obstacle(app: Path) -> None:
    before = tree(app)
    apply(app)
    (app / "a.py").write_bytes(b"a\r\n" * 3)
    (app / "new/e.py").unlink()
    undone = undo(None, str(app))
    assert (undone.problems, tree(app)) == ((), before)
    assert len(undone.changes) == len(all_changes(app)) - 2


def test_where_all_is_back_already_the_next_undo_goes_on(app: Path) -> None:
    write(app, x=(None, "1"))
    write(app, y=(None, "1"))
    (app / "y.py").unlink()
    undone = undo(None, str(app))
    assert (undone.problems, dict(undone.changes)) == ((), {})
    assert undone.notes == ("all its files are as they were before it already",)
    assert undo(None, str(app)).problems == ()
    assert not (app / "x.py").exists()


def test_a_folder_with_something_else_in_it_stays(app: Path) -> None:
    apply(app)
    (app / "new/mine.txt").write_text("mine")
    assert undo(None, str(app)).problems == ()
    assert [path.name for path in (app / "new").iterdir()] == ["mine.txt"]


def test_the_mode_that_somebody_has_given_since_stays(app: Path) -> None:
    apply(app)
    (app / "a.py").chmod(0o600)
    assert undo(None, str(app)).problems == ()
    assert tree(app)["a.py"] == (0o600, b"a\r\n" * 3)


def test_a_read_only_file_is_refused(app: Path) -> None:
    apply(app)
    (app / "a.py").chmod(0o444)
    before = tree(app)
    assert problems(undo(None, str(app))) == ["a.py: is read-only; nothing was undone"]
    assert tree(app) == before
    assert len(runs()) == 1


def test_a_preview_writes_nothing(app: Path, state: Path) -> None:
    apply(app)
    before = tree(app), tree(state)
    undone = undo(None, str(app), preview=True)
    assert undone.changes[str(app / "a.py")] == (b"A\r\n" * 30, b"a\r\n" * 3)
    assert undone.changes[str(app / "new/e.py")] == (b"E", None)
    assert (tree(app), tree(state)) == before


def test_only_what_was_written_here_is_the_last_run_here(app: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    (other / "lib").mkdir()
    write(other, x=(None, "1"))
    write(app, y=(None, "1"))
    assert undo(None, str(other / "lib")).problems == ()
    assert (app / "y.py").exists() and not (other / "x.py").exists()
    # By its number a run is undone from anywhere.
    assert undo(2, str(other)).problems == ()
    assert not (app / "y.py").exists()


def test_no_such_run_and_no_journal(app: Path, state: Path) -> None:
    for number, said in ((3, "there is no run 3"), (None, "there is nothing to undo here")):
        [problem] = undo(number, str(app)).problems
        assert problem.message == f"{said}; tapfix undo --list shows what there is"
    assert not state.exists()


@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_damaged_journal_is_not_written_back(app: Path, state: Path, harm: str) -> None:
    apply(app)
    [kept] = state.glob("journal/*/bytes")
    kept.write_bytes(b"a\r\n") if harm == "cut" else kept.unlink()
    before = tree(app)
    [problem] = undo(None, str(app)).problems
    assert " held is lost: " in problem.message and "nothing was undone" in problem.message
    assert tree(app) == before


UNREAD = "run 2 cannot be read: another version of tapfix wrote it, or it is damaged"


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", '{"format": 2}', "", "[" * 99999, "\xff"])
def test_an_index_of_another_version_is_passed_over_and_told(
    app: Path, state: Path, text: str
) -> None:
    write(app, x=(None, "1"))
    write(app, x=("1", "2"))
    (state / "journal/000002/run.json").write_text(text, encoding="latin-1")
    assert [run.number for run in runs()] == [1]
    assert remarks() == (UNREAD,)
    assert problems(undo(2, str(app))) == [f": {UNREAD}"]
    # Numbers go on behind it.
    write(app, x=("2", "3"))
    assert [run.number for run in runs()] == [1, 3]
    assert undo(3, str(app)).problems == ()
    (app / "x.py").write_text("1")
    assert undo(None, str(app)).problems == ()
    assert problems(undo(None, str(app))) == [f": {UNREAD}"]


def test_a_run_before_one_that_cannot_be_read(app: Path, state: Path) -> None:
    write(app, x=(None, "1"))
    write(app, y=(None, "1"))
    (state / "journal/000002/run.json").write_text("{}")
    undone = undo(None, str(app))
    assert (undone.problems, undone.notes) == ((), (UNREAD,))
    assert not (app / "x.py").exists()


OF_RUNS: dict[str, tuple[object, ...]] = {
    "time": ("x", None, [], -1, 1e300, 1e999),
    "undoes": ("1", 2, 3, -1, 1.5),
    "fixes": (None, "1"),
    "files": (None, {}, [1]),
    "made": ("/x", [1], ["x"], ["/\0"]),
    "dropped": ([None],),
}
OF_FILES: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(("path", "target", "new", "old"), (5, "", "x.py")),
    **dict.fromkeys(("before", "after", "kind"), (5,)),
    **dict.fromkeys(("offset", "size"), ("1", -1, None)),
}
OF_KINDS: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(("mode", "owner", "group"), ("x",)),
    "link": (1,),
}
WRONG = [
    ((*way, key), value)
    for way, table in (((), OF_RUNS), (("files", 0), OF_FILES), (("files", 0, "kind"), OF_KINDS))
    for key, values in table.items()
    for value in values
]


@pytest.mark.parametrize(("place", "value"), WRONG)
def test_an_index_that_holds_what_none_of_ours_does(
    app: Path, state: Path, place: tuple[str | int, ...], value: object
) -> None:
    write(app, x=(None, "1"))
    write(app, x=("1", "2"))
    file = state / "journal/000002/run.json"
    index = json.loads(file.read_text())
    *way, last = place
    table = index
    for key in way:
        table = table[key]
    table[last] = value
    file.write_text(json.dumps(index))
    assert [run.number for run in runs()] == [1]
    del table[last]
    file.write_text(json.dumps(index))
    assert [run.number for run in runs()] == [1]


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder in memory, so on another file system than the journal."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def test_across_file_systems(elsewhere: Path, state: Path) -> None:
    build(elsewhere / "app")
    before = tree(elsewhere / "app")
    apply(elsewhere / "app")
    assert state.stat().st_dev != elsewhere.stat().st_dev
    assert undo(None, str(elsewhere / "app")).problems == ()
    assert tree(elsewhere / "app") == before


def test_without_hard_links(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    before = tree(app)
    apply(app)
    assert undo(None, str(app)).problems == ()
    assert tree(app) == before


def test_an_app_that_was_moved_has_no_runs(app: Path) -> None:
    apply(app)
    moved = app.with_name("moved")
    shutil.move(app, moved)
    assert undo(None, str(moved)).problems != ()
    assert len(undo(1, str(moved)).problems) == 3
