"""The function that creates the tables of a database before the functions that query it run."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tapfix.edits import Edit, InsertStatements
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.dependencies import minor_of
from tapfix.model.sql.queried import Queried
from tapfix.model.sql.tables import Schema
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.code.asset_folders import spell_folder
from tapfix.recipes.imports import write
from tapfix.recipes.layers.layers import Layer, Layers
from tapfix.recipes.new_ids import FreeIds
from tapfix.recipes.schema.circles import circle
from tapfix.recipes.schema.files import HANDLER, SchemaFiles, code, driver_like, schema_files
from tapfix.recipes.schema.logins import Entrance, entrance
from tapfix.recipes.schema.names import Names, names_of, stem_of
from tapfix.recipes.schema.network import Network, admission, awaited, network, separated
from tapfix.recipes.schema.places import Seat, seat_of

_USUAL = 12
_IMAGE = re.compile(rb"lambda/python:3\.(\d+)")
_ARCHITECTURE = "aws_lambda.Architecture."
_SECONDS = 60

Edits = tuple[Edit, ...] | Obstacle


@dataclass(frozen=True, slots=True)
class _Runtime:
    """The minor version of Python 3, and CDK's name of the architecture if one is given."""

    minor: int
    architecture: str | None


@dataclass(frozen=True, eq=False)
class _Plan:
    """All that the statements speak of."""

    app: App
    queried: Queried
    seat: Seat
    login: Entrance
    network: Network | None
    runtime: _Runtime
    names: Names
    layer: Layer
    files: SchemaFiles


def create_tables(
    app: App, ids: FreeIds, queried: Queried, schema: Schema, *, alone: bool
) -> Edits:
    """The edits after which a deploy creates the tables of a database.

    ``alone`` says that no other database of the app lacks its tables.
    """
    seat = seat_of(app, queried)
    if isinstance(seat, Obstacle):
        return seat
    database = queried.store.construct
    if not seat.may_wait_for(database):
        return Obstacle(
            f"{database.label} lies in a stack that may have to wait for the functions'"
        )
    plan = _plan(app, ids, queried, schema, seat, alone=alone)
    if isinstance(plan, Obstacle):
        return plan
    obstacle = circle(app, queried.functions, _waited_for(plan))
    if obstacle is not None:
        return obstacle
    text = _statements(plan)
    if isinstance(text, Obstacle):
        return text
    separate = separated(app, ids, queried)
    if isinstance(separate, Obstacle):
        return separate
    written = write(app, seat.module, seat.neighbour.node, text)
    insert = InsertStatements(seat.ref, written.text, blank=1)
    made = (*plan.files.edits, *plan.names.edits, *_layer_edits(plan))
    return (*separate, *made, insert, *written.imports)


def _layer_edits(plan: _Plan) -> tuple[Edit, ...]:
    """The edits that make the layer: right before the function, where no other needs it too."""
    shared = {edit for one in plan.app.once(Layers.of).edits.values() for edit in _known(one)}
    if not plan.layer.name.isidentifier() or shared.intersection(plan.layer.edits):
        return plan.layer.edits
    return tuple(
        replace(edit, anchor=plan.seat.ref, before=False)
        if isinstance(edit, InsertStatements)
        else edit
        for edit in plan.layer.edits
    )


def _known(fixing: Edits) -> tuple[Edit, ...]:
    return tuple(
        edit
        for edit in (() if isinstance(fixing, Obstacle) else fixing)
        if isinstance(edit, InsertStatements)
    )


def _waited_for(plan: _Plan) -> list[Construct]:
    """The constructs that the tables wait for."""
    found = [plan.queried.store.construct, plan.login.secret_construct]
    if plan.network is not None:
        found += [one.construct for one in plan.queried.store.groups or ()]
        found += [plan.network.construct] if plan.network.construct is not None else []
    return found


def _plan(
    app: App, ids: FreeIds, queried: Queried, schema: Schema, seat: Seat, *, alone: bool
) -> _Plan | Obstacle:
    login = entrance(app, queried, seat)
    if isinstance(login, Obstacle):
        return login
    net = network(app, queried, seat)
    if isinstance(net, Obstacle):
        return net
    runtime = _runtime(app, seat.neighbour)
    if isinstance(runtime, Obstacle):
        return runtime
    driver = driver_like(queried.drivers(), schema.dialect)
    machine = runtime.architecture or "X86_64"
    layer = app.once(Layers.of).beside(seat.neighbour, [driver.package], runtime.minor, machine)
    if isinstance(layer, Obstacle):
        return layer
    text = code(driver, login.secret_variable, login.database_variable)
    stem = stem_of(queried.store.construct)
    files = schema_files(app, seat.module, stem, schema, text, alone=alone)
    names = names_of(app, ids, queried, seat)
    return _Plan(app, queried, seat, login, net, runtime, names, layer, files)


def _runtime(app: App, neighbour: Construct) -> _Runtime | Obstacle:
    """What the function runs on: the same as its neighbour, if that is no image."""
    minors = [minor_of(one.runtime) for one in app.functions if one.construct is neighbour]
    given, value = minors[0] if minors else None, neighbour.value("architecture")
    if given is None:
        images = [one for one in app.functions if one.construct is neighbour and one.path]
        found = [_IMAGE.search(app.files.get(f"{one.path}/Dockerfile", b"")) for one in images]
        given = next((int(match[1]) for match in found if match is not None), _USUAL)
    if value is None:
        return _Runtime(given, None)
    if not value.cdk.startswith(_ARCHITECTURE):
        return Obstacle("the architecture of the functions is not in the source")
    return _Runtime(given, value.cdk.removeprefix(_ARCHITECTURE))


# The statements, as a template


def _statements(plan: _Plan) -> str | Obstacle:
    database = plan.seat.text(plan.queried.store.construct)
    if database is None:
        label = plan.queried.store.construct.label
        return Obstacle(f"nothing beside the functions leads to {label}")
    function = _function(plan, database)
    granted = f"{plan.login.secret}.grant_read({plan.names.variable})"
    if plan.network is None:
        return f"{function}\n{granted}"
    rule = admission(plan.app, plan.queried.store, plan.seat, plan.names)
    if isinstance(rule, Obstacle):
        return rule
    return f"{_group(plan, plan.network)}\n{rule}\n{function}\n{granted}"


def _group(plan: _Plan, net: Network) -> str:
    names, physical = plan.names, plan.names.physical_group
    named = f"security_group_name={physical}, " if physical is not None else ""
    return (
        f'{names.group} = <aws_ec2.SecurityGroup>({plan.seat.scope}, "{names.group_id}",'
        f' vpc={net.vpc}, {named}description="Network access of {names.id}")'
    )


def _function(plan: _Plan, database: str) -> str:
    names, runtime = plan.names, plan.runtime
    folder = spell_folder(plan.app, plan.seat.neighbour, plan.files.folder)
    told = ", ".join(f'"{name}": {text}' for name, text in plan.login.variables.items())
    arguments = [plan.seat.scope, f'"{names.id}"']
    if names.physical is not None:
        arguments.append(f"function_name={names.physical}")
    arguments += [
        f"code=<aws_lambda.Code>.from_asset({folder})",
        f'handler="{HANDLER}"',
        f"runtime=<aws_lambda.Runtime>.PYTHON_3_{runtime.minor}",
    ]
    if runtime.architecture is not None:
        arguments.append(f"architecture=<{_ARCHITECTURE.rstrip('.')}>.{runtime.architecture}")
    arguments += [f"timeout=<Duration>.seconds({_SECONDS})", f"environment={{{told}}}"]
    if plan.network is not None:
        arguments.append(f"vpc={plan.network.vpc}")
        if plan.network.subnets is not None:
            arguments.append(f"vpc_subnets={plan.network.subnets}")
        arguments.append(f"security_groups=[{names.group}]")
    arguments.append(f"layers=[{plan.layer.name}]")
    arguments.append(f"log_group={_logs(plan)}")
    arguments.append(f"execute_after=[{', '.join(_awaited(plan, database))}]")
    arguments.append(f"execute_before=[{', '.join(plan.seat.users)}]")
    inner = "".join(f"    {argument},\n" for argument in arguments)
    return f"{names.variable} = <triggers.TriggerFunction>(\n{inner})"


def _logs(plan: _Plan) -> str:
    """A log group that goes with the stack: the one that Lambda makes by itself would stay."""
    return (
        f'<aws_logs.LogGroup>({plan.seat.scope}, "{plan.names.logs_id}",'
        " retention=<aws_logs.RetentionDays>.ONE_WEEK, removal_policy=<RemovalPolicy>.DESTROY)"
    )


def _awaited(plan: _Plan, database: str) -> list[str]:
    """The constructs after which the tables can be created.

    A secret of its own is complete, with the host in it, once it is attached to the database.
    """
    found = [database]
    if plan.login.secret_construct is not plan.queried.store.construct:
        found.append(plan.login.secret)
    if plan.network is not None:
        store, group = plan.queried.store, plan.names.group
        found += awaited(plan.app, store, plan.seat, group, plan.network)
    return list(dict.fromkeys(found))
