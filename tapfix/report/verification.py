"""What the templates say of fixes, as lines for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tapfix.report.names import shown
from tapfix.report.paint import Paint
from tapfix.verify.difference import ABSENT, Difference
from tapfix.verify.judge import Judgement, Mark, Seen, Verdict
from tapfix.verify.standing import Standing

_SIGNS = {Mark.PROVED: ("✓", "green"), Mark.NOT_PROVED: ("✗", "red"), Mark.UNSEEN: ("–", "dim")}
_LONGEST = 60
_MASK = "********"


@dataclass(frozen=True, slots=True)
class Bearing:
    """Writes lines with paths relative to ``base``; ``hides`` are passwords, which are masked."""

    base: str
    paint: Paint
    hides: tuple[str, ...] = ()

    def lines(self, judgements: Iterable[Judgement]) -> Iterator[str]:
        """All of what was found out, app by app."""
        for judgement in judgements:
            for line in self._app(judgement):
                yield self._masked(line)

    def manners(self, judgements: Iterable[Judgement]) -> Iterator[str]:
        """How each app was run."""
        for one in judgements:
            if one.how:
                yield f"{shown(one.root, self.base)}: ran {one.how}"

    def standing(self, standings: Iterable[Standing]) -> Iterator[str]:
        """The flaws of apps as they stand, by the lines that make them, and a summary of each."""
        for one in standings:
            name = self.paint("bold", shown(one.root, self.base))
            if one.obstacle is not None:
                yield f"{name}: cannot be verified, because {one.obstacle}"
                continue
            for seen in one.flaws:
                yield self._seen(seen, name)
            count = len(one.flaws)
            yield f"{name}: {count or 'no'} {'flaw' if count == 1 else 'flaws'} in its templates"

    def _seen(self, seen: Seen, app: str) -> str:
        place = f"{shown(seen.path, self.base)}:{seen.line}" if seen.path else app
        said = f"{seen.rule.doc.splitlines()[0]} {seen.resource} {seen.shows}"
        return f"{self.paint('bold', place)}: {self.paint('red', seen.rule.code)} {said}"

    def _app(self, judgement: Judgement) -> Iterator[str]:
        name = shown(judgement.root, self.base)
        if judgement.obstacle is not None:
            yield f"{self.paint('bold', name)}: cannot be verified, because {judgement.obstacle}"
        for note in judgement.notes:
            yield f"{self.paint('bold', name)}: {note}"
        for verdict in judgement.verdicts:
            yield self._verdict(verdict)
        if judgement.obstacle is None:
            yield from self._changes(name, judgement)

    def _verdict(self, verdict: Verdict) -> str:
        sign, colour = _SIGNS[verdict.mark]
        place = verdict.reported.place
        where = self.paint("bold", f"{shown(place.path, self.base)}:{place.line}")
        said = "; ".join(verdict.shows)
        if verdict.reason is not None:
            said = f"{said}; {verdict.reason}" if said else verdict.reason
        said += " (only the template tells)" if verdict.told else ""
        return f"{self.paint(colour, sign)} {verdict.reported.rule.code} {where}: {said}"

    def _changes(self, name: str, judgement: Judgement) -> Iterator[str]:
        for old, new in judgement.renamed:
            yield f"{name}: stack {old} becomes {new}: a new stack, beside the old one"
        kinds = [_kind(one) for one in judgement.differences]
        added, removed = kinds.count("added"), kinds.count("removed")
        changed = {one.name for one in judgement.differences if one.path not in ("", "StackName")}
        count = len(judgement.replaced or {})
        yield (
            f"{name}: in the templates {len(changed)} changed ({count} of them replaced),"
            f" {added} added, {removed} removed"
        )
        for path, why in sorted((judgement.replaced or {}).items()):
            yield f"    replaced: {path} ({why})"
        for one in judgement.unexpected:
            yield f"    {self.paint('red', 'unexpected')}: {self._difference(one)}"
        if judgement.left:
            yield f"{name}: the templates show after the change:"
        for seen in judgement.left:
            yield f"    {self._seen(seen, name)}"

    def _difference(self, one: Difference) -> str:
        where = f"{one.name} {one.path}".strip()
        if not one.path:
            return f"{where} {_kind(one)}"
        return f"{where}: {_short(one.old)} -> {_short(one.new)}"

    def _masked(self, line: str) -> str:
        for text in sorted(self.hides, key=len, reverse=True):
            line = line.replace(text, _MASK)
        return line


def as_objects(judgements: Iterable[Judgement], base: str) -> list[dict[str, object]]:
    """Judgements as what JSON can hold."""
    return [
        {
            "app": shown(one.root, base),
            "how": one.how,
            "holds": one.holds,
            "obstacle": one.obstacle,
            "notes": list(one.notes),
            "verdicts": [_verdict(verdict, base) for verdict in one.verdicts],
            "renamed_stacks": [list(pair) for pair in one.renamed],
            "replaced": dict(one.replaced or {}),
            "unexpected": [
                {"resource": it.name, "property": it.path or None, "old": it.old, "new": it.new}
                for it in one.unexpected
            ],
            "left": [_flaw(seen, base) for seen in one.left],
        }
        for one in judgements
    ]


def _verdict(verdict: Verdict, base: str) -> dict[str, object]:
    place = verdict.reported.place
    return {
        "code": verdict.reported.rule.code,
        "path": shown(place.path, base),
        "line": place.line,
        "verdict": verdict.mark.value,
        "shows": list(verdict.shows),
        "reason": verdict.reason,
        "only_in_template": verdict.told,
    }


def _flaw(seen: Seen, base: str) -> dict[str, object]:
    return {
        "code": seen.rule.code,
        "resource": seen.resource,
        "property": seen.shows,
        "path": shown(seen.path, base) if seen.path else None,
        "line": seen.line or None,
    }


def standings_json(standings: Iterable[Standing], base: str) -> str:
    """What templates say of apps as they are, as one JSON list."""
    apps = [
        {
            "app": shown(one.root, base),
            "obstacle": one.obstacle,
            "flaws": [_flaw(seen, base) for seen in one.flaws],
        }
        for one in standings
    ]
    return json.dumps(apps, indent=2)


def _kind(one: Difference) -> str:
    if one.path:
        return "changed"
    return "added" if one.old == ABSENT else "removed"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
