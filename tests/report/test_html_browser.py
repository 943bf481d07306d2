"""The page of --html in a real browser: it works by mouse and keys, and asks for nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tapfix import api
from tapfix.api.result import Mode
from tapfix.report.content import Content
from tapfix.report.html import write
from tests.editors.packages import install
from tests.editors.vscode.workshop import node_environment
from tests.report.conftest import EXAMPLES
from tests.report.hostile import hostile_content

pytestmark = pytest.mark.xdist_group("browser")

HERE = Path(__file__).parent / "browser"
PICTURES = Path(__file__).parents[2] / "build" / "html"
"""Where the pictures stay; git ignores it."""

FILTERS = {
    "severity": "critical",
    "rule": "TAP018",
    "impact": "replaces",
    "status": "note",
    "file": "lib/lambda/inventory_processor.py",
    "search": "Deletion_Protection  database",
}


@pytest.fixture(scope="module")
def catalog() -> Content:
    root = EXAMPLES / "broken" / "product_catalog"
    return Content(api.run([str(root)], api.Options(mode=Mode.DRY_RUN)), str(root), exit_code=1)


@pytest.fixture(scope="module")
def seen(catalog: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a person sees who opens the page and works with it."""
    folder = tmp_path_factory.mktemp("browser")
    install("chromium")
    environment = {**node_environment(folder / "bin"), "HOME": str(folder)}
    desk = folder / "desk"
    shutil.copytree(HERE, desk, ignore=shutil.ignore_patterns("node_modules"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    pages = {"page": catalog, "hostile": hostile_content(folder)}
    for name, content in pages.items():
        (folder / f"{name}.html").write_text(write(content), encoding="ascii")
    task = {
        **{name: (folder / f"{name}.html").as_uri() for name in pages},
        "browser": "/usr/bin/chromium",
        "filters": FILTERS,
        "pictures": str(PICTURES),
        "report": str(folder / "report.json"),
    }
    (folder / "task.json").write_text(json.dumps(task))
    for words in (["npm", "ci", "--no-audit", "--no-fund"], ["node", "drive.mjs", "../task.json"]):
        done = subprocess.run(
            words,
            cwd=desk,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout
    yield json.loads((folder / "report.json").read_text(encoding="utf-8"))
    shutil.rmtree(folder)


def test_nothing_is_asked_of_anyone_and_nothing_complains(seen: dict[str, Any]) -> None:
    assert seen["console"] == []
    assert seen["requests"] and all(one.startswith("file:") for one in seen["requests"])
    assert {one.rpartition("/")[2] for one in seen["requests"]} == {"page.html", "hostile.html"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(seen: dict[str, Any], scheme: str) -> None:
    assert seen["violations"][scheme] == []


def test_colours_follow_the_system_or_the_reader(seen: dict[str, Any]) -> None:
    colours = seen["colours"]
    assert colours["light"] == "rgb(255, 255, 255)"
    assert colours["dark"] == colours["chosen"] != colours["light"]


def test_filters_show_what_they_name(seen: dict[str, Any], catalog: Content) -> None:
    every = catalog.result.findings
    assert seen["all"] == seen["again"] == len(every)
    counts = {name: count for name, (count, _) in seen["narrowed"].items()}
    assert counts["severity"] == sum(
        one.rule.severity.value == "critical" and one.status.value != "note" for one in every
    )
    assert counts["rule"] == sum(one.rule.code == "TAP018" for one in every)
    assert counts["impact"] == sum(
        one.impact is not None and one.impact.value == "replaces" for one in every
    )
    assert counts["status"] == 1
    assert counts["file"] == sum(one.place.path.endswith("processor.py") for one in every)
    assert 0 < counts["search"] < 10
    for count, said in seen["narrowed"].values():
        assert said == f"{count} of {len(every)} findings"
    assert seen["none"] == [0, True]


def test_keys_lead_from_finding_to_finding(seen: dict[str, Any]) -> None:
    assert seen["keys"] == ["f1", "f2", "f1"]
    assert seen["folded"] == [True, False]
    assert seen["typed"] == "jk/"
    assert seen["off"] == ""
    assert seen["open"] == 0
    assert seen["first"] == "Skip to the findings"


def test_on_paper_all_is_unfolded_and_light(seen: dict[str, Any]) -> None:
    assert seen["paper"] == {"colour": "rgb(255, 255, 255)", "filters": False, "folded": 0}


def test_nothing_sticks_out_on_a_narrow_screen(seen: dict[str, Any]) -> None:
    assert seen["wide"] <= 420
    assert seen["hostileWide"] <= 420


def test_names_with_markup_do_nothing(seen: dict[str, Any]) -> None:
    assert seen["dialogs"] == []
    assert seen["title"] == "what tapfix would change – tapfix"
    assert seen["injected"] == 1


def test_lock_file_holds_checksums_and_no_hosts() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: one for name, one in packages.items() if name}
    assert installed and all("integrity" in one for one in installed.values())
    assert not [name for name, one in installed.items() if "resolved" in one]
