"""Comments that silence findings, in terms of rules; and those comments that silence nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from tapfix.edits import Finding
from tapfix.engine.suppress import Split, Suppression, split, suppressions
from tapfix.model.app import App
from tapfix.model.python.source import Problem
from tapfix.registry import is_meant, nearest
from tapfix.rule import Rule


def silence(
    findings: Iterable[Finding], files: Mapping[str, bytes], known: Sequence[Rule]
) -> Split:
    """Part the findings into those that stay and those that a comment in ``files`` silences."""
    by_code = {rule.code: rule for rule in known}

    def matches(word: str, code: str) -> bool:
        rule = by_code.get(code)
        return rule is not None and is_meant(rule, word)

    comments = {
        path: suppressions(path, data) for path, data in files.items() if path.endswith(".py")
    }
    return split(findings, comments, matches)


def idle(
    app: App,
    comments: Iterable[Suppression],
    ran: Collection[str],
    known: Sequence[Rule],
    is_asked: Callable[[str], bool],
) -> Iterator[Problem]:
    """What to say of comments that silenced nothing; ``ran`` are the codes of the rules that ran.

    Nothing is said of one that may silence a rule that did not run. Nor of any where a file of the
    app could not be read: what the comment silences may come from there.
    """
    for comment in () if app.problems else comments:
        path = comment.ref.path
        if not is_asked(path):
            continue
        fault = _fault(comment, ran, known)
        if fault is not None:
            _, column = app.position(comment.ref)
            yield Problem(path, fault, comment.line, column)


def _fault(comment: Suppression, ran: Collection[str], known: Sequence[Rule]) -> str | None:
    """Why a comment that silenced nothing is of no use, or None if it may be of some."""
    if comment.patterns is None:
        return "this comment silences nothing" if len(ran) == len(known) else None
    if not comment.patterns:
        return "this comment silences nothing: it names no rule between brackets"
    for word in comment.patterns:
        meant = [rule for rule in known if is_meant(rule, word)]
        if not meant:
            words = [word for rule in known for word in (rule.code, rule.name)]
            return f"this comment silences no rule {word!r}{nearest(word, words)}"
        if any(rule.code not in ran for rule in meant):
            return None
    return f"this comment silences nothing: there is no {' or '.join(comment.patterns)} here"
