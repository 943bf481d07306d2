"""From paths to apps: which files belong to which app."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tapfix.discover import discover
from tapfix.discover.reading import read_files
from tapfix.model.python.source import Problem
from tests.discover.trees import found_in, git, make, names


def test_a_folder_without_an_app_file_is_one_app(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "lib/stack.py")
    assert found_in(tmp_path) == {".": ["app.py", "lib/stack.py"]}


def test_every_app_file_makes_an_app_and_the_inner_one_wins(tmp_path: Path) -> None:
    make(tmp_path, "cdk.json", "app.py", "a/cdk.json", "a/app.py", "a/b/cdk.json", "a/b/app.py")
    assert found_in(tmp_path) == {".": ["app.py"], "a": ["a/app.py"], "a/b": ["a/b/app.py"]}


def test_the_app_file_is_read_with_the_app(tmp_path: Path) -> None:
    make(tmp_path, "app.py", **{"cdk.json": '{"app": "python app.py"}'})
    (app,) = discover([str(tmp_path)]).apps
    assert app.files[f"{tmp_path}/cdk.json"] == b'{"app": "python app.py"}'


@pytest.mark.parametrize("path", ["lib/stack.py", "lib"])
def test_a_path_inside_an_app_brings_the_whole_app_and_asks_for_itself(
    tmp_path: Path, path: str
) -> None:
    make(tmp_path, "cdk.json", "app.py", "lib/stack.py", "other/cdk.json", "other/app.py")
    found = discover([str(tmp_path / path)])
    assert names(found, tmp_path) == {".": ["app.py", "lib/stack.py"]}
    assert found.is_asked(f"{tmp_path}/lib/stack.py")
    assert not found.is_asked(f"{tmp_path}/app.py")
    assert not found.is_asked(f"{tmp_path}/{path}x")


def test_the_search_for_an_app_ends_at_the_repository(tmp_path: Path) -> None:
    make(tmp_path, "cdk.json", "app.py", "repo/lib/stack.py")
    git(tmp_path / "repo", "init", "-q")
    assert found_in(tmp_path, "repo/lib") == {"repo/lib": ["repo/lib/stack.py"]}


def test_a_lone_file_outside_any_repository_brings_only_itself(tmp_path: Path) -> None:
    make(tmp_path, "one.py", "two.py", "three.py")
    assert found_in(tmp_path, "one.py") == {".": ["one.py"]}
    assert found_in(tmp_path, "one.py", "two.py") == {".": ["one.py", "two.py"]}


def test_a_file_in_a_repository_without_an_app_brings_its_folder(tmp_path: Path) -> None:
    make(tmp_path, "a/one.py", "a/two.py", "b.py")
    git(tmp_path, "init", "-q")
    assert found_in(tmp_path, "a/one.py") == {"a": ["a/one.py", "a/two.py"]}


def test_overlapping_paths_count_once(tmp_path: Path) -> None:
    make(tmp_path, "cdk.json", "app.py", "lib/stack.py")
    assert found_in(tmp_path, ".", "lib", "app.py", "lib/../app.py") == {
        ".": ["app.py", "lib/stack.py"]
    }


def test_handlers_beside_the_app_belong_to_it_and_not_to_the_rest(tmp_path: Path) -> None:
    stack = 'import aws_cdk\ncode = Code.from_asset(os.path.join(HERE, "..", "backend"))\n'
    make(
        tmp_path,
        "infra/cdk.json",
        "backend/handler.py",
        "tools/tool.py",
        **{"infra/app.py": stack},
    )
    git(tmp_path, "init", "-q")
    assert found_in(tmp_path) == {
        ".": ["tools/tool.py"],
        "infra": ["backend/handler.py", "infra/app.py"],
    }


def test_two_apps_may_share_handlers(tmp_path: Path) -> None:
    stack = "import aws_cdk\ncode = Code.from_asset('../shared')\n"
    make(tmp_path, "a/cdk.json", "b/cdk.json", "shared/handler.py")
    make(tmp_path, **{"a/app.py": stack, "b/app.py": stack})
    assert found_in(tmp_path, "a", "b") == {
        "a": ["a/app.py", "shared/handler.py"],
        "b": ["b/app.py", "shared/handler.py"],
    }


def test_an_asset_path_never_leads_out_of_the_repository(tmp_path: Path) -> None:
    make(tmp_path, "secret/x.py", "repo/cdk.json")
    make(tmp_path, **{"repo/app.py": "import aws_cdk\nCode.from_asset('../secret')\n"})
    git(tmp_path / "repo", "init", "-q")
    assert found_in(tmp_path, "repo") == {"repo": ["repo/app.py"]}


def test_links_that_lead_round_in_circles_end(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "lib/stack.py")
    (tmp_path / "lib/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "lib/self.py").symlink_to("self.py")
    (tmp_path / "lib/same").symlink_to("same")
    (tmp_path / "copy").symlink_to("lib", target_is_directory=True)
    (tmp_path / "lib/gone.py").symlink_to("nowhere.py")
    assert found_in(tmp_path) == {".": ["app.py", "lib/stack.py"]}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("link.py", "lib/stack.py"),
        ("copy", "lib/stack.py"),
        ("copy/stack.py", "lib/stack.py"),
        ("inner.py", "sub/app.py"),
        ("common", "common/shared.py"),  # out of the app, and known to it by this name alone
    ],
)
@pytest.mark.parametrize("is_linked", [False, True])
def test_a_given_link_within_an_app_asks_for_what_it_leads_to(
    tmp_path: Path, path: str, asked: str, is_linked: bool
) -> None:
    real = tmp_path / "real"
    make(real, "cdk.json", "app.py", "lib/stack.py", "sub/cdk.json", "sub/app.py")
    make(tmp_path, "elsewhere/shared.py")
    links = {"link.py": "copy/stack.py", "copy": "lib", "inner.py": "sub/app.py"}
    for name, target in {**links, "common": "../elsewhere"}.items():
        (real / name).symlink_to(target)
    (tmp_path / "other").symlink_to("real")
    top = tmp_path / ("other" if is_linked else "real")
    found = discover([str(top / path)])
    assert found.problems == ()
    files = [file for app in found.apps for file in app.files if found.is_asked(file)]
    assert files == [f"{top}/{asked}"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("notes.txt", "is neither a folder nor a Python file"),
        ("node_modules/x.py", "lies in node_modules, where tapfix changes nothing"),
    ],
)
def test_a_given_link_to_what_is_not_looked_at(tmp_path: Path, target: str, message: str) -> None:
    make(tmp_path, "cdk.json", "app.py", target)
    (tmp_path / "link.py").symlink_to(target)
    found = discover([str(tmp_path / "link.py")])
    assert [(p.path, p.message) for p in found.problems] == [(f"{tmp_path}/{target}", message)]


def test_a_link_out_of_the_tree_is_followed_once(tmp_path: Path) -> None:
    make(tmp_path, "common/shared.py", "app/cdk.json", "app/app.py")
    (tmp_path / "app/lib").symlink_to("../common", target_is_directory=True)
    (tmp_path / "app/again").symlink_to("../common", target_is_directory=True)
    (tmp_path / "common/back").symlink_to("../app", target_is_directory=True)
    (files,) = found_in(tmp_path, "app").values()
    assert len(files) == 2
    assert files[0] in ("app/again/shared.py", "app/app.py")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", "no such file or folder"),
        ("dangling", "is a link that leads nowhere"),
        ("notes.txt", "is neither a folder nor a Python file"),
        ("cdk.out/asset/x.py", "lies in cdk.out, where tapfix changes nothing"),
    ],
)
def test_a_path_that_cannot_be_looked_at(tmp_path: Path, path: str, message: str) -> None:
    make(tmp_path, "app.py", "notes.txt", "cdk.out/asset/x.py")
    (tmp_path / "dangling").symlink_to("nowhere")
    found = discover([str(tmp_path / path), str(tmp_path / "app.py")])
    assert [(p.path, p.message) for p in found.problems] == [(f"{tmp_path}/{path}", message)]
    assert names(found, tmp_path) == {".": ["app.py"]}


def test_an_empty_path_is_not_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "app.py")
    monkeypatch.chdir(tmp_path)
    found = discover([""])
    assert [(p.path, p.message) for p in found.problems] == [("''", "no such file or folder")]
    assert (found.apps, found.given) == ((), ())


def test_a_file_and_a_folder_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "app.py", "locked.py", "closed/x.py")

    def refusing(function: Callable[..., object]) -> Callable[..., object]:
        # Permissions would not do: the superuser, who may run the tests, is never denied.
        def refuse(path: str, *arguments: object, **options: object) -> object:
            if path.endswith(("locked.py", "closed")):
                raise PermissionError(13, "Permission denied")
            return function(path, *arguments, **options)

        return refuse

    monkeypatch.setattr("os.scandir", refusing(os.scandir))
    monkeypatch.setattr("builtins.open", refusing(open))
    found = discover([str(tmp_path)])
    assert names(found, tmp_path) == {".": ["app.py"]}
    assert sorted((problem.path, problem.message) for problem in found.problems) == [
        (f"{tmp_path}/closed", "cannot be read: Permission denied"),
        (f"{tmp_path}/locked.py", "cannot be read: Permission denied"),
    ]


def test_a_file_that_goes_between_the_walk_and_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "app.py", "gone.py")

    def late(paths: set[str], problems: list[Problem]) -> dict[str, bytes]:
        (tmp_path / "gone.py").unlink(missing_ok=True)
        return read_files(paths, problems)

    monkeypatch.setattr("tapfix.discover.apps.read_files", late)
    assert found_in(tmp_path) == {".": ["app.py"]}
