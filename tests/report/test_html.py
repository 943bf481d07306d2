"""The page of --html: its structure, its diffs, its drawings, and that nothing breaks out of it."""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapfix import api
from tapfix.api.result import Mode, Status
from tapfix.report.content import Content
from tapfix.report.html import write
from tapfix.report.html.ink import Ink
from tapfix.report.html.sides import aligned, side_by_side
from tapfix.verify.judge import Judgement, Mark, Verdict
from tests.cli.conftest import OFF, ON, Run
from tests.report.conftest import EXAMPLES, PASSWORDS
from tests.report.hostile import PASSWORD, SIGNS, hostile_content


@pytest.fixture(scope="module")
def catalog() -> Content:
    """What a dry run over the app with all flaws comes to."""
    root = EXAMPLES / "broken" / "product_catalog"
    return Content(api.run([str(root)], api.Options(mode=Mode.DRY_RUN)), str(root), exit_code=1)


@functools.cache
def parsed(page: str) -> ET.Element:
    """The page, in which a parser that forgives nothing finds no fault."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert isinstance(tree, ET.Element)
    return tree


def texts(element: ET.Element | None) -> str:
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def part(tree: ET.Element, name: str) -> ET.Element:
    found = tree.find(f".//section[@id='{name}']")
    assert found is not None
    return found


def rows(table: ET.Element) -> list[list[str]]:
    return [[texts(cell) for cell in row] for row in table.iterfind("./tbody/tr")]


# Structure


@pytest.fixture(scope="module")
def dry_run(content: Content) -> str:
    return write(content)


@pytest.fixture(scope="module")
def found(report: Content) -> str:
    return write(report)


@pytest.fixture(scope="module", params=["dry run", "report"])
def page(request: pytest.FixtureRequest, dry_run: str, found: str) -> str:
    return dry_run if request.param == "dry run" else found


def test_page_is_well_formed_and_names_its_parts(page: str) -> None:
    tree = parsed(page)
    assert page.isascii()
    every = list(tree.iter())
    ids = [one.get("id") for one in every if one.get("id")]
    assert len(ids) == len(set(ids))
    for one in every:
        for name in ("aria-labelledby", "for"):
            assert set((one.get(name) or "").split()) <= set(ids)
    body = tree.find("body")
    assert body is not None
    assert {"header", "main", "footer"} <= {one.tag for one in body}
    levels = [int(one.tag[1]) for one in every if re.fullmatch("h[1-6]", str(one.tag))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert all(one.get("scope") for one in every if one.tag == "th")
    assert [one for one in every if one.tag == "table"]


def test_page_needs_nothing_but_itself(page: str) -> None:
    tree = parsed(page)
    for one in tree.iter():
        assert not [name for name in one.attrib if name.startswith("on") or name == "style"]
        assert one.get("src") is None
        if one.tag != "a":
            assert (one.get("href") or "data:,") == "data:,"
    style = "".join(next(tree.iter("style")).itertext())
    assert not re.search(r"@import|url\(", style)


def test_policy_lets_only_the_pages_own_style_and_script_run(page: str) -> None:
    tree = parsed(page)
    policy = next(
        one.get("content") or ""
        for one in tree.iter("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (text,) = ["".join(one.itertext()) for one in tree.iter(tag)]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_each_finding_is_told_with_what_it_can_be_filtered_by(
    content: Content, dry_run: str
) -> None:
    articles = part(parsed(dry_run), "findings").findall(".//article")
    assert len(articles) == len(content.result.findings) > 90
    told = sorted((one.get("data-rule"), one.get("data-file")) for one in articles)
    known = ((one.rule.code, content.shown(one.place.path)) for one in content.result.findings)
    assert told == sorted(known)
    for one in articles:
        assert one.get("data-severity") in ("critical", "high", "medium", "low", "note")
        assert one.get("data-status") in ("would be fixed", "note")
        fixed = one.get("data-status") == "would be fixed"
        assert bool(one.findall(".//table[@class]")) == fixed
    first = texts(articles[0])
    assert "critical" in first and "impact" in first


def test_report_shows_what_the_fixes_on_offer_would_do(report: Content, found: str) -> None:
    tree = parsed(found)
    offered = [one for one in report.result.findings if one.status is Status.FIXABLE]
    diffs = part(tree, "findings").findall(".//article[@data-status='fixable']/details")
    assert len(diffs) == len(offered) > 50
    assert tree.find(".//section[@id='files']") is None
    assert "nothing has been changed" in texts(part(tree, "connections"))


def test_a_page_that_would_grow_too_large_leaves_diffs_out(
    catalog: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tapfix.report.html.ROOM", 1)
    section = part(parsed(write(catalog)), "findings")
    assert len(section.findall(".//article")) == len(catalog.result.findings)
    assert len(section.findall(".//article/details")) == 1
    assert "among the files below" in texts(section)


def test_verdicts_of_templates_stand_at_their_findings(catalog: Content) -> None:
    first, second = catalog.result.fixed[:2]
    verdicts = (
        Verdict(first, Mark.PROVED, ("BucketName <i>",)),
        Verdict(second, Mark.NOT_PROVED, (), "it is there still"),
    )
    judged = Content(catalog.result, catalog.base, (Judgement(catalog.base, "", verdicts),))
    tree = parsed(write(judged))
    rows = part(tree, "findings").iterfind(".//article/dl/div")
    told = {texts(row.find("dd")) for row in rows if texts(row.find("dt")) == "templates"}
    assert told == {"proved", "not proved: it is there still"}
    assert "BucketName <i>" in texts(part(tree, "rest"))


# What must not be in it


@pytest.mark.parametrize("password", PASSWORDS)
def test_no_password_is_in_the_page(page: str, password: str) -> None:
    assert password not in page
    # A word that is marked stands between tags.
    assert password not in "".join(parsed(page).itertext())
    assert "********" in page


@pytest.mark.parametrize("mode", [Mode.REPORT, Mode.DRY_RUN])
def test_names_cannot_break_out_of_the_page(tmp_path: Path, mode: Mode) -> None:
    content = hostile_content(tmp_path, mode)
    assert PASSWORD in content.result.hides
    page = write(content)
    tree = parsed(page)
    assert len(list(tree.iter("script"))) == 1 and not list(tree.iter("img"))
    assert "\u202e" not in unescape(page)
    text = texts(tree)
    assert SIGNS.replace("\u202e", "U+202E") in text
    assert SIGNS[:40] in texts(part(tree, "findings"))
    for form in (PASSWORD, "s3cret"):
        assert form not in page and form not in text and form not in unescape(page)


def test_a_drawing_that_fails_leaves_the_rest(
    catalog: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("<odd>")

    monkeypatch.setattr("tapfix.report.html.joined.map_of", fail)
    tree = parsed(write(catalog))
    assert "could not be drawn (RuntimeError: <odd>)" in texts(part(tree, "connections"))
    assert part(tree, "findings").findall(".//article")


# Connections


def test_what_could_not_be_reached_and_now_can_is_told_and_drawn(catalog: Content) -> None:
    section = part(parsed(write(catalog)), "connections")
    table = section.find(".//table")
    assert table is not None
    told = {(row[1], row[3], row[2].split()[0]): row[4:] for row in rows(table)}
    cache = told['Function "InventoryProcessor"', 'CfnCacheCluster "RedisCluster"', "connects"]
    assert cache == ["✕ shut it lies outside of the VPC", "+ opens"]
    stream = told['Stream "InventoryStream"', 'Function "InventoryProcessor"', "feeds"]
    assert stream[0].startswith("✕ shut its role does not allow kinesis:DescribeStream")
    assert stream[1] == "+ opens"
    before, after = section.findall(".//{*}svg[@class='chart']")
    assert len(before.findall(".//{*}g[@class='mark shut']")) == 3
    assert not before.findall(".//{*}g[@class='mark fresh']")
    assert len(after.findall(".//{*}g[@class='mark fresh']")) == len(told) == 8
    for mark in after.iterfind(".//{*}g[@class='mark fresh']"):
        assert texts(mark).endswith("+")
    names = [texts(one) for one in after.iterfind(".//{*}g[@class='node']/{*}title")]
    assert '+ new security group: SecurityGroup "InventoryProcessorSecurityGroup"' in names
    assert 'cache: CfnCacheCluster "RedisCluster"' in names


def boxes(chart: ET.Element) -> Iterator[tuple[float, float]]:
    for one in chart.iterfind(".//{*}g[@class='node']/{*}text[@class='kind']"):
        yield float(one.get("x") or 0), float(one.get("y") or 0)


def test_cards_and_marks_stand_apart_and_where_they_stood(dry_run: str) -> None:
    charts = part(parsed(dry_run), "connections").findall(".//{*}svg[@class='chart']")
    assert len(charts) > 10
    for chart in charts:
        places = sorted(boxes(chart))
        for (x, y), (other, below) in itertools.pairwise(places):
            assert other - x > 180 or (x == other and below - y >= 46)
        marks = chart.findall(".//{*}g[@class]/{*}rect")
        at = [(float(one.get("x") or 0), float(one.get("y") or 0)) for one in marks]
        for (x, y), (other, below) in itertools.combinations(at, 2):
            assert abs(x - other) > 20 or abs(y - below) > 18
    for before, after in zip(charts[::2], charts[1::2], strict=True):
        assert before.get("viewBox") == after.get("viewBox")


def test_page_is_the_same_each_time() -> None:
    root = str(EXAMPLES / "broken" / "lambda_vpc")
    options = api.Options(mode=Mode.DRY_RUN)
    first, second = (write(Content(api.run([root], options), root)) for _ in range(2))
    assert first == second


def test_after_an_apply_the_page_tells_what_was_fixed(tmp_path: Path) -> None:
    root = tmp_path / "app"
    shutil.copytree(EXAMPLES / "broken" / "security_group_ingress", root)
    result = api.write(api.run([str(root)], api.Options(mode=Mode.APPLY)))
    tree = parsed(write(Content(result, str(tmp_path))))
    assert part(tree, "findings").findall(".//article[@data-status='fixed']//table")
    (row,) = rows(next(part(tree, "connections").iter("table")))
    assert row[4:] == ["✕ shut no rule of the security group lets it in", "+ opens"]


# Side by side

LINES = st.lists(st.text("ab (=1<&", min_size=1, max_size=8), max_size=12).map(tuple)


@given(LINES, LINES)
def test_both_sides_have_all_their_lines_in_order(
    old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    every = list(aligned(old, new))
    assert [one.old for one in every if one.old is not None] == list(range(len(old)))
    assert [one.new for one in every if one.new is not None] == list(range(len(new)))
    assert all(old[one.old or 0] == new[one.new or 0] for one in every if one.same)


@given(LINES, LINES)
def test_cells_hold_the_lines_as_they_are(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    change = tuple("".join(f"{line}\n" for line in lines).encode() for lines in (old, new))
    table = html5lib.parseFragment(
        side_by_side("a.txt", (change[0], change[1]), Ink(), "a.txt"), namespaceHTMLElements=False
    )
    for side, lines in ((1, old), (3, new)):
        for cells in (list(row) for row in table.iterfind(".//tbody/tr")):
            if len(cells) == 4 and (number := "".join(cells[side - 1].itertext())):
                assert "".join(cells[side].itertext()) == lines[int(number) - 1]


def test_changed_words_are_marked_in_lines_that_belong_together() -> None:
    before = b"a = 1\nbucket = Bucket(keep=True, name='x')\nz = 26\n"
    after = b"a = 1\nimport os\nbucket = Bucket(keep=False, name='x')\nz = 26\n"
    table = side_by_side("a.py", (before, after), Ink(), "a.py")
    assert "Bucket(keep=<del>True</del>, name=" in table
    assert "Bucket(keep=<ins>False</ins>, name=" in table
    assert table.count("<del>") == table.count("<ins>") == 1


def test_new_files_have_one_side() -> None:
    table = side_by_side("a.py", (None, b"x = 1\n"), Ink(), "a.py")
    assert "new file" in table and "before" not in table and '<td class="new">x = 1</td>' in table


# The command line


@pytest.mark.parametrize(
    ("words", "title", "left"),
    [((), "found", ON), (("--dry-run",), "would change", ON), (("--apply",), "changed", OFF)],
)
def test_html_goes_with_every_mode(
    app: Path, tapfix: Run, words: tuple[str, ...], title: str, left: bytes
) -> None:
    code, out, _ = tapfix(*words, "--html", "page.html")
    assert (code, out) == (0 if left == OFF else 1, b"")
    tree = parsed((app / "page.html").read_text("ascii"))
    assert texts(tree.find(".//h1")) == f"What tapfix {title}"
    assert texts(part(tree, "findings").find(".//article//code")) == "app.py:3"
    assert (app / "app.py").read_bytes() == left


def test_html_goes_beside_other_reports(app: Path, tapfix: Run) -> None:
    _, out, _ = tapfix("--html=page.html", "--output-format=concise")
    assert out.startswith(b"app.py:3:1: TAP901") and (app / "page.html").exists()
