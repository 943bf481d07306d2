"""Running tapfix from Python: paths and options in, a plain value out; no terminal, no writing.

``run`` reads the apps, finds, and unless it only reports mends in memory; ``write`` puts the
result of an applying run on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tapfix.api.layout import LineLengths
from tapfix.api.look import Target, crash
from tapfix.api.result import Mode, Reported, Result, Status
from tapfix.api.rounds import Choose, Outcome, work
from tapfix.config import BASELINE_FILE, Config, ConfigError, config_for, read_config
from tapfix.discover import Discovery, Unsaved, discover, discover_unsaved, repository_of
from tapfix.discover.revisions import Uncommitted, changed_since
from tapfix.discover.walk import is_below
from tapfix.engine.style import Style
from tapfix.model.python.source import Problem
from tapfix.model.shown import Shown
from tapfix.registry import Rules, load_rules, select
from tapfix.rule import Profile, Rule

if TYPE_CHECKING:
    from tapfix.api.baseline import Baseline
    from tapfix.engine.disk import Log

Progress = Callable[[int, int, str], None]
"""Told before each step how many are done, how many there are, and on which app it works."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks for; None and empty: as the apps' own configuration says.

    ``config`` is a file to take instead of the apps' own configuration. ``rules`` are the rules to
    choose from instead of the installed ones. ``shown`` is what syntheses of apps showed, by root.
    ``changed`` is a revision of git: only files that changed since then are asked about.
    ``unsaved`` is a text that is asked about instead of paths: no other file may be changed.
    ``baseline`` is a file; empty: none, whatever the configuration says. With ``write_baseline`` it
    need not exist, and all that is found is to go there. ``choose`` picks the fixes to make.
    """

    mode: Mode = Mode.REPORT
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile | None = None
    allow_replace: bool = False
    config: Path | None = None
    rules: Sequence[Rule] | None = None
    shown: Mapping[str, Shown] = field(default_factory=dict)
    changed: str | None = None
    require_clean: bool | None = None
    unsaved: Unsaved | None = None
    baseline: str | None = None
    write_baseline: bool = False
    choose: Choose | None = None


def run(paths: Iterable[str], options: Options, tell: Progress | None = None) -> Result:
    """Find, and unless only a report is asked for mend in memory, what is wrong at ``paths``.

    Raises ``ConfigError`` for a configuration and ``UnknownRuleError`` for a selection that cannot
    be used, ``GitError`` where git is needed and cannot tell.
    """
    known = load_rules() if options.rules is None else Rules(tuple(options.rules))
    unsaved = options.unsaved
    discovery = discover(paths) if unsaved is None else discover_unsaved(unsaved)
    targets = targets_of(discovery, options, known.rules)
    lengths = LineLengths()
    tick = _ticker(tell, sum(1 + len(target.rules) for target in targets))
    is_asked, scope = _scope(discovery, options.changed)
    outcomes = [_work(unit, options, is_asked, lengths, tick) for unit in _units(targets)]
    problems = [*discovery.problems, *(Problem("", line) for line in known.problems)]
    result = _result(options.mode, targets, outcomes)
    result = replace(result, problems=(*problems, *result.problems))
    if any(target.baseline is not None for target in targets):
        from tapfix.api.ledgers import judged

        compared = [one for outcome in outcomes for one in outcome.compared]
        is_gone = is_asked if options.changed is None else lambda _: False
        result = judged(result, targets, compared, is_asked, is_gone)
    return replace(
        result,
        notes=(*scope, *_switched_off(targets, options), *result.notes),
    )


def _scope(
    discovery: Discovery, changed: str | None
) -> tuple[Callable[[str], bool], tuple[str, ...]]:
    """Which files are asked about: those below the given paths that have changed, if that counts.

    With them what to say of that. Raises ``GitError``.
    """
    if changed is None:
        return discovery.is_asked, ()
    files = {path for app in discovery.apps for path in app.files if discovery.is_asked(path)}
    since = changed_since(changed, files, discovery.given)
    count = sum(map(since.holds, files))
    note = f"only what changed since {changed} is asked about: {count} of {len(files)} files"
    return lambda path: discovery.is_asked(path) and since.holds(path), (note,)


def _ticker(tell: Progress | None, total: int) -> Callable[[str], None]:
    """Counts steps for ``tell``; the steps of later rounds cannot be foreseen."""
    done = 0

    def tick(root: str) -> None:
        nonlocal done
        if tell is not None:
            tell(min(done, total), total, root)
        done += 1

    return tick


def config_of(root: str, options: Options) -> Config:
    """What holds for the app in a folder. Raises ``ConfigError``."""
    own = read_config(options.config) if options.config is not None else None
    return _effective(own or config_for(root, repository_of(root)), options)


def targets_of(discovery: Discovery, options: Options, rules: Sequence[Rule]) -> list[Target]:
    """The apps with what holds for them. Raises as ``run`` does."""
    own = read_config(options.config) if options.config is not None else None
    chosen: dict[Config, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {}
    baselines: dict[str, Baseline] = {}
    targets: list[Target] = []
    for app in discovery.apps:
        config = _effective(own or config_for(app.root, repository_of(app.root)), options)
        if config not in chosen:
            mine = _choose(config, options, rules)
            every = _choose(replace(config, select=()), replace(options, select=()), rules)
            chosen[config] = mine, tuple(rule for rule in every if rule not in mine)
        mine, others = chosen[config]
        shown = options.shown.get(app.root, Shown())
        writes = options.mode is not Mode.REPORT
        # What is not saved is in no commit anyway, and stays unsaved.
        clean = config.require_clean and writes and options.unsaved is None
        targets.append(
            Target(
                app.root,
                app.files,
                mine,
                tuple(rules),
                config,
                others,
                shown,
                uncommitted(app.root) if clean else None,
                _baseline(config.baseline, baselines, may_be_new=options.write_baseline),
                only=options.unsaved.path if options.unsaved is not None and writes else None,
            )
        )
    return targets


def _baseline(file: str | None, known: dict[str, Baseline], *, may_be_new: bool) -> Baseline | None:
    """The baseline in a file, read once. Raises ``ConfigError``."""
    if file is None:
        return None
    from tapfix.api.baseline import Baseline, read_baseline

    if file not in known:
        is_new = may_be_new and not os.path.lexists(file)
        if may_be_new and not is_new and not Path(file).is_file():
            # A pipe that nobody writes to would be read for ever.
            raise ConfigError(f"{file}: is no plain file, so no baseline can be written there")
        known[file] = Baseline(file) if is_new else read_baseline(file)
    return known[file]


def uncommitted(root: str) -> Uncommitted:
    """Knows what git does not hold of an app's files, but for what tapfix wrote there itself.

    Raises ``GitError``.
    """
    from tapfix.api.journal import written_by_tapfix

    known = Uncommitted(written_by_tapfix())
    known.ask_about(root)
    return known


def _effective(config: Config, options: Options) -> Config:
    """The configuration with what the caller says over it."""
    profile = options.profile or config.profile
    settings = config.settings
    if profile is Profile.PRODUCTION:
        # A changed id replaces the resource, and this profile is about what must survive.
        settings = replace(settings, construct_ids="never")
    baseline = config.baseline if options.baseline is None else options.baseline
    if options.write_baseline:
        baseline = baseline or BASELINE_FILE
    return replace(
        config,
        profile=profile,
        allow_replace=options.allow_replace or config.allow_replace,
        require_clean=(
            config.require_clean if options.require_clean is None else options.require_clean
        ),
        baseline=os.path.normpath(Path(baseline).absolute()) if baseline else None,
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
    options: Options,
    is_asked: Callable[[str], bool],
    lengths: LineLengths,
    tick: Callable[[str], None],
) -> Outcome:
    """The outcome of one group; a fault of ours in it is a problem of this group alone."""
    try:
        return work(
            unit,
            options.mode,
            is_asked,
            lambda path: Style(lengths.of(path)),
            tick,
            options.choose,
        )
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
        suppressed=sum(len(outcome.silenced) for outcome in outcomes),
        secrets=tuple(text for outcome in outcomes for text in outcome.hides),
        apps=tuple(target.root for target in targets),
        files=len({path for target in targets for path in target.files}),
        rules=tuple({rule.code: rule for target in targets for rule in target.rules}.values()),
        steps=tuple(step for outcome in outcomes for step in outcome.steps),
        silenced=tuple(dict.fromkeys(one for outcome in outcomes for one in outcome.silenced)),
        baselined=tuple(dict.fromkeys(one for outcome in outcomes for one in outcome.baselined)),
        outgrown={now: was for one in outcomes for now, was in one.outgrown.items()},
    )


def write(result: Result, log: Log | None = None) -> Result:
    """Write the changes of an applying run: all of them, or none if one cannot be written.

    In that case the result says so, and its findings are left. ``log`` keeps what is needed to
    undo what is written (``tapfix.api.journal.keeping``).
    """
    from tapfix.engine.disk import Change, StaleFile, WriteError, write_all

    try:
        write_all({path: Change(*pair) for path, pair in result.changes.items()}, log)
    except (StaleFile, WriteError) as error:
        from tapfix.api.ignores import without_ignores

        reason = str(error).removeprefix(f"{error.path}: ")
        nothing = "nothing was written"
        problem = Problem(error.path, f"{reason}; {nothing}")
        unwritten = _without_outgrown(without_ignores(result), lambda _: True)
        left = (_unwritten(one, result, nothing) for one in unwritten.findings)
        return replace(
            unwritten,
            changes={},
            problems=(*result.problems, problem),
            findings=tuple(sorted(left, key=_order)),
        )
    return result


def kept_back(result: Result, roots: Collection[str], reason: str) -> Result:
    """The result without the changes of some apps, by their roots: their findings are left."""

    def is_kept_back(path: str) -> bool:
        return any(is_below(path, root) for root in roots)

    kept = _without_outgrown(result, is_kept_back)
    return replace(
        kept,
        changes={path: one for path, one in result.changes.items() if not is_kept_back(path)},
        findings=tuple(
            _unwritten(one, result, reason) if is_kept_back(one.place.path) else one
            for one in kept.findings
        ),
    )


def _without_outgrown(result: Result, is_meant: Callable[[str], bool]) -> Result:
    """The result where the baseline knows what it knew before, in files that stay as they were."""
    back = {now: was for now, was in result.outgrown.items() if is_meant(was.place.path)}
    return replace(
        result,
        findings=tuple(one for one in result.findings if one.finding not in back),
        baselined=(*result.baselined, *back.values()),
        outgrown={now: was for now, was in result.outgrown.items() if now not in back},
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
