"""One line for each finding, for people and for editors that read lines."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.report.content import Content
from tapfix.report.text import voice_of


def write(content: Content) -> str:
    """The findings with place, code and impact; or how often each rule found something."""
    return "".join(f"{line}\n" for line in _lines(content))


def _lines(content: Content) -> Iterator[str]:
    voice = voice_of(content)
    if content.statistics:
        yield from voice.statistics(content.result)
    else:
        for reported in content.findings:
            yield voice.finding(reported)
    yield from voice.remarks(content)
