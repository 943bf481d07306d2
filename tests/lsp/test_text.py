"""Positions in each encoding, edits that an editor tells of, and what they would save."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from tapfix.lsp.documents import Document, text_of
from tapfix.lsp.shift import shift_between
from tapfix.lsp.text import Text
from tapfix.lsp.uris import path_of, uri_of
from tapfix.lsp.workspace_edits import differences
from tests.lsp import editor

ENCODINGS = ["utf-8", "utf-16", "utf-32"]
TEXTS = st.text(st.sampled_from('ab("é€😀\n\r\t\x0c\x0b\x1c\x85\u2028\ufeff'), max_size=40)


@given(TEXTS, st.integers(0, 40), st.sampled_from(ENCODINGS))
def test_a_position_is_where_an_editor_counts_it(string: str, at: int, encoding: str) -> None:
    at = min(at, len(string))
    if string[at - 1 : at + 1] == "\r\n":
        at -= 1  # no editor puts its cursor between the two
    there = editor.position(string, at, encoding)
    text, offset = Text(string), len(string[:at].encode())
    assert text.position(offset, encoding) == there
    assert text.offset(there, encoding) == offset


@given(TEXTS, st.integers(0, 60), st.integers(0, 60), st.sampled_from(ENCODINGS))
def test_a_position_that_is_none_is_the_nearest(
    string: str, line: int, character: int, encoding: str
) -> None:
    text = Text(string)
    offset = text.offset(lsp.Position(line, character), encoding)
    assert 0 <= offset <= len(text.utf8)
    text.utf8[:offset].decode()  # not in the middle of a character
    assert text.offset(text.position(offset, encoding), encoding) == offset


@given(TEXTS, st.data(), st.sampled_from(ENCODINGS))
def test_a_change_is_made_where_the_editor_makes_it(
    string: str, data: st.DataObject, encoding: str
) -> None:
    start = data.draw(st.integers(0, len(string)))
    end = data.draw(st.integers(start, len(string)))
    new = data.draw(TEXTS)
    if "\r\n" in (string[start - 1 : start + 1], string[end - 1 : end + 1]):
        return
    area = lsp.Range(
        editor.position(string, start, encoding), editor.position(string, end, encoding)
    )
    assert Text(string).replaced(area, new, encoding).string == string[:start] + new + string[end:]


@given(TEXTS, TEXTS)
def test_the_differences_make_one_text_of_the_other(old: str, new: str) -> None:
    data = old.encode()
    pieces = list(differences(data, new.encode()))
    assert pieces == sorted(pieces)
    for start, end, piece in reversed(pieces):
        data = data[:start] + piece + data[end:]
    assert data == new.encode()
    if old == new:
        assert pieces == []


def test_the_differences_are_no_more_than_what_differs() -> None:
    old = b"a = 1\r\nb = f(1, 2)\r\nc = 3\r\n"
    new = b"a = 1\r\nb = f(1, x=2)\r\nc = 3\r\nd = 4\r\n"
    assert list(differences(old, new)) == [(16, 16, b"x="), (25, 25, b"\r\nd = 4")]


@given(TEXTS, st.integers(0, 3), st.integers(0, 3), TEXTS)
def test_what_stands_beside_a_change_is_found_again(
    front: str, old: int, new: int, back: str
) -> None:
    was, now = ((front + piece + back).encode() for piece in ("O" * old, "N" * new))
    shift = shift_between(was, now)
    behind = len(front.encode()) + old
    for offset in range(len(was) + 1):
        if offset < behind - old:
            assert shift.of(offset) == offset
        elif offset > behind:
            assert now[shift.of(offset) :] == was[offset:]
        else:
            assert behind - old <= shift.of(offset) <= len(front.encode()) + max(old, new)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("x = 1\n", b"x = 1\n"),
        ("\ufeffx = 1\n", b"\xef\xbb\xbfx = 1\n"),
        ("# coding: latin-1\nx = 'é'\n", b"# coding: latin-1\nx = '\xe9'\n"),
        # What the declared encoding cannot hold is no Python, so that nothing is made of it.
        ("# coding: latin-1\nx = '€'\n", b"\xef\xbb\xbf# coding: latin-1\nx = '\xe2\x82\xac'\n"),
        ("# coding: klingon\n", b"# coding: klingon\n"),
        ("x = '\ud800'\n", b"x = '\xed\xa0\x80'\n"),
    ],
)
def test_a_document_holds_what_would_be_saved(text: str, data: bytes) -> None:
    assert Document("file:///a.py", "/a.py", 1, Text(text)).data == data


def test_a_file_is_shown_as_an_editor_shows_it() -> None:
    assert text_of("/a.py", b"\xef\xbb\xbfx = 1\n").string == "x = 1\n"
    assert text_of("/a.py", b"# coding: latin-1\nx = '\xe9'\n").string.endswith("x = 'é'\n")
    assert text_of("/a.py", b"x = '\xe9'\n").string == "x = '\ufffd'\n"


@given(st.text(st.sampled_from("ab é%#?:\udcff"), min_size=1))
def test_a_path_comes_back_from_its_uri(name: str) -> None:
    assert path_of(uri_of(f"/{name}")) == f"/{name}"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/../b.py", "/b.py"),
        ("file://localhost/b.py", "/b.py"),
        ("file:///c%3A/b.py", "/c:/b.py"),
        ("untitled:Untitled-1", None),
        ("git:/a/b.py?x", None),
        ("file://server/b.py", None),
        ("file:///a%00b", None),
        ("file://[", None),
        ("", None),
    ],
)
def test_only_a_file_here_has_a_path(uri: str, path: str | None) -> None:
    assert path_of(uri) == path
