"""Whether Rotor holds already what the rows of a customer say, by the rule of `threeway.decide`, as columns."""

from __future__ import annotations

import polars as pl

from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNREADABLE_FIELDS
from rotor_import.model.rows import Policy

_OPEN_BLANKS = UNREADABLE_FIELDS | {TAGS_FIELD}
"""Where a field is cleared, a blank of theirs is for the plan to judge: Rotor may hold what it does not show."""


def unchanged(groups: pl.DataFrame, names: list[str], directory: pl.DataFrame, policy: Policy) -> pl.Series:
    """For each of the `groups`, whose `who` is a place in the directory's frame; where in doubt, no."""
    held = directory.select(
        *(pl.col(f"{name} key").alias(f"held {name}") for name in KEY_FIELDS),
        *(pl.col(name).alias(f"held {name}") for name in names if name not in KEY_FIELDS),
    )
    held = held[groups.get_column("who")]
    agree = pl.repeat(value=True, n=groups.height, eager=True)
    for name in names:
        both = pl.DataFrame([groups.get_column(name), held.get_column(f"held {name}")])
        looked_at = pl.col(name).ne_missing(pl.col(f"held {name}"))
        if name in _OPEN_BLANKS and policy.write.get(name) == "clear":
            looked_at |= pl.col(name).is_null()
        differs = both.select(looked_at).to_series().arg_true()
        agree = agree.scatter(differs, agree.gather(differs) & both[differs].select(_agrees(name, policy)).to_series())
    return agree


def _agrees(name: str, policy: Policy) -> pl.Expr:
    """Said of those that are not equal, among them blank ones."""
    mine, held = pl.col(name), pl.col(f"held {name}")
    clears = policy.write.get(name) == "clear"
    blank = pl.lit(value=False) if clears else mine.is_null()
    if name == TAGS_FIELD:
        rest = mine.list.set_difference(held.fill_null(pl.lit([], dtype=pl.List(pl.String))))
        return blank | (rest.list.len() == 0).fill_null(value=False)
    alike = mine == held
    if name not in KEY_FIELDS:
        alike |= _plain(mine) == _plain(held)
    return blank | alike.fill_null(value=False)


def _plain(text: pl.Expr) -> pl.Expr:
    """What counts as white space here does so in `threeway.same` too."""
    return text.str.replace_all("\r\n", "\n", literal=True).str.strip_chars()
