"""Running tapfix from Python: paths and options in, a plain value out; no terminal, no writing.

``run`` reads the apps, finds, and unless it only reports mends in memory; ``write`` puts the
result of an applying run on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tapfix.api.layout import LineLengths
from tapfix.api.look import Target, crash
from tapfix.api.result import Mode, Reported, Result, Status
from tapfix.api.rounds import Outcome, work
from tapfix.config import Config, config_for, read_config
from tapfix.discover import Discovery, discover, repository_of
from tapfix.discover.walk import is_below
from tapfix.engine.style import Style
from tapfix.model.python.source import Problem
from tapfix.model.shown import Shown
from tapfix.registry import Rules, load_rules, select
from tapfix.rule import Profile, Rule

Progress = Callable[[int, int, str], None]
"""Told before each step how many are done, how many there are, and on which app it works."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks for; None and empty: as the apps' own configuration says.

    ``config`` is a file to take instead of the apps' own configuration. ``rules`` are the rules to
    choose from instead of the installed ones. ``shown`` is what syntheses of apps showed, by root.
    """

    mode: Mode = Mode.REPORT
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile | None = None
    allow_replace: bool = False
    config: Path | None = None
    rules: Sequence[Rule] | None = None
    shown: Mapping[str, Shown] = field(default_factory=dict)


def run(paths: Iterable[str], options: Options, tell: Progress | None = None) -> Result:
    """Find, and unless only a report is asked for mend in memory, what is wrong at ``paths``.

    Raises ``ConfigError`` for a configuration and ``UnknownRuleError`` for a selection that cannot
    be used.
    """
    known = load_rules() if options.rules is None else Rules(tuple(options.rules))
    discovery = discover(paths)
    targets = targets_of(discovery, options, known.rules)
    lengths = LineLengths()
    tick = _ticker(tell, sum(1 + len(target.rules) for target in targets))
    outcomes = [_work(unit, options.mode, discovery, lengths, tick) for unit in _units(targets)]
    problems = [*discovery.problems, *(Problem("", line) for line in known.problems)]
    result = _result(options.mode, targets, outcomes)
    return replace(
        result,
        problems=(*problems, *result.problems),
        notes=(*_switched_off(targets, options), *result.notes),
    )


def _ticker(tell: Progress | None, total: int) -> Callable[[str], None]:
    """Counts steps for ``tell``; the steps of later rounds cannot be foreseen."""
    done = 0

    def tick(root: str) -> None:
        nonlocal done
        if tell is not None:
            tell(min(done, total), total, root)
        done += 1

    return tick


def targets_of(discovery: Discovery, options: Options, rules: Sequence[Rule]) -> list[Target]:
    """The apps with what holds for them. Raises as ``run`` does."""
    own = read_config(options.config) if options.config is not None else None
    chosen: dict[Config, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {}
    targets: list[Target] = []
    for app in discovery.apps:
        config = _effective(own or config_for(app.root, repository_of(app.root)), options)
        if config not in chosen:
            mine = _choose(config, options, rules)
            every = _choose(replace(config, select=()), replace(options, select=()), rules)
            chosen[config] = mine, tuple(rule for rule in every if rule not in mine)
        mine, others = chosen[config]
        shown = options.shown.get(app.root, Shown())
        targets.append(Target(app.root, app.files, mine, tuple(rules), config, others, shown))
    return targets


def _effective(config: Config, options: Options) -> Config:
    """The configuration with what the caller says over it."""
    profile = options.profile or config.profile
    settings = config.settings
    if profile is Profile.PRODUCTION:
        # A changed id replaces the resource, and this profile is about what must survive.
        settings = replace(settings, construct_ids="never")
    return replace(
        config,
        profile=profile,
        allow_replace=options.allow_replace or config.allow_replace,
        settings=settings,
    )


def _choose(config: Config, options: Options, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that hold: the caller's selection before the configuration's, then the profile."""
    chosen = select(rules, config.select) if config.select else tuple(rules)
    chosen = _without(chosen, rules, config.ignore)
    if options.select:
        chosen = select(rules, options.select)
    chosen = _without(chosen, rules, options.ignore)
    return tuple(rule for rule in chosen if config.profile in rule.profiles)


def _without(
    chosen: Sequence[Rule], rules: Sequence[Rule], words: Sequence[str]
) -> tuple[Rule, ...]:
    ignored = {rule.code for rule in select(rules, words)}
    return tuple(rule for rule in chosen if rule.code not in ignored)


def _switched_off(targets: Iterable[Target], options: Options) -> list[str]:
    """What to say of rules that the caller selects and a profile switches off."""
    off = {
        (rule.code, target.config.profile.value)
        for target in targets
        for rule in select(target.known, options.select)
        if target.config.profile not in rule.profiles
    }
    return [f"{code} is off in profile {profile}" for code, profile in sorted(off)]


def _units(targets: Sequence[Target]) -> list[list[Target]]:
    """The apps in groups that share no file with each other."""
    units: list[list[Target]] = []
    unit_of: dict[str, list[Target]] = {}
    for target in targets:
        unit = [target]
        sharing = {id(known): known for path in target.files if (known := unit_of.get(path))}
        for known in sharing.values():
            unit = [*known, *unit]
        units = [known for known in units if id(known) not in sharing]
        for one in unit:
            unit_of.update(dict.fromkeys(one.files, unit))
        units.append(unit)
    return units


def _work(
    unit: Sequence[Target],
    mode: Mode,
    discovery: Discovery,
    lengths: LineLengths,
    tick: Callable[[str], None],
) -> Outcome:
    """The outcome of one group; a fault of ours in it is a problem of this group alone."""
    try:
        return work(unit, mode, discovery.is_asked, lambda path: Style(lengths.of(path)), tick)
    except Exception as error:
        return Outcome(problems=tuple(crash(target.root, "tapfix", error) for target in unit))


def _result(mode: Mode, targets: Sequence[Target], outcomes: Sequence[Outcome]) -> Result:
    """The outcomes of all groups as one."""
    findings = [reported for outcome in outcomes for reported in outcome.findings]
    return Result(
        mode=mode,
        findings=tuple(sorted(findings, key=_order)),
        changes={path: pair for outcome in outcomes for path, pair in outcome.changes.items()},
        problems=tuple(problem for outcome in outcomes for problem in outcome.problems),
        unused=tuple(problem for outcome in outcomes for problem in outcome.unused),
        notes=_notes(outcomes),
        profiles=tuple(sorted({target.config.profile.value for target in targets})),
        suppressed=sum(outcome.suppressed for outcome in outcomes),
        secrets=tuple(text for outcome in outcomes for text in outcome.hides),
        apps=tuple(target.root for target in targets),
        files=len({path for target in targets for path in target.files}),
        rules=tuple({rule.code: rule for target in targets for rule in target.rules}.values()),
    )


def write(result: Result) -> Result:
    """Write the changes of an applying run: all of them, or none if one cannot be written.

    In that case the result says so, and its findings are left.
    """
    from tapfix.engine.disk import Change, StaleFile, WriteError, write_all

    try:
        write_all({path: Change(*pair) for path, pair in result.changes.items()})
    except (StaleFile, WriteError) as error:
        reason = str(error).removeprefix(f"{error.path}: ")
        nothing = "nothing was written"
        problem = Problem(error.path, f"{reason}; {nothing}")
        return replace(
            result,
            changes={},
            problems=(*result.problems, problem),
            findings=tuple(
                _unwritten(one, result, "nothing was written") for one in result.findings
            ),
        )
    return result


def kept_back(result: Result, roots: Collection[str], reason: str) -> Result:
    """The result without the changes of some apps, by their roots: their findings are left."""

    def is_kept_back(path: str) -> bool:
        return any(is_below(path, root) for root in roots)

    return replace(
        result,
        changes={path: one for path, one in result.changes.items() if not is_kept_back(path)},
        findings=tuple(
            _unwritten(one, result, reason) if is_kept_back(one.place.path) else one
            for one in result.findings
        ),
    )


def _unwritten(reported: Reported, result: Result, reason: str) -> Reported:
    """A finding in files that stay as they were."""
    before, _ = result.changes.get(reported.place.path, (None, None))
    place = reported.place.carried_to(before)
    if reported.status is not Status.FIXED:
        return replace(reported, place=place)
    return replace(reported, place=place, status=Status.REFUSED, reason=reason)


def _order(reported: Reported) -> tuple[str, int, int, str]:
    return (reported.place.path, reported.place.line, reported.place.column, reported.rule.code)


def _notes(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """What concerns no single place: that version 1 of CDK is out of scope, said once."""
    v1_files = {path for outcome in outcomes for path in outcome.v1_files}
    if not v1_files:
        return ()
    count = "1 file uses" if len(v1_files) == 1 else f"{len(v1_files)} files use"
    return (f"{count} CDK version 1, which tapfix leaves alone",)
