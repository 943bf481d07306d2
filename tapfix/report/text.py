"""Findings, problems and the summary as lines for people (and for editors that read them)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from tapfix.api.result import Mode, Reported, Result, Status
from tapfix.edits import Impact
from tapfix.model.python.source import Problem
from tapfix.report.clean import clean_line, clean_name
from tapfix.report.content import Content
from tapfix.report.masking import masked
from tapfix.report.names import shown
from tapfix.report.paint import Paint

_STATUS_COLOURS = {Status.FIXED: "green", Status.FIXABLE: "cyan", Status.NOTE: "dim"}


@dataclass(frozen=True, slots=True)
class Voice:
    """Writes lines with paths relative to the folder ``base``; ``hides`` are passwords."""

    base: str
    paint: Paint
    hides: Collection[str] = ()

    def findings(self, findings: Iterable[Reported]) -> Iterator[str]:
        """Two lines for each finding: what is wrong where, and what became of it.

        A note without a reason says all in its first line.
        """
        for reported in findings:
            yield self.finding(reported)
            if reported.status is not Status.NOTE or reported.reason:
                yield self._sequel(reported)

    def finding(self, reported: Reported) -> str:
        """What is wrong where, and the impact of its fix or what else became of it."""
        place = reported.place
        where = self._where(place.path, place.line, place.column)
        code = self.paint("red" if reported.is_left else "dim", reported.rule.code)
        impact = reported.impact
        label = impact.value if impact is not None else reported.status.value
        message = self._line(reported.finding.message)
        return f"{where}: {code} {message} {self.paint('yellow', f'[{label}]')}"

    def _sequel(self, reported: Reported) -> str:
        title = reported.finding.fix.title if reported.finding.fix is not None else ""
        said = {
            Status.FIXED: f"fixed: {title}",
            Status.FIXABLE: f"fix: {title}",
            Status.REFUSED: f"not fixed ({title}): {reported.reason}",
            Status.HELD_BACK: f"not fixed ({title}): {reported.reason}",
            Status.UNFIXABLE: f"no fix: {reported.reason or 'a person has to decide'}",
            Status.NOTE: f"note: {reported.reason}",
        }[reported.status]
        return "    " + self.paint(_STATUS_COLOURS.get(reported.status, "yellow"), self._line(said))

    def remarks(self, content: Content) -> Iterator[str]:
        """A line for each suppression, and each entry of a baseline, that matches nothing."""
        yield from self.unused(content)
        yield from self.unmatched(content)

    def unused(self, content: Content) -> Iterator[str]:
        """A line for each suppression that silences nothing."""
        return self._remarks(content.unused, "suppression")

    def unmatched(self, content: Content) -> Iterator[str]:
        """A line for each entry of a baseline that matches nothing."""
        return self._remarks(content.unmatched, "baseline")

    def _remarks(self, problems: Iterable[Problem], label: str) -> Iterator[str]:
        for problem in problems:
            where = self._where(problem.path, problem.line, problem.column)
            yield f"{where}: {self._line(problem.message)} {self.paint('yellow', f'[{label}]')}"

    def problems(self, problems: Iterable[Problem]) -> Iterator[str]:
        """A line for each thing that could not be done."""
        for problem in problems:
            where = self._where(problem.path, problem.line, problem.column)
            message = self._line(problem.message)
            yield f"{self.paint('red', 'error:')} {f'{where}: ' if where else ''}{message}"

    def _line(self, text: str) -> str:
        return clean_line(masked(text, self.hides))

    def _where(self, path: str, line: int, column: int) -> str:
        """``path:line:column``, as far as known."""
        where = clean_name(shown(path, self.base))
        if line:
            where += f":{line}:{column}" if column else f":{line}"
        return self.paint("bold", where)

    def statistics(self, result: Result) -> Iterator[str]:
        """How often each rule found something, the most frequent first."""
        counts = Counter(one.rule.code for one in result.findings)
        fixes = Counter(one.rule.code for one in result.findings if one.impact is not None)
        names = {one.rule.code: one.rule.name for one in result.findings}
        width = max((len(name) for name in names.values()), default=0)
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            fixable = f"{fixes[code]} with a fix" if fixes[code] else "none with a fix"
            yield f"{count:5}  {code}  {names[code]:{width}}  {fixable}"


def voice_of(content: Content) -> Voice:
    """What writes the lines of a run."""
    return Voice(content.base, content.paint, content.result.hides)


def write(content: Content) -> str | bytes:
    """The diff of a dry run, else the findings or their counts, and what templates say of fixes."""
    if content.result.mode is Mode.DRY_RUN:
        return content.diff
    return "".join(f"{line}\n" for line in report(content))


def report(content: Content) -> Iterator[str]:
    """The findings or their counts; what a dry run would fix stands in its diff already."""
    result, voice = content.result, voice_of(content)
    if content.statistics:
        yield from voice.statistics(result)
    elif result.mode is Mode.DRY_RUN:
        yield from voice.findings(one for one in result.findings if one.status is not Status.FIXED)
    else:
        yield from voice.findings(result.findings)
    yield from voice.remarks(content)
    yield from verdicts(content)


def verdicts(content: Content) -> Iterator[str]:
    """What templates say of the fixes, where they were asked."""
    if content.judgements:
        from tapfix.report.verification import Bearing

        bearing = Bearing(content.base, content.paint, content.result.hides)
        yield from bearing.lines(content.judgements)


def summary(result: Result) -> Iterator[str]:
    """What the run came to, in a few lines: always with the profile, and with the impacts."""
    read = f"{_count(result.files, 'file')} of {_count(len(result.apps), 'app')}"
    profile = f"profile {', '.join(result.profiles)}" if result.profiles else "no app"
    if not result.files:
        if not result.problems:
            yield "No Python files there."
        return
    if not result.findings and not result.changes:
        scope = "what could be read of " if result.problems else ""
        yield f"Nothing to fix in {scope}{read} ({profile})."
    else:
        yield f"{_tally(result)} in {read} ({profile})."
    if result.suppressed:
        yield f"{_count(result.suppressed, 'finding')} suppressed by comments."
    if result.baselined:
        yield f"{_count(len(result.baselined), 'finding')} in the baseline."
    if result.impacts:
        impacts = ", ".join(f"{count} {impact.value}" for impact, count in result.impacts.items())
        yield f"Impact of the fixes: {impacts}."
    yield from _advice(result)


def _tally(result: Result) -> str:
    """The counts, in the words of the mode."""
    notes = sum(one.status is Status.NOTE for one in result.findings)
    if result.mode is Mode.REPORT:
        parts = [_found(result)]
    else:
        parts = [_done(result), f"{len(result.left)} left"]
    if notes:
        parts.append(_count(notes, "note"))
    return "; ".join(parts)


def _found(result: Result) -> str:
    left = len(result.left)
    fixable = sum(one.status is Status.FIXABLE for one in result.findings)
    if not left:
        return "Nothing to fix"
    if left == 1:
        return f"1 finding, {'with' if fixable else 'without'} a fix"
    return f"{left} findings, {fixable or 'none'} of them with a fix"


def _done(result: Result) -> str:
    if result.ignored:
        verb = "Would ignore" if result.mode is Mode.DRY_RUN else "Ignored"
        if result.fixed:
            verb = f"{_fixed(result)}; {verb.lower()}"
        return f"{verb} {_count(len(result.ignored), 'finding')} from now on"
    return _fixed(result)


def _fixed(result: Result) -> str:
    if not result.fixed:
        return "Nothing to change" if result.mode is Mode.DRY_RUN else "Nothing changed"
    verb = "Would fix" if result.mode is Mode.DRY_RUN else "Fixed"
    fixed, files = _count(len(result.fixed), "finding"), _count(len(result.changes), "file")
    return f"{verb} {fixed} by changing {files}"


def _advice(result: Result) -> Iterator[str]:
    """What to do next, and what to know before a deploy."""
    if result.mode is Mode.REPORT and result.impacts:
        yield "Show the fixes with --dry-run, make them with --apply."
    if result.mode is Mode.DRY_RUN and result.ignored:
        yield "Write these comments without --dry-run."
    elif result.mode is Mode.DRY_RUN and result.changes:
        yield "Make these changes with --apply."
    if result.mode is Mode.APPLY and result.fixed:
        impacts = result.impacts
        die = impacts.get(Impact.DATA_DIES_WITH_STACK, 0)
        lost = impacts.get(Impact.DATA_DIES_AT_NEXT_DEPLOY, 0)
        replace = impacts.get(Impact.REPLACES, 0) + lost
        yield (
            f"{_fixes(die, 'lets', 'let')} data die with the stack;"
            f" {_fixes(replace, 'replaces', 'replace')} a deployed resource"
            + (f", {lost} of them with its data." if lost else ".")
        )
        if die:
            yield (
                "A changed deletion policy alone is no update for CloudFormation:"
                " deploy it together with some other change before you destroy the stack."
            )
    if result.undo:
        yield f"{result.undo} takes this back."


def _fixes(count: int, one: str, many: str) -> str:
    return f"{count} fix {one}" if count == 1 else f"{count} fixes {many}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
