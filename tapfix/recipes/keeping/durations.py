"""Changing a ``Duration`` to other days, with the smallest edit there is."""

from __future__ import annotations

from tapfix.edits import Edit
from tapfix.model.app import App
from tapfix.model.cdk.durations import duration_parts
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import put


def set_days(app: App, value: Value, number: int) -> tuple[Edit, ...]:
    """The edits that make a ``Duration`` last ``number`` days where it is used.

    If it counts in days already, only the number changes.
    """
    unit, amount = duration_parts(value)
    if unit == "days" and amount is not None and (value.is_direct or not value.shared):
        return put(app, amount, str(number))
    return put(app, value, f"<Duration>.days({number})")
