"""How long a ``Duration`` of the source lasts."""

from __future__ import annotations

from tapfix.model.python.values import Value

_DAYS = {"days": 1.0, "hours": 1 / 24, "minutes": 1 / 1440, "seconds": 1 / 86_400}


def days(value: Value) -> float | None:
    """How many days a known ``Duration`` lasts; None if that is not in the source.

    Nor is it known if a class of another file decides it (``Duration.days(self.days)``).
    """
    unit, amount = duration_parts(value)
    known = amount.constant if amount is not None and not amount.is_inherited else None
    if unit not in _DAYS or isinstance(known, bool) or not isinstance(known, (int, float)):
        return None
    return known * _DAYS[unit]


def duration_parts(value: Value) -> tuple[str, Value | None]:
    """The unit of a ``Duration`` and its amount; an empty unit for anything else."""
    head, _, unit = value.cdk.rpartition(".")
    if value.kind != "call" or head != "Duration":
        return "", None
    return unit, value.argument("amount", 0)
