"""Markdown for people: a comment on a pull request, a summary of a job."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, zip_longest

from tapfix.api.result import Mode, Reported, Status
from tapfix.report.clean import clean_line, clean_name, clean_text
from tapfix.report.content import Content
from tapfix.report.text import summary, verdicts

LIMIT = 60_000
"""So many characters at most: GitHub refuses a comment of more than 65,536."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_HEAD = ("| severity | rule | where | what it leads to | what mends it |", "|---|---|---|---|---|")


def write(content: Content) -> str:
    """The counts, a table of the findings, the worst first, and the diff of a dry run, folded.

    What exceeds the limit is left out, which is said.
    """
    blocks = [
        ["### tapfix"],
        [f"{_text(line)}  " for line in summary(content.result)],
        _cut(_counts(content) if content.statistics else _table(content), LIMIT // 2, "findings"),
        _cut(list(_problems(content)), LIMIT // 8, "lines"),
        _cut([f"* {_text(line)}" for line in verdicts(content)], LIMIT // 8, "lines"),
    ]
    told = "\n\n".join("\n".join(lines) for lines in blocks if lines)
    if content.result.mode is Mode.DRY_RUN and content.result.changes:
        told += "\n\n" + "\n".join(_diff(content, LIMIT - len(told)))
    return told + "\n"


def _cut(lines: Sequence[str], room: int, what: str) -> list[str]:
    """As many lines as there is room for, in characters; then how many more there were."""
    ends = accumulate(len(line) + 1 for line in lines)
    kept = sum(end <= room for end in ends)
    more = len(lines) - kept
    return [*lines[:kept], *(["", f"… {more} more {what}, left out here"] if more else [])]


def _problems(content: Content) -> Iterator[str]:
    problems = [("error", one) for one in content.problems]
    problems += [("suppression", one) for one in content.unused]
    problems += [("baseline", one) for one in content.unmatched]
    for kind, one in problems:
        line = f":{one.line}" if one.line else ""
        where = f"{_code(content.shown(one.path) + line)}: " if one.path else ""
        yield f"* {kind}: {where}{_text(one.message)}"


def _table(content: Content) -> list[str]:
    rows = [_row(one, content) for one in content.worst_first]
    return [*_HEAD, *rows] if rows else []


def _counts(content: Content) -> list[str]:
    counts = Counter(one.rule.code for one in content.findings)
    rules = {rule.code: rule for rule in content.rules}
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        "| rule | | findings |",
        "|---|---|---|",
        *(
            f"| [{code}]({rules[code].page}) | {rules[code].name} | {count} |"
            for code, count in rows
        ),
    ]


def _row(one: Reported, content: Content) -> str:
    rule, fix = one.rule, one.finding.fix
    severity = "note" if one.status is Status.NOTE else rule.severity.value
    mends = f"{_text(content.hidden(fix.title))} ({fix.impact.value})" if fix is not None else ""
    verdict, why = content.verdict(one), _text(content.why(one))
    if why:
        mends = f"{mends}: {why}" if mends else why
    if verdict is not None and not content.doubt(verdict):
        mends += f" – {verdict.mark.value}"
    where = _code(f"{content.shown(one.place.path)}:{one.place.line}")
    cells = [
        severity,
        f"[{rule.code}]({rule.page})",
        where,
        _text(content.message(one)),
        mends,
    ]
    return f"| {' | '.join(cells)} |"


def _diff(content: Content, room: int) -> list[str]:
    text = clean_text(content.hidden(content.diff.decode("utf-8", "backslashreplace")))
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    frame = ["<details><summary>The diff</summary>", "", f"{fence}diff"]
    rest = [fence, "", "</details>"]
    left = room - len("\n".join([*frame, *rest])) - 100
    return [*frame, *_cut(text.splitlines(), left, "lines"), *rest]


def _text(text: str) -> str:
    """Text in which only code in backticks has a meaning for Markdown or HTML."""
    pieces = re.split("(`[^`]+`)", clean_line(text))
    plain, code = pieces[::2], [piece.replace("|", "\\|") for piece in pieces[1::2]]
    escaped = [_SPECIAL.sub(r"\\\1", piece.replace("&", "&amp;")) for piece in plain]
    return "".join(piece for pair in zip_longest(escaped, code, fillvalue="") for piece in pair)


def _code(text: str) -> str:
    """Text as code in a cell of a table."""
    return "`" + clean_name(text).replace("`", "'").replace("|", "\\|") + "`"
