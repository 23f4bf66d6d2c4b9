"""Tells which independent customers Rotor has already as the file says, by the rules of `model.sameness`."""

from __future__ import annotations

import polars as pl

from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNREADABLE_FIELDS
from rotor_import.model.policy import Policy
from rotor_import.model.sameness import lacks_no_tags, same_texts

_OPEN_BLANKS = UNREADABLE_FIELDS | {TAGS_FIELD}
"""Fields of which a blank cell that clears is left to the replay: Rotor may hold what it does not show."""


def unchanged(groups: pl.DataFrame, names: list[str], directory: pl.DataFrame, policy: Policy) -> pl.Series:
    """For each of the `groups`, whether Rotor's customer at `held_at` in the directory agrees; where in doubt, no."""
    held = directory.select(
        *(pl.col(f"{name} key").alias(f"held {name}") for name in KEY_FIELDS),
        *(pl.col(name).alias(f"held {name}") for name in names if name not in KEY_FIELDS),
    )
    both = groups.hstack(held[groups.get_column("held_at")])
    differs = both.select(_differs(name, policy).alias(name) for name in names)
    agree = pl.Series([True]).new_from_index(0, groups.height)
    for name in (column.name for column in differs if column.any()):
        at = differs.get_column(name).arg_true()
        agreed = _agrees(both.select(name, f"held {name}")[at], name, policy)
        agree = agree.scatter(at, agree.gather(at) & agreed)
    return agree


def _differs(name: str, policy: Policy) -> pl.Expr:
    """Whether the cells have to be looked at, since they are not the same letter for letter."""
    said = pl.col(name)
    differs = said.ne_missing(pl.col(f"held {name}"))
    return differs | said.is_null() if name in _OPEN_BLANKS and policy.clears(name) else differs


def _agrees(cells: pl.DataFrame, name: str, policy: Policy) -> pl.Series:
    """Whether Rotor has what the file says, for cells that differ, blanks included."""
    said, held = cells.get_column(name), cells.get_column(f"held {name}")
    alike = lacks_no_tags(said, held) if name == TAGS_FIELD else same_texts(said, held)
    alike = alike.fill_null(value=False)
    return alike if policy.clears(name) else said.is_null() | alike
