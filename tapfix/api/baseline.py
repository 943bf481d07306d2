"""Findings that a team has agreed to live with, in a file: old ones are silent, new ones are not.

An entry is a finding's fingerprint, with what a reader wants to know of it. A finding whose
statement has changed is still the old one if it says the same of the same file: a fix of something
else in the statement must not bring it up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tapfix.api.entries import Entry
from tapfix.api.fingerprint import VERSION, fingerprints
from tapfix.api.result import Reported, Result
from tapfix.config import ConfigError

_FORMAT = 1
_KEYS = ("path", "code", "message", "fingerprint")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline file holds; ``file`` is its absolute path."""

    file: str
    entries: tuple[Entry, ...] = ()

    @property
    def folder(self) -> str:
        """What the paths of the entries are relative to."""
        return os.path.realpath(Path(self.file).parent)

    def path_of(self, entry: Entry) -> str:
        """The real path of an entry's file."""
        return os.path.normpath(Path(self.folder, entry.path))

    def compared(
        self,
        root: str,
        found: Sequence[Reported],
        silenced: Sequence[Reported],
        hides: Iterable[str],
    ) -> Compared:
        """What of the findings of an app it has; those that comments silence count as places."""
        told = Result(
            findings=tuple(found), silenced=tuple(silenced), secrets=tuple(hides), apps=(root,)
        )
        prints = fingerprints(told, self.folder)
        paths: dict[str, str] = {}
        entries: dict[Reported, Entry] = {}
        for one in found:
            path = paths.setdefault(one.place.path, self._inside(one.place.path))
            message = one.finding.message
            if any(text in message or repr(text)[1:-1] in message for text in told.hides if text):
                message = ""
            entries[one] = Entry(path, one.rule.code, message, prints[one])
        return Compared(self, entries, self._matched(entries))

    def _inside(self, path: str) -> str:
        return os.path.relpath(os.path.realpath(path), self.folder).replace(os.sep, "/")

    def _matched(self, entries: Mapping[Reported, Entry]) -> dict[Reported, Entry]:
        """The entry of each old finding: by its fingerprint, or else by what it says."""
        matched: dict[Reported, Entry] = {}
        for key in (_by_fingerprint, _by_message):
            taken = set(matched.values())
            known: dict[tuple[str, ...], list[Entry]] = {}
            for entry in self.entries:
                if entry not in taken:
                    known.setdefault(key(entry), []).append(entry)
            for one, entry in entries.items():
                here = known.get(key(entry))
                if one not in matched and here and any(key(entry)):
                    matched[one] = here.pop(0)
        return matched


@dataclass(frozen=True, slots=True)
class Compared:
    """An app's findings beside a baseline: the entry that each would be, and those it has."""

    baseline: Baseline
    entries: Mapping[Reported, Entry] = field(repr=False)
    old: Mapping[Reported, Entry] = field(repr=False)


def _by_fingerprint(entry: Entry) -> tuple[str, ...]:
    return entry.path, entry.code, entry.fingerprint


def _by_message(entry: Entry) -> tuple[str, ...]:
    return (entry.path, entry.code, entry.message) if entry.message else ("",)


def read_baseline(file: str) -> Baseline:
    """The baseline in a file. Raises ``ConfigError`` if it cannot be read or is none."""
    try:
        content = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        hint = "; --write-baseline makes it" if isinstance(error, FileNotFoundError) else ""
        raise ConfigError(f"{file}: cannot be read: {error.strerror}{hint}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: is no baseline: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict) or "tapfix-baseline" not in content:
        raise ConfigError(f"{file}: is no baseline of tapfix")
    if content["tapfix-baseline"] != _FORMAT or content.get("fingerprints") != VERSION:
        raise ConfigError(f"{file}: is a baseline of another version: remove it and write it anew")
    return Baseline(file, tuple(_entries(file, content.get("findings"))))


def _entries(file: str, content: object) -> Iterator[Entry]:
    if not isinstance(content, list):
        raise ConfigError(f"{file}: is no baseline: it has no list of findings")
    for number, one in enumerate(content, 1):
        values = [one.get(key) if isinstance(one, dict) else None for key in _KEYS]
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) != len(_KEYS) or not all(map(_is_text, texts)):
            raise ConfigError(f"{file}: is no baseline: finding {number} lacks {', '.join(_KEYS)}")
        yield Entry(*texts)


def _is_text(text: str) -> bool:
    """Whether a text may be a path, and can be written out: half of a character cannot."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def text_of(entries: Collection[Entry]) -> bytes:
    """What a baseline file with these entries holds: sorted, one a line, the same for the same."""
    lines = b",".join(b"\n" + _line(entry) for entry in sorted(set(entries)))
    head = f'{{\n"tapfix-baseline": {_FORMAT},\n"fingerprints": "{VERSION}",\n"findings": ['
    return head.encode() + lines + b"\n]\n}\n"


def lines_of(entries: Iterable[Entry], data: bytes) -> dict[Entry, int]:
    """The 1-based lines that entries stand on in a baseline file, where that is laid out as ours.

    Somebody may have laid it out anew, or written it since: of an entry without a line of its own
    nothing is said.
    """
    lines = data.splitlines()
    known = {line.rstrip(b","): number for number, line in reversed(list(enumerate(lines, 1)))}
    numbers = ((entry, known.get(_line(entry))) for entry in entries)
    return {entry: number for entry, number in numbers if number is not None}


def _line(entry: Entry) -> bytes:
    # ASCII: a path may hold bytes that are no UTF-8.
    return json.dumps({key: getattr(entry, key) for key in _KEYS}).encode()
