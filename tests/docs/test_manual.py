"""The manual builds without a fault, holds what the code says, and loads nothing from elsewhere."""

from __future__ import annotations

import functools
import importlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tapfix.registry import builtin_rules
from tapfix.report.manual import HEADINGS
from tapfix.rule import MANUAL

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
build_rule_pages = importlib.import_module("tools.build_rule_pages")
build_settings_page = importlib.import_module("tools.build_settings_page")
TOP = MANUAL.removesuffix("rules")

# Attributes by which a page has something loaded, by element; a link that a reader follows is none.
LOADED = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "form": ("action",),
}
LOADING_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "modulepreload"}


class Page(HTMLParser):
    """What a page loads, what it links to, and the anchors that it has."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.loads += [given[name] for name in LOADED.get(tag, ()) if name in given]
        if tag == "link" and LOADING_LINKS & set(given.get("rel", "").split()):
            self.loads.append(given["href"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.anchors.update(value for name, value in given.items() if name in ("id", "name"))


page_of = functools.cache(Page)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual, built."""
    folder = tmp_path_factory.mktemp("manual") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_every_rule_has_its_page_where_editors_and_reports_look_for_it(site: Path) -> None:
    for rule in builtin_rules():
        assert rule.page.startswith(TOP)
        page = site / rule.page.removeprefix(TOP) / "index.html"
        assert f"{rule.code} {rule.name}" in page.read_text(encoding="utf-8")
        assert {heading.lower().replace(" ", "-") for heading in HEADINGS} <= page_of(page).anchors


def test_the_manual_is_served_where_reports_and_editors_look_for_it(site: Path) -> None:
    front = (site / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{TOP}">' in front
    schema = (ROOT / "tapfix" / "report" / "schema.json").read_text(encoding="utf-8")
    served = site / json.loads(schema)["$id"].removeprefix(TOP)
    assert served.read_text(encoding="utf-8") == schema
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nDocumentation = "{TOP}"\n' in project


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        loads = page_of(page).loads
        assert loads, page
        for url in loads:
            split = urlsplit(url)
            assert not split.scheme and not split.netloc, f"{page}: {url}"
            # A page for what is not found may be shown anywhere: its paths begin at the site's.
            top = site if url.startswith("/") else page.parent
            path = unquote(split.path).removeprefix(urlsplit(TOP).path)
            assert (top / path).exists(), f"{page}: {url}"
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(?:@import\s*|url\()['\"]?(?:https?:)?//", text), sheet


def test_every_link_within_the_manual_leads_somewhere(site: Path) -> None:
    for page in site.rglob("index.html"):
        for link in page_of(page).links:
            split = urlsplit(link)
            if split.scheme or split.netloc:
                continue
            target = (page.parent / unquote(split.path)).resolve() if split.path else page
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{page}: {link}"
            if split.fragment and target.suffix == ".html":
                assert split.fragment in page_of(target).anchors, f"{page}: {link}"


def test_the_pages_of_rules_are_those_of_the_code() -> None:
    made = build_rule_pages.pages()
    there = {path.name: path.read_text("utf-8") for path in (DOCS / "rules").glob("*.md")}
    differ = [name for name in {*made, *there} if made.get(name) != there.get(name)]
    assert not differ, f"run {build_rule_pages.COMMAND} for {differ}"
    compared = build_rule_pages.COMPARISON.read_text("utf-8").partition(build_rule_pages.MARK)
    assert compared[2] == build_rule_pages.comparison(), f"run {build_rule_pages.COMMAND}"


def test_the_settings_are_those_of_the_code() -> None:
    written = build_settings_page.PAGE.read_text(encoding="utf-8")
    assert written == build_settings_page.page(), f"run {build_settings_page.COMMAND}"
    assert set(build_settings_page.MEANINGS) == set(build_settings_page.defaults())


def test_what_is_said_of_other_tools_is_of_rules_that_they_have() -> None:
    known = build_rule_pages.others()
    codes = {rule.code for rule in builtin_rules()}
    assert set(known.opinions) <= codes
    for code, opinions in known.opinions.items():
        for opinion in opinions:
            assert opinion.says in build_rule_pages.VERDICTS, code
            unknown = [name for name in opinion.ids if name not in known.names[opinion.tool]]
            assert not unknown, (code, opinion.tool)


def test_every_rule_of_another_tool_that_counts_otherwise_after_a_fix_is_spoken_of() -> None:
    known = build_rule_pages.others()
    for rule in builtin_rules():
        said = {
            (opinion.tool, name): opinion.says
            for opinion in known.opinions.get(rule.code, ())
            for name in opinion.ids
        }
        for tool, counts in known.seen[rule.name.replace("-", "_")].items():
            for name, (before, after) in counts.items():
                if after > before:
                    expected = {"after", "against"}
                elif after < before:
                    expected = {"sees", "partly"}
                else:
                    continue
                assert said.get((tool, name)) in expected, (rule.code, tool, name)


def examples_of_yaml(page: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    return re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("page", "has", "schema"),
    [
        ("integrations.md", "runs-on:", "vendor.github-workflows"),
        ("reports.md", "artifacts:", "vendor.gitlab-ci"),
    ],
)
def test_examples_for_services_are_what_these_take(
    tmp_path: Path, page: str, has: str, schema: str
) -> None:
    (example,) = (text for text in examples_of_yaml(page) if has in text)
    (tmp_path / "example.yml").write_text(example, encoding="utf-8")
    words = ["--builtin-schema", schema, str(tmp_path / "example.yml")]
    program = Path(sys.executable).with_name("check-jsonschema")
    checked = subprocess.run([str(program), *words], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_the_example_for_pre_commit_is_what_it_takes(tmp_path: Path) -> None:
    (example,) = (text for text in examples_of_yaml("integrations.md") if "repos:" in text)
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    words = ["-m", "pre_commit", "validate-config", str(tmp_path / "example.yaml")]
    checked = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_the_style_speaks_of_classes_that_pages_have(site: Path) -> None:
    style = (DOCS / "manual.css").read_text("utf-8")
    pages = "".join(page.read_text("utf-8") for page in site.rglob("index.html"))
    for name in re.findall(r"\.(language-\w+)", style):
        assert f'class="{name} highlight"' in pages


def test_the_navigation_has_every_page_once() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    listed = re.findall(r"(\S+\.md)$", text, re.MULTILINE)
    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_pages_are_named_in_the_navigation_by_their_headings(site: Path) -> None:
    front = (site / "index.html").read_text("utf-8")
    for rule in builtin_rules():
        assert re.search(rf">\s*{rule.code} {rule.name}\s*<", front), rule.code


def test_every_page_of_the_manual_is_linked_from_the_readme_or_the_index() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    for page in DOCS.glob("*.md"):
        if page.name != "index.md":
            assert f"]({page.name}" in index or f"](docs/{page.name}" in readme, page


@pytest.mark.parametrize("page", ["architecture.md", "performance.md"])
def test_modules_that_the_manual_names_are_there(page: str) -> None:
    tops = ("tapfix", "tools", "tests", "benchmarks")
    there = [f"/{path.relative_to(ROOT)}" for top in tops for path in (ROOT / top).rglob("*.py")]
    named = set(re.findall(r"`([\w/]+\.py)`", (DOCS / page).read_text("utf-8")))
    of_an_app = {"app.py", "cli.py", "lib/store.py"}
    assert named - of_an_app
    for name in named - of_an_app:
        assert any(path.endswith(f"/{name}") for path in there), name


def test_what_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", (ROOT / "README.md").read_text("utf-8")):
        assert target.startswith("http") or (ROOT / target).exists(), target
