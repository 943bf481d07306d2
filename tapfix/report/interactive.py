"""The talk on a terminal about fixes, one by one, as ``git add -p`` leads it about hunks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tapfix.api import Options
from tapfix.api.found import Found
from tapfix.api.ignores import fault_of
from tapfix.api.result import Place, Reported, Result
from tapfix.api.review import Answer, Deed, Question, Talk, review
from tapfix.edits import Finding
from tapfix.engine.diff import unified_diff
from tapfix.report.clean import clean_line, clean_name, clean_text
from tapfix.report.masking import masked
from tapfix.report.names import shown
from tapfix.report.pages import page
from tapfix.report.paint import Paint, paint_for, painted_diff

# Whoever types "abort" does not mean "a".
_DEEDS = {
    "y": Deed.MAKE,
    "yes": Deed.MAKE,
    "n": Deed.LEAVE,
    "no": Deed.LEAVE,
    "a": Deed.MAKE_KIND,
    "d": Deed.LEAVE_KIND,
    "q": Deed.STOP,
    "quit": Deed.STOP,
}
_HELP = """\
y - make this fix
n - do not make it
a - make it and all others of this rule
d - do not make it, nor any other of this rule
q - stop here: what was accepted is written, the rest is left
i - ignore the finding from now on, by a comment with a reason
e - explain the rule
? - this list
The end of input (Ctrl-D) is q. Ctrl-C ends without writing anything."""


def review_here(paths: Sequence[str], options: Options) -> Result:
    """Ask on this terminal about each fix. Raises as ``api.run`` does, and KeyboardInterrupt."""
    dialogue = _Dialogue(str(Path.cwd()), paint_for(sys.stdout, os.environ))
    talk = Talk(dialogue.start, dialogue.ask, dialogue.depends, dialogue.cannot)
    return review(paths, options, talk)


class _Dialogue:
    """Shows fixes with paths relative to a folder, and reads the answers."""

    def __init__(self, base: str, paint: Paint) -> None:
        self._base = base
        self._paint = paint
        self._hides: frozenset[str] = frozenset()

    def start(self, hides: frozenset[str]) -> None:
        """Hear what is not to be shown."""
        self._hides = hides

    def ask(self, question: Question) -> Answer:
        """Show a fix until there is an answer; the end of input is one."""
        self._show(question)
        found = question.found
        # A long diff has driven the head out of sight.
        what = f"{found.rule.code}, {_impact(found)}: make this fix [y,n,a,d,q,i,e,?]? "
        prompt = self._paint("cyan", f"({question.number}/{question.count}) {what}")
        while True:
            word = _read(prompt)
            if word is None:
                return Answer(Deed.STOP)
            key = word.lower()
            if key in _DEEDS:
                return Answer(_DEEDS[key])
            if key in ("i", "ignore"):
                reason = self._reason()
                if reason is not None:
                    return Answer(Deed.IGNORE, reason)
            elif key in ("e", "explain"):
                self._say("\n".join(page(found.rule, self._paint)), is_ours=True)
            else:
                self._say(self._paint("dim", _HELP), is_ours=True)

    def _reason(self) -> str | None:
        """The reason of a comment; None, and the fix is asked about again, if there is none."""
        while True:
            reason = _read(self._paint("cyan", "Reason (empty: back): "))
            if not reason:
                return None
            fault = fault_of(reason)
            if fault is None:
                return reason
            self._say(fault)

    def _show(self, question: Question) -> None:
        found, paint = question.found, self._paint
        place, rule = found.place, found.rule
        self._say("")
        head = f"{rule.code} {rule.name} ({rule.severity.value}): {_title(found.finding)}"
        self._say(paint("bold", self._clean(head)), is_ours=True)
        self._say(f"{self._where(place)}:{place.column}: {clean_line(found.finding.message)}")
        self._say(paint("yellow", f"impact: {_impact(found)}"), is_ours=True)
        diff = unified_diff(question.changes, self._base).decode("utf-8", "backslashreplace")
        clean = self._clean(diff).rstrip("\n")
        told = painted_diff(clean.encode()).decode() if paint.enabled else clean
        self._say(told, is_ours=True)

    def depends(self, others: Sequence[Reported]) -> None:
        """Say what does not come up without a fix that is not made."""
        for one in others:
            what = f"{one.rule.code} {self._where(one.place)}: {_title(one.finding)}"
            self._say(f"left with it, since it builds on it: {what}")

    def cannot(self, found: Found, reason: str) -> None:
        """Say that a fix does not go with those that were accepted."""
        self._say(f"not asked about yet: {found.rule.code} {self._where(found.place)}: {reason}")

    def _where(self, place: Place) -> str:
        return f"{clean_name(shown(place.path, self._base))}:{place.line}"

    def _say(self, text: str, *, is_ours: bool = False) -> None:
        print(text if is_ours else self._clean(text))

    def _clean(self, text: str) -> str:
        """A text without passwords, and without what a terminal obeys."""
        return clean_text(masked(text, self._hides))


def _impact(found: Found) -> str:
    """What the fix does to what is deployed."""
    fix = found.finding.fix
    return fix.impact.value if fix is not None else ""


def _title(finding: Finding) -> str:
    """What the fix does."""
    return finding.fix.title if finding.fix is not None else ""


def _read(prompt: str) -> str | None:
    """A line of input without what is blank around it; None at the end of input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    # Keys that are no text in the terminal's encoding are an answer as well, if a wrong one.
    line = sys.stdin.buffer.readline().decode(sys.stdin.encoding, "surrogateescape")
    if not line.endswith("\n"):
        # The user has not gone to the next line, so whatever comes next has to.
        print()
    return line.strip() if line else None
