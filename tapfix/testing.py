"""Running one rule over a small app in memory: for tests of rules, ours and a team's own."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tapfix.edits import Finding
from tapfix.engine.plan import Refusal, apply_fixes
from tapfix.engine.style import Style
from tapfix.model.app import App, read_app
from tapfix.model.settings import Settings
from tapfix.rule import Example, Rule, Source

ROOT = "/app"
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule made of an app: files by relative path, and what it found and could not mend.

    ``first`` are the findings on the untouched app, ``left`` those on the result.
    """

    files: Mapping[str, str]
    first: tuple[Finding, ...]
    left: tuple[Finding, ...]
    refused: tuple[Refusal, ...]


def tree(source: Source) -> dict[str, str]:
    """The files of an example by relative path; a text alone is the file ``app.py``."""
    return {"app.py": source} if isinstance(source, str) else dict(source)


def run_example(rule: Rule, example: Example) -> Result:
    """Apply a rule to an example until nothing changes.

    Raises ``AssertionError`` if the rule does not settle within ten rounds.
    """
    names = {name.replace("-", "_"): value for name, value in (example.settings or {}).items()}
    settings = replace(Settings(), **names)  # type: ignore[arg-type]  # checked by the dataclass
    files = {
        posixpath.join(ROOT, path): text.encode() for path, text in tree(example.before).items()
    }
    first: tuple[Finding, ...] | None = None
    for _ in range(_ROUNDS):
        found = tuple(rule.find(_read(files, settings)))
        first = found if first is None else first
        outcome = apply_fixes(found, files.get, lambda _: Style())
        if not outcome.files:
            texts = {posixpath.relpath(path, ROOT): data.decode() for path, data in files.items()}
            return Result(texts, first, found, outcome.refused)
        for path, data in outcome.files.items():
            if data is None:
                del files[path]
            else:
                files[path] = data
    raise AssertionError(f"{rule.code} does not settle on the example {example.title!r}")


def _read(files: Mapping[str, bytes], settings: Settings) -> App:
    app = read_app(ROOT, files, settings)
    assert not app.problems, app.problems
    return app


def check_example(rule: Rule, example: Example) -> None:
    """Hold a rule to an example. Raises ``AssertionError`` where it does something else."""
    result = run_example(rule, example)
    counted = [finding for finding in result.left if not finding.note]
    assert not result.refused, [refusal.reason for refusal in result.refused]
    if example.after is None:
        assert result.files == tree(example.before), "a silent example is changed"
        found = [finding.message for finding in result.first]
        assert bool(found) == example.reported, found
        assert all(f.note or f.reason for f in result.left), "a report without a reason"
        return
    assert any(finding.fix is not None for finding in result.first), "the rule does not fire"
    expected = tree(example.after)
    for path in sorted({*expected, *result.files}):
        assert result.files.get(path) == expected.get(path), f"{path} comes out otherwise"
    assert bool(counted) == example.reported, [finding.message for finding in counted]
