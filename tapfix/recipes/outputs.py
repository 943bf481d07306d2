"""Writing the output of a stack that tells how to find a resource."""

from __future__ import annotations

import re

from tapfix.edits import Edit, InsertStatements
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.reach import Reach
from tapfix.recipes.endpoints import Endpoint
from tapfix.recipes.imports import write
from tapfix.recipes.new_ids import FreeIds

_WORD = re.compile(r"[A-Za-z0-9]+")


def add_output(
    app: App, construct: Construct, endpoint: Endpoint, reach: Reach, ids: FreeIds, blank: int
) -> tuple[Edit, ...]:
    """The edits that add an output of a construct where it can be named.

    ``blank`` is the number of empty lines before the new statement.
    """
    name = ids.take(reach.family or (reach.module,), _wanted(construct, endpoint, reach))
    value = f"{reach.name}.{endpoint.attribute}"
    template = f'<CfnOutput>({reach.scope}, "{name}", value={value})'
    code = write(app, reach.module, reach.anchor, template)
    return (InsertStatements(reach.ref, code.text, reach.before, blank), *code.imports)


def _wanted(construct: Construct, endpoint: Endpoint, reach: Reach) -> str:
    """``ArchiveBucketName`` for a bucket ``Archive``, or for one held by ``archive``."""
    known = construct.id.constant if construct.id is not None else None
    stem = known if isinstance(known, str) else reach.name.rpartition(".")[2]
    # Words keep their capitals: `TapDNS` stays as it is, `tap_dns` becomes `TapDns`.
    stem = "".join(word[:1].upper() + word[1:] for word in _WORD.findall(stem))
    ends = any(stem.lower().endswith(noun.lower()) for noun in endpoint.nouns)
    noun = "" if ends else endpoint.nouns[0]
    return f"{stem}{noun}{endpoint.tail}"
