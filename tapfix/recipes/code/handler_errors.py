"""Making a handler mind its errors, without losing a record that was tried again before."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from tapfix.edits import Edit, InsertStatements, RemoveStatement, ReplaceExpression, WrapStatements
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.overrides import overrides
from tapfix.model.lambdas.effects import Acting, may_be_repeated, own_nodes, returns_of
from tapfix.model.lambdas.event_sources import EventSource
from tapfix.model.lambdas.handlers import Handler, is_test
from tapfix.model.lambdas.record_loops import RecordLoop, find_loop, kept_transaction, reads_records
from tapfix.model.lambdas.triggers import Feed, Service, has_sources, read_feed
from tapfix.model.python.modules import AppFunction, Module
from tapfix.recipes.arguments import Obstacle, give
from tapfix.recipes.code.loggers import spell_logger

_ANSWER = "batchItemFailures"
_NAMES = ("failures", "failed_records", "item_failures")
_IDS: dict[Service, str] = {
    "DynamoDB": '["dynamodb"]["SequenceNumber"]',
    "Kinesis": '["kinesis"]["sequenceNumber"]',
    "SQS": '["messageId"]',
}
# What only records of S3, SES and SNS have: Lambda hands over one of those at a time.
_NO_BATCHES = frozenset({"Sns", "s3", "ses"})
_TOP = (ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom)
_NO_DICTS = ("None", "bool", "float", "int", "list", "str")


@dataclass(frozen=True, slots=True)
class Mended:
    """The edits that make a handler mind errors: what they do, and why they do not more.

    ``by_record``: records fail one by one.
    """

    title: str
    edits: tuple[Edit, ...]
    by_record: bool
    doubt: str | None = None


def mend(app: App, handler: Handler) -> Mended | Obstacle:
    """The edits for a handler that minds no errors yet."""
    function = handler.function
    assert function is not None
    if handler.is_orphan and reads_records(function):
        return Obstacle("nothing in the app deploys it, so what feeds it is not known")
    logger = spell_logger(app, function.module, function.node.body[0])
    if logger is None:
        return Obstacle("all names that a logger may have are taken")
    writer = _Writer(app, handler, function, logger.text)
    made = writer.made()
    return Mended(made.title, (*made.edits, *logger.imports), made.by_record, made.doubt)


@dataclass(frozen=True, slots=True, eq=False)
class _Writer:
    """Writes the edits for one handler; ``logger`` is how its module spells a logger."""

    app: App
    handler: Handler
    function: AppFunction
    logger: str

    @property
    def module(self) -> Module:
        return self.function.module

    def made(self) -> Mended:
        acting = Acting(self.app.evaluator)
        loop = find_loop(acting, self.function)
        feed = read_feed(self.app, self.handler)
        if loop is None:
            is_batch = self.speaks_of_records() and (
                feed is not None or has_sources(self.app, self.handler)
            )
            return self.whole("it has no loop of its own over the records" if is_batch else None)
        if loop.obstacle is not None:
            return self.whole(loop.obstacle)
        if self.is_used_elsewhere():
            return self.whole("other code calls it")
        if self.is_decorated():
            return self.whole("its decorator may not hand on what it answers")
        if _ANSWER in self.module.file.text or any(
            _ANSWER in a.module.file.text for a in loop.acts
        ):
            return self.whole("it answers with failures of its own")
        repeats = may_be_repeated(self.app.evaluator, loop.acts, loop.varies)
        if feed is None:
            return self.without_feed(loop, repeats)
        return self.with_feed(loop, feed, repeats)

    def speaks_of_records(self) -> bool:
        """Whether the code names records: what feeds its construct may be for another handler."""
        return any(b"ecord" in module.file.data for module in self.handler.modules)

    def is_decorated(self) -> bool:
        """Whether a decorator of the app's own stands between the handler and Lambda."""
        resolver = self.app.evaluator.resolver
        return any(
            isinstance(resolver.symbol(self.module, decorator), AppFunction)
            for decorator in self.function.node.decorator_list
        )

    def is_used_elsewhere(self) -> bool:
        """Whether code or tests of the app rely on what the handler raises or returns."""
        if next(self.app.evaluator.calls_of(self.function), None) is not None:
            return True
        stem = self.module.path.rpartition("/")[2].removesuffix(".py").encode()
        name = self.handler.name.encode()
        return any(
            stem in data and name in data and (b"raises" in data or b"assertRaises" in data)
            for path, data in self.app.files.items()
            if path.endswith(".py") and is_test(path, self.app.root)
        )

    # The whole event

    def whole(self, doubt: str | None) -> Mended:
        """``try`` around all of it; nothing else changes."""
        body = list(self.function.node.body)
        if ast.get_docstring(self.function.node, clean=False) is not None and len(body) > 1:
            del body[0]
        while len(body) > 1 and isinstance(body[0], _TOP):
            del body[0]
        text = f'{self.logger}.exception("The event could not be processed")'
        kept = kept_transaction(Acting(self.app.evaluator), self.function)
        lines = [text, f"{kept}.rollback()"] if kept is not None else [text]
        edit = self.wrap(body, [*lines, "raise"])
        return Mended("log what fails, and raise it", (edit,), False, doubt)

    def wrap(
        self, body: Sequence[ast.stmt], lines: Sequence[str], above: str = ""
    ) -> WrapStatements:
        first, last = self.module.ref(body[0]), self.module.ref(body[-1])
        clause = "except Exception:\n" + "\n".join(f"    {line}" for line in lines)
        return WrapStatements(first, last, f"{above}try:", clause)

    # Record by record

    def without_feed(self, loop: RecordLoop, repeats: bool) -> Mended:
        """No mapping to change: Lambda tries everything again if the handler raises."""
        service = _service_read(loop)
        if not _NO_BATCHES.isdisjoint(_parts_read(loop)):
            return self.whole(None)
        if service is None or has_sources(self.app, self.handler) or self.handler.is_orphan:
            return self.whole("what feeds it is not sure")
        return self.raising(loop, service, repeats, "the app does not say what feeds it")

    def raising(self, loop: RecordLoop, service: Service, repeats: bool, doubt: str) -> Mended:
        name = self.free_name()
        if not repeats or loop.returns_early or name is None:
            return self.whole(doubt)
        identifier = f"{loop.record}{_IDS[service]}"
        lines = [self.message(identifier), *self.rollback(loop), f"{name}.append({identifier})"]
        error = f'raise RuntimeError(f"{{len({name})}} records could not be processed")'
        edits: tuple[Edit, ...] = (
            InsertStatements(self.module.ref(loop.node), f"{name} = []", before=True),
            self.wrap(loop.node.body, lines),
            self.at_end(loop, f"if {name}:\n    {error}"),
        )
        return Mended("log each failed record, and raise behind the loop", edits, True, doubt)

    def with_feed(self, loop: RecordLoop, feed: Feed, repeats: bool) -> Mended:
        reported = _reported(self.app, feed.sources)
        if isinstance(reported, Obstacle):
            if feed.in_order:
                return self.whole(reported.reason)
            return self.raising(loop, feed.service, repeats, reported.reason)
        answered = self.answered(loop, feed, repeats)
        if isinstance(answered, Obstacle):
            return self.whole(answered.reason)
        return Mended("answer with the records that failed", (*answered, *reported), True)

    def answered(self, loop: RecordLoop, feed: Feed, repeats: bool) -> tuple[Edit, ...] | Obstacle:
        """The handler's edits; it is certain that Lambda reads the answer."""
        if any(self.kind(one) == "other" for one in self.early_returns(loop)):
            return Obstacle("it returns what Lambda would not take for an answer")
        identifier = f"{loop.record}{_IDS[feed.service]}"
        item = f'{{"itemIdentifier": {identifier}}}'
        lines = [self.message(identifier)]
        if feed.service != "SQS" and not repeats:
            if not loop.connects:
                lines += self.rollback(loop)
            # Else it ends here: a rollback could only raise, where the connection is lost, and
            # with the answer gone everything before this record would be done again.
            lines.append(f'return {{"{_ANSWER}": [{item}]}}')
            return (self.wrap(loop.node.body, lines), *self.no_answer(loop), *self.annotation())
        lines += self.rollback(loop)
        name = self.free_name()
        if name is None:
            return Obstacle("the names for its answer are taken")
        if loop.returns_early and not feed.in_order:
            return Obstacle("it may return before all records are done")
        above = ""
        if feed.in_order:
            above = f"if {name}:\n    {name}.append({item})\n    continue\n"
        return (
            InsertStatements(self.module.ref(loop.node), f"{name} = []", before=True),
            self.wrap(loop.node.body, [*lines, f"{name}.append({item})"], above),
            *self.answer(loop, name),
            *self.annotation(),
        )

    def message(self, identifier: str) -> str:
        return f'{self.logger}.exception("Record %s could not be processed", {identifier})'

    def rollback(self, loop: RecordLoop) -> list[str]:
        return [f"{loop.rollback}.rollback()"] if loop.rollback is not None else []

    def free_name(self) -> str | None:
        scope = self.module.scope_of(self.function.node.body[0])
        return next((name for name in _NAMES if not scope.lookup(name)), None)

    # What it returns

    def early_returns(self, loop: RecordLoop) -> list[ast.Return]:
        return [one for one in returns_of(self.function.node) if one is not loop.final]

    def kind(self, returned: ast.Return | None) -> str:
        """Whether a ``return`` gives ``nothing``, a ``dict`` that is no answer, or ``other``."""
        node = returned.value if returned is not None else None
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return "nothing"
        return "dict" if self.is_dict(self.module, node) else "other"

    def is_dict(self, module: Module, node: ast.expr, depth: int = 0) -> bool:
        if isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            return len(keys) == len(node.keys) and _ANSWER not in keys
        if isinstance(node, ast.Call):
            callee = self.app.evaluator.callee(module, node)
            if isinstance(callee, AppFunction) and depth < 3:
                values = [one.value for one in returns_of(callee.node)]
                known = all(v and self.is_dict(callee.module, v, depth + 1) for v in values)
                return bool(values) and known
        return False

    def answer(self, loop: RecordLoop, name: str) -> tuple[Edit, ...]:
        """Return the failures; where nothing fails, what was returned before, if Lambda reads it
        as a success."""
        final = loop.final
        text = f'return {{"{_ANSWER}": {name}}}'
        kind = self.kind(final)
        if final is None or final.value is None:
            if final is None:
                return (self.at_end(loop, text),)
            # A bare return has no expression to put the answer in.
            place = self.module.ref(final)
            return (InsertStatements(place, text, before=True), RemoveStatement(place))
        if kind == "dict":
            first = f"if {name}:\n    {text}"
            return (InsertStatements(self.module.ref(final), first, before=True),)
        return (ReplaceExpression(self.module.ref(final.value), f'{{"{_ANSWER}": {name}}}'),)

    def no_answer(self, loop: RecordLoop) -> tuple[Edit, ...]:
        """Lambda takes a text or a number for no answer at all, and tries everything again."""
        final = loop.final
        if final is None or final.value is None or self.kind(final) != "other":
            return ()
        return (ReplaceExpression(self.module.ref(final.value), f'{{"{_ANSWER}": []}}'),)

    def at_end(self, loop: RecordLoop, text: str) -> Edit:
        """Behind all, above the last ``return``."""
        last = self.function.node.body[-1]
        is_final = last is loop.final
        return InsertStatements(self.module.ref(last), text, before=is_final)

    def annotation(self) -> tuple[Edit, ...]:
        """The declared result, where that is none that the answer can be."""
        node = self.function.node.returns
        if node is None or ast.unparse(node) not in _NO_DICTS:
            return ()
        return (ReplaceExpression(self.module.ref(node), "dict"),)


def _service_read(loop: RecordLoop) -> Service | None:
    """The stream whose records a loop reads: by the part of a record that holds its data."""
    keys: dict[object, Service] = {"kinesis": "Kinesis", "dynamodb": "DynamoDB"}
    found = {keys[part] for part in _parts_read(loop) if part in keys}
    return next(iter(found)) if len(found) == 1 else None


def _parts_read(loop: RecordLoop) -> set[object]:
    """The parts of a record that a turn looks up."""
    return {
        node.slice.value
        for node in own_nodes(loop.node.body)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == loop.record
        and isinstance(node.slice, ast.Constant)
    }


# Event sources


def _reported(app: App, sources: Sequence[EventSource]) -> tuple[Edit, ...] | Obstacle:
    """The edits by which Lambda reads the answer, at every source."""
    edits: tuple[Edit, ...] = ()
    for source in sources:
        made = _report(app, source)
        if isinstance(made, Obstacle):
            return made
        edits = (*edits, *made)
    return edits


def _report(app: App, source: EventSource) -> tuple[Edit, ...] | Obstacle:
    call = source.call
    is_l1 = call.cls.level == 1
    name = "function_response_types" if is_l1 else "report_batch_item_failures"
    if "tumbling_window" in call.arguments or "tumbling_window_in_seconds" in call.arguments:
        return Obstacle("its event source works in windows")
    if call.id is not None and overrides(app, call, "FunctionResponseTypes"):
        return Obstacle("its event source is changed below CDK")
    if _says(call, name):
        return ()
    if call.argument(name) is None and not call.lacks(name):
        return Obstacle("its event source has arguments that the source does not show")
    given = call.value(name)
    if given is not None and not given.is_known:
        return Obstacle("whether its event source reads an answer is decided elsewhere")
    return give(app, call, name, '["ReportBatchItemFailures"]' if is_l1 else "True")


def _says(call: Construct, name: str) -> bool:
    given = call.value(name)
    if given is None:
        return False
    items = [item.constant for item in given.items or ()]
    return given.constant is True or "ReportBatchItemFailures" in items
