"""Reading and changing a ``Duration`` by its days, with the smallest edit there is."""

from __future__ import annotations

from tapfix.edits import Edit
from tapfix.model.app import App
from tapfix.model.values import Value
from tapfix.recipes.arguments import put

_DAYS = {"days": 1.0, "hours": 1 / 24, "minutes": 1 / 1440, "seconds": 1 / 86_400}


def days(value: Value) -> float | None:
    """How many days a known ``Duration`` lasts; None if that is not in the source."""
    unit, amount = _parts(value)
    known = amount.constant if amount is not None else None
    if unit not in _DAYS or isinstance(known, bool) or not isinstance(known, (int, float)):
        return None
    return known * _DAYS[unit]


def set_days(app: App, value: Value, number: int) -> tuple[Edit, ...]:
    """The edits that make a ``Duration`` last ``number`` days where it is used.

    If it counts in days already, only the number changes.
    """
    unit, amount = _parts(value)
    if unit == "days" and amount is not None and (value.is_direct or not value.shared):
        return put(app, amount, str(number))
    return put(app, value, f"<Duration>.days({number})")


def _parts(value: Value) -> tuple[str, Value | None]:
    """The unit of a duration and its amount."""
    head, _, unit = value.cdk.rpartition(".")
    if value.kind != "call" or head != "Duration":
        return "", None
    return unit, value.argument("amount", 0)
