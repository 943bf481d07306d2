"""Two small programs that apply what reports say, written from the formats' documents alone.

They know nothing of tapfix: places and texts come from the report, bytes from the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

BOM = b"\xef\xbb\xbf"


class Edit(NamedTuple):
    """New text for the characters from ``start`` to ``end`` of a file's text."""

    start: int
    end: int
    text: str


def apply_sarif(log: Mapping[str, Any]) -> set[Path]:
    """Apply all fixes of a log; the files that were written."""
    edits: dict[Path, list[Edit]] = {}
    encodings: dict[Path, str] = {}
    for run in log["runs"]:
        newlines = "|".join(map(re.escape, run["newlineSequences"]))
        assert run["columnKind"] == "unicodeCodePoints"
        encodings |= {_file(one["location"], run): one["encoding"] for one in run["artifacts"]}
        for change in _sarif_changes(run):
            file = _file(change["artifactLocation"], run)
            starts = _starts(_text(file, encodings.get(file, "utf-8")), newlines)
            for one in change["replacements"]:
                region = one["deletedRegion"]
                start = starts[region["startLine"] - 1] + region["startColumn"] - 1
                end = starts[region["endLine"] - 1] + region["endColumn"] - 1
                edits.setdefault(file, []).append(Edit(start, end, one["insertedContent"]["text"]))
    for file, mine in edits.items():
        _write(file, mine, encodings.get(file, "utf-8"))
    return set(edits)


def _sarif_changes(run: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for result in run["results"]:
        for fix in result.get("fixes", ()):
            yield from fix["artifactChanges"]


def _file(location: Mapping[str, str], run: Mapping[str, Any]) -> Path:
    base = (
        run["originalUriBaseIds"][location["uriBaseId"]]["uri"] if "uriBaseId" in location else ""
    )
    parts = urlsplit(urljoin(base, location["uri"]))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("file", "", "", "")
    return Path(unquote(parts.path, errors="surrogateescape"))


def apply_rdjson(told: Mapping[str, Any], folder: Path, encodings: Mapping[str, str]) -> set[Path]:
    """Apply all suggestions of a result; ``encodings`` are those of files that are not UTF-8."""
    edits: dict[Path, list[Edit]] = {}
    for diagnostic in told["diagnostics"]:
        path = diagnostic["location"]["path"]
        for one in diagnostic.get("suggestions", ()):
            file = folder / path
            text = _text(file, encodings.get(path, "utf-8"))
            edit = Edit(*_rdjson_place(one["range"], text), one["text"])
            edits.setdefault(file, []).append(edit)
    for file, mine in edits.items():
        _write(file, mine, encodings.get(str(file.relative_to(folder)), "utf-8"))
    return set(edits)


def _rdjson_place(area: Mapping[str, Any], text: str) -> tuple[int, int]:
    start, end = area["start"], area["end"]
    starts = _starts(text, "\r\n|\n|\r")
    if "column" not in start and "column" not in end:
        last = text[starts[end["line"] - 1] :]
        body = re.split("\r\n|\n|\r", last, maxsplit=1)[0]
        return starts[start["line"] - 1], starts[end["line"] - 1] + len(body)
    return _offset(start, starts, text), _offset(end, starts, text)


def _offset(position: Mapping[str, int], starts: list[int], text: str) -> int:
    """A column counts bytes of UTF-8 from 1."""
    begin = starts[position["line"] - 1]
    before = text[begin:].encode()[: position["column"] - 1]
    return begin + len(before.decode())


def _starts(text: str, newlines: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(newlines, text))]


def _text(file: Path, encoding: str) -> str:
    data = file.read_bytes() if file.exists() else b""
    return data.removeprefix(BOM).decode(encoding)


def _write(file: Path, edits: list[Edit], encoding: str) -> None:
    text = _text(file, encoding)
    bom = BOM if file.exists() and file.read_bytes().startswith(BOM) else b""
    edits.sort(reverse=True)
    for later, earlier in pairwise(edits):
        assert earlier.end <= later.start, f"{file}: two changes of one place"
    for edit in edits:
        text = text[: edit.start] + edit.text + text[edit.end :]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bom + text.encode(encoding))
