"""Ignore patterns, held against git itself."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from tapfix.discover.gitignore import is_ignored, read_ignore_file
from tests.discover.trees import git

_PIECES = ["*", "**", "/", "a", "b", "lib", "?", "[ab]", "[!a]", "[a-c]", "[]a]", "[[:alpha:]]"]
_PIECES += ["\\", "!", "#", " ", ".py", "**/", "/**", "[", "[^/]", "x y", "\\*", "\\?", "[a\\]]"]
_PIECES += ["[z-a]", "[--0]", "[!]", "[[:foo:]]", "\\\\", "[a-b-c]", "[\\a-c]", "\r", "$", "("]
# These hold ``a**/x``, which git takes for ``a`` and any folders below it.
_CROSSING = [71, 293, 669]
_NAMES = ["a", "b", "lib", "x y", "ab", "a.py", "*", "?", "]", "#a", "!a", "x ", "-", "c", "[", "$"]


@pytest.mark.parametrize("seed", [*range(25), *_CROSSING])
def test_patterns_mean_what_git_takes_them_for(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = ["".join(chance.choices(_PIECES, k=chance.randint(1, 5))) for _ in range(6)]
    text = "\n".join(lines)
    (tmp_path / ".gitignore").write_bytes(text.encode())
    for _ in range(40):
        file = tmp_path.joinpath(*chance.choices(_NAMES, k=chance.randint(1, 4)))
        if not any(parent.is_file() for parent in file.parents) and not file.is_dir():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    git(tmp_path, "init", "-q")
    relative = [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*"))]
    relative = [path for path in relative if path.parts[0] not in (".git", ".gitignore")]
    by_git = subprocess.run(
        ["git", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=tmp_path,
        input="\0".join(map(str, relative)).encode(),
        capture_output=True,
        check=False,
    ).stdout.decode()
    file_of_patterns = read_ignore_file(str(tmp_path), text)
    chain = (file_of_patterns,) if file_of_patterns is not None else ()
    ignored: set[Path] = set()
    for path in relative:
        full = tmp_path / path
        if path.parent in ignored or is_ignored(chain, str(full), path.name, full.is_dir()):
            ignored.add(path)
    assert sorted(map(str, ignored)) == sorted(by_git.split("\0")[:-1]), text
