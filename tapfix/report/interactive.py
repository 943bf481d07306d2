"""The talk on a terminal about fixes, one by one, as ``git add -p`` leads it about hunks."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tapfix.api import Options
from tapfix.api.ignores import fault_of
from tapfix.api.look import Found
from tapfix.api.result import Reported, Result
from tapfix.api.review import Answer, Deed, Question, Talk, review
from tapfix.engine.diff import unified_diff
from tapfix.report.masking import masked
from tapfix.report.names import shown
from tapfix.report.pages import page
from tapfix.report.paint import Paint, paint_for, painted_diff

_KEYS = {
    "y": Deed.MAKE,
    "n": Deed.LEAVE,
    "a": Deed.MAKE_KIND,
    "d": Deed.LEAVE_KIND,
    "q": Deed.STOP,
}
_PROMPT = "Make this fix [y,n,a,d,q,i,e,?]? "
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
# A file's control characters must not get at the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


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
        rule = question.found.rule
        while True:
            word = _read(self._paint("cyan", f"({question.number}/{question.count}) {_PROMPT}"))
            if word is None:
                print()
                return Answer(Deed.STOP)
            key = word.strip()[:1].lower()
            if key in _KEYS:
                return Answer(_KEYS[key])
            if key == "i":
                reason = self._reason()
                if reason is not None:
                    return Answer(Deed.IGNORE, reason)
            elif key == "e":
                self._say("\n".join(page(rule, self._paint)), is_ours=True)
            else:
                self._say(self._paint("dim", _HELP), is_ours=True)

    def _reason(self) -> str | None:
        """The reason of a comment; None, and the fix is asked about again, if there is none."""
        while True:
            word = _read(self._paint("cyan", "Reason (empty: back): "))
            reason = (word or "").strip()
            if not reason:
                return None
            fault = fault_of(reason)
            if fault is None:
                return reason
            self._say(fault)

    def _show(self, question: Question) -> None:
        found, paint = question.found, self._paint
        finding, fix = found.finding, found.finding.fix
        assert fix is not None
        place = found.place
        where = f"{shown(place.path, self._base)}:{place.line}:{place.column}"
        rule = found.rule
        self._say("")
        head = f"{rule.code} {rule.name} ({rule.severity.value}): {fix.title}"
        self._say(paint("bold", self._clean(head)), is_ours=True)
        self._say(f"{where}: {finding.message}")
        self._say(paint("yellow", f"impact: {fix.impact.value}"), is_ours=True)
        diff = unified_diff(question.changes, self._base).decode("utf-8", "backslashreplace")
        clean = self._clean(diff).rstrip("\n")
        told = painted_diff(clean.encode()).decode() if paint.enabled else clean
        self._say(told, is_ours=True)

    def depends(self, others: Sequence[Reported]) -> None:
        """Say what does not come up without a fix that is not made."""
        for one in others:
            where = f"{shown(one.place.path, self._base)}:{one.place.line}"
            title = one.finding.fix.title if one.finding.fix is not None else ""
            self._say(f"left with it, since it builds on it: {one.rule.code} {where}: {title}")

    def cannot(self, found: Found, reason: str) -> None:
        """Say that a fix does not go with those that were accepted."""
        where = f"{shown(found.place.path, self._base)}:{found.place.line}"
        self._say(f"not asked about yet: {found.rule.code} {where}: {reason}")

    def _say(self, text: str, *, is_ours: bool = False) -> None:
        print(text if is_ours else self._clean(text))

    def _clean(self, text: str) -> str:
        """A text without passwords, and without what a terminal obeys."""
        return _CONTROL.sub("\ufffd", masked(text, self._hides).replace("\r\n", "\n"))


def _read(prompt: str) -> str | None:
    """A line of input; None at its end."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        return "?"
    return line if line else None
