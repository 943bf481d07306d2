"""What the manual says of editors that cannot be run here; the others run as it says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tapfix.lsp.actions import FIX_APP
from tapfix.lsp.settings import options_of
from tests.editors.manual import MANUAL, block

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SERVER = ["tapfix", "server"]


def test_neovim_has_the_file_itself() -> None:
    file = Path(__file__).parents[2] / "editors" / "neovim.lua"
    assert block("Neovim", "lua") == file.read_text(encoding="utf-8")


def test_the_name_of_fixing_everything_is_the_servers() -> None:
    for text in (block("Neovim", "lua"), block("Emacs", "elisp")):
        assert f"{FIX_APP}" in text.replace("'", '"').split('"')


def test_helix() -> None:
    told = tomllib.loads(block("Helix", "toml"))
    ours = told["language-server"]["tapfix"]
    assert [ours["command"], *ours["args"]] == SERVER
    (python,) = told["language"]
    assert python["name"] == "python"
    assert "tapfix" in python["language-servers"]


def test_zed() -> None:
    told = json.loads(block("Zed", "json"))
    ((name, ours),) = told["lsp"].items()
    assert name in told["languages"]["Python"]["language_servers"]
    program = ours["binary"]
    assert [Path(program["path"]).name, *program["arguments"]] == SERVER
    _, faults = options_of(ours["initialization_options"], ())
    assert faults == ()


def test_pycharm() -> None:
    told = json.loads(block("PyCharm", "json"))
    assert told["programArgs"]["default"].split() == SERVER
    (mapping,) = told["fileTypeMappings"]
    assert mapping["languageId"] == "python"


def test_every_editor_is_in_the_manual() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    for name in ("Neovim", "Emacs", "Helix", "Zed", "PyCharm"):
        assert f"\n## {name}\n" in text
