"""Emacs with Eglot, without a screen, set up as the manual says, with the real server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors import packages
from tests.editors.editor import HERE, Editor, Start, running
from tests.editors.manual import block
from tests.editors.story import copied, fixes_and_undoes, mends_the_app

pytestmark = pytest.mark.xdist_group("editors")


@pytest.fixture(scope="session")
def emacs() -> str:
    packages.install("emacs-nox", "elpa-eglot")
    return "/usr/bin/emacs"


@pytest.fixture
def editor(emacs: str) -> Iterator[Editor]:
    with tempfile.TemporaryDirectory(prefix="tapfix-") as name:
        folder = Path(name)
        home = folder / "home"
        settings = home / ".emacs.d"
        settings.mkdir(parents=True)
        (settings / "init.el").write_text(block("Emacs", "elisp"), encoding="utf-8")
        # A new home has no machine code yet: it would compile half of itself.
        (settings / "early-init.el").write_text("(setq native-comp-deferred-compilation nil)\n")
        socket = str(folder / "socket")
        # A batch has no idle moments, in which Eglot tells of changes; a daemon has them.
        start = Start(
            (emacs, f"--fg-daemon={socket}", "--load", str(HERE / "emacs.el")),
            lambda request: ("emacsclient", "-s", socket, "--eval", f'(deed "{request}")'),
        )
        with running(home, start) as editor:
            yield editor


def test_fixes_and_undoes(editor: Editor, tmp_path: Path) -> None:
    fixes_and_undoes(editor, copied(tmp_path))
    editor.kill()


def test_mends_the_app(editor: Editor, tmp_path: Path) -> None:
    mends_the_app(editor, copied(tmp_path))
    asked = {question.split()[0] for question in editor.ask("complaints")[0]}
    assert asked == {"[eglot]", "Directory"}, "the manual says that these two things are asked"
    editor.quit()
