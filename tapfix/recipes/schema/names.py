"""What the function that creates the tables of a database is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tapfix.edits import Edit
from tapfix.model.app import App
from tapfix.model.cdk.carriers import carrier
from tapfix.model.cdk.constructs import Construct
from tapfix.model.sql.queried import Queried
from tapfix.recipes.access.network import pascal, snake
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.naming.suffix import Suffixes
from tapfix.recipes.new_ids import FreeIds, places_of
from tapfix.recipes.schema.places import Seat

_PLAIN = re.compile(r"[\w.]+")
_LONGEST = 64 - 13
"""Lambda takes names of 64 characters; a suffix may have 12."""


@dataclass(frozen=True, slots=True)
class Names:
    """The function's variable and id, those of its security group, the id of its log group.

    ``physical`` and ``physical_group`` are the source texts of names in AWS, if it is to have any;
    ``edits`` is what these need.
    """

    variable: str
    id: str
    group: str
    group_id: str
    logs_id: str
    physical: str | None = None
    physical_group: str | None = None
    edits: tuple[Edit, ...] = ()


def stem_of(database: Construct) -> str:
    """The first word of all names, in snake case: what the database is called."""
    held = (carrier(database) or "").rpartition(".")[2].strip("_")
    known = database.id.constant if database.id is not None else None
    return held or (snake(pascal(known)) if isinstance(known, str) else "") or "database"


def names_of(app: App, ids: FreeIds, queried: Queried, seat: Seat) -> Names:
    """Names that nothing else has."""
    database = queried.store.construct
    known = database.id.constant if database.id is not None else None
    stem = pascal(known) if isinstance(known, str) and database.id is not None else ""
    places = places_of(app, seat.module, seat.anchor)
    own_id = ids.take(places, f"{stem or 'Database'}Schema")
    group_id = ids.take(places, f"{own_id}SecurityGroup")
    logs_id = ids.take(places, f"{own_id}Logs")
    variable = _variable(seat, f"{stem_of(database)}_schema")
    group = _variable(seat, f"{variable}_security_group")
    plain = Names(variable, own_id, group, group_id, logs_id)
    base = snake(own_id).replace("_", "-")
    if len(base) > _LONGEST or _is_taken(app, base):
        return plain
    suffix = app.once(Suffixes.of).at(seat.module, seat.anchor)
    if isinstance(suffix, Obstacle) or suffix.token or not _PLAIN.fullmatch(suffix.text):
        return plain
    ending = f"{app.settings.separator}{{{suffix.text}}}"
    function = f'f"{base}{ending}"' if seat.neighbour.argument("function_name") else None
    security = f'f"{base}-sg{ending}"' if _are_named(app, seat) else None
    edits = suffix.edits if function or security else ()
    return Names(variable, own_id, group, group_id, logs_id, function, security, edits)


def _variable(seat: Seat, base: str) -> str:
    scope = seat.module.scope_of(seat.anchor)
    tries = (base, *(f"{base}_{number}" for number in range(2, 100)))
    return next(name for name in tries if not scope.lookup(name))


def _is_taken(app: App, base: str) -> bool:
    return any(
        base in str(text.value) for module in app.cdk_modules for text in module.names.strings
    )


def _are_named(app: App, seat: Seat) -> bool:
    """Whether the security groups of the file have names of their own."""
    groups = (one for one in app.of("aws_ec2.SecurityGroup") if one.module is seat.module)
    return any(one.argument("security_group_name") is not None for one in groups)
