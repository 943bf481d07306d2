"""The manual page of a rule as Markdown, or as plain text for an editor that shows no other."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol.types import Hover, MarkupContent, MarkupKind

from tapfix.lsp.diagnostics import Shown
from tapfix.rule import Rule

_HEADINGS = ("Why it matters", "What the fix does", "Left alone")


def hover_of(shown: Iterable[Shown], markdown: bool) -> Hover | None:
    """The pages of the rules whose findings stand at one place."""
    shown = list(shown)
    if not shown:
        return None
    rules = {one.found.rule.code: one.found.rule for one in shown}
    page = _markdown if markdown else _plain
    text = "\n\n---\n\n".join(page(rule) for rule in rules.values())
    kind = MarkupKind.Markdown if markdown else MarkupKind.PlainText
    return Hover(MarkupContent(kind, text), shown[0].diagnostic.range)


def _plain(rule: Rule) -> str:
    return f"{rule.code} {rule.name} · {rule.severity.value}\n\n{rule.doc.strip()}"


def _markdown(rule: Rule) -> str:
    title = f"**[{rule.code}]({rule.page}) {rule.name}** · {rule.severity.value}"
    lines = [
        f"\n**{line}**\n" if line.strip() in _HEADINGS else line
        for line in rule.doc.strip().splitlines()
    ]
    return "\n".join([title, "", *lines]).replace("``", "`")
