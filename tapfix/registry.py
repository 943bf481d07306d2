"""Finds the rules, built in and from other packages, and selects them by code, name or prefix.

A package offers rules of its own as entry points in the group ``tapfix.rules``; each names a
``Rule`` or an iterable of them.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tapfix import codemods
from tapfix.rule import Rule

ENTRY_POINTS = "tapfix.rules"
_MODULE = re.compile(r"tap\d{3}_\w+")


class UnknownRuleError(Exception):
    """A word that selects no rule; the message names the nearest one."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in order of code, and one line for each package whose rules cannot be used."""

    rules: tuple[Rule, ...]
    problems: tuple[str, ...] = ()


def load_rules() -> Rules:
    """The built-in rules and those of installed packages."""
    found = {rule.code: rule for rule in builtin_rules()}
    problems: list[str] = []
    for origin, rule in _from_packages(problems):
        if rule.code in found:
            problems.append(f"{origin}: the code {rule.code} is taken")
        else:
            found[rule.code] = rule
    return Rules(tuple(found[code] for code in sorted(found)), tuple(problems))


def builtin_rules() -> tuple[Rule, ...]:
    """The rules that come with tapfix, in order of code."""
    names = [module.name for module in pkgutil.iter_modules(codemods.__path__)]
    rules: list[Rule] = []
    for name in sorted(names):
        if _MODULE.fullmatch(name):
            rule = importlib.import_module(f"{codemods.__name__}.{name}").RULE
            rules.append(rule)
    return tuple(rules)


def _from_packages(problems: list[str]) -> list[tuple[str, Rule]]:
    """The rules of installed packages with the names of their entry points."""
    from importlib.metadata import entry_points

    found: list[tuple[str, Rule]] = []
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        origin = f"rules {point.name!r} ({point.value})"
        try:
            loaded = point.load()
            rules = (loaded,) if isinstance(loaded, Rule) else tuple(loaded)
        except Exception as error:
            # Whatever another package's import raises, it must not stop the rest.
            problems.append(f"{origin}: cannot be loaded: {type(error).__name__}: {error}")
            continue
        for rule in rules:
            if isinstance(rule, Rule):
                found.append((origin, rule))
            else:
                problems.append(f"{origin}: {rule!r} is not a tapfix.rule.Rule")
    return found


def select(rules: Iterable[Rule], words: Iterable[str]) -> tuple[Rule, ...]:
    """The rules whose code or name is one of ``words`` or begins with one.

    Raises ``UnknownRuleError`` for a word that selects nothing.
    """
    rules = tuple(rules)
    chosen: set[str] = set()
    for word in words:
        matching = {rule.code for rule in rules if is_meant(rule, word)}
        if not matching:
            known = [known for rule in rules for known in (rule.code, rule.name)]
            hint = nearest(word.upper(), known) or nearest(word.lower(), known)
            raise UnknownRuleError(f"no rule {word!r}{hint}")
        chosen |= matching
    return tuple(rule for rule in rules if rule.code in chosen)


def is_meant(rule: Rule, word: str) -> bool:
    """Whether a word is the code or the name of a rule, or the beginning of one."""
    if not word:
        return False
    return rule.code.startswith(word.upper()) or rule.name.startswith(word.lower())


def nearest(word: str, known: Iterable[str]) -> str:
    """A question that names the known word nearest to ``word``; empty if none is near."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f": did you mean {close[0]!r}?" if close else ""
