"""The manual page of a rule as Markdown."""

from __future__ import annotations

from tapfix.rule import Rule

HEADINGS = ("Why it matters", "What the fix does", "Left alone")
"""The headings that a page has, each on a line of its own."""


def flaw(rule: Rule) -> str:
    """The flaw in a sentence."""
    return rule.doc.strip().splitlines()[0]


def markdown(rule: Rule) -> str:
    """The page without its first line's heading, code marked as Markdown does it."""
    lines = [
        f"\n**{line}**\n" if line.strip() in HEADINGS else line
        for line in rule.doc.strip().splitlines()
    ]
    return "\n".join(lines).replace("``", "`")
