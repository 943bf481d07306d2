"""The list of the rules, and the manual page of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from textwrap import indent

from tapfix.report.manual import flaw
from tapfix.report.paint import Paint
from tapfix.rule import Example, Profile, Rule, Source


def table(rules: Iterable[Rule], paint: Paint) -> Iterator[str]:
    """A line for each rule: code, name, severity, and the flaw in a sentence."""
    rules = tuple(rules)
    width = max((len(rule.name) for rule in rules), default=0)
    for rule in rules:
        off = "" if Profile.PRODUCTION in rule.profiles else paint("dim", " (off in production)")
        name = paint("bold", f"{rule.name:{width}}")
        yield f"{rule.code}  {name}  {rule.severity.value:8}  {flaw(rule)}{off}"


def table_json(rules: Iterable[Rule]) -> str:
    """The rules as a JSON list."""
    content = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.value,
            "profiles": sorted(profile.value for profile in rule.profiles),
            "flaw": flaw(rule),
        }
        for rule in rules
    ]
    return json.dumps(content, indent=2)


def page(rule: Rule, paint: Paint) -> Iterator[str]:
    """The manual page of a rule: its document, and its first example that comes out mended."""
    yield paint("bold", f"{rule.code} {rule.name} · {rule.severity.value}")
    if Profile.PRODUCTION not in rule.profiles:
        yield "off in profile production"
    yield ""
    yield rule.doc.strip()
    example = next((one for one in rule.examples if one.after is not None), None)
    if example is not None:
        yield ""
        yield from _example(example, paint)


def _example(example: Example, paint: Paint) -> Iterator[str]:
    yield paint("bold", f"Example: {example.title}")
    for heading, source in (("before", example.before), ("after", example.after)):
        for name, text in _files(source):
            yield ""
            yield paint("cyan", f"{heading}, {name}:" if name else f"{heading}:")
            yield indent(text.strip("\n"), "    ")


def _files(source: Source | None) -> Iterator[tuple[str, str]]:
    """The files of an example with their names; a text alone has none."""
    if isinstance(source, str):
        yield "", source
    elif source is not None:
        yield from sorted(source.items())
