"""What a team may set in ``[tool.tapfix]``, as the codemods see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ConstructIds = Literal["named-by-id", "unnamed", "always", "never"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that change what codemods find or write.

    ``suffix_names`` are names of variables that tell environments apart, the preferred one first:
    the first is the one that TAP001 adds where a scope has none. ``expiration_days`` and
    ``noncurrent_days`` are days (TAP016).
    """

    suffix_names: tuple[str, ...] = (
        "environment_suffix",
        "env_suffix",
        "suffix",
        "env_name",
        "environment_name",
        "stage_name",
        "deploy_env",
        "stage",
        "env",
        "environment",
    )
    separator: str = "-"
    construct_ids: ConstructIds = "named-by-id"
    drop_kind_words: bool = True
    expiration_days: int = 1095
    noncurrent_days: int = 1095
