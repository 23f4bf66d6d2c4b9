"""What a plan is, for whoever approves it: the report's tables, and the customers of Rotor's that it is about.

It reads the report's files and not the plan's objects, so that however planning works, the same is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS, Values
from rotor_import.model.formulas import restored_frame
from rotor_import.pipeline.saved import TABLES

_WORDS = ("reason", "decision")
"""Columns for the person; in other words a plan is no other plan."""


@dataclass(frozen=True)
class PlanSnapshot:
    """`customers` are those that rows of the plan match, or whose keys they touch, as Rotor holds them."""

    tables: Mapping[str, pl.DataFrame]
    customers: Mapping[str, Values]


def binding(folder: Path, paths: list[str], directory: Directory) -> PlanSnapshot:
    """Of a plan whose report was just written; `paths` are its files as the report calls them."""
    tables = {name: _table(folder / f"{name}.csv", paths) for name in TABLES}
    return PlanSnapshot(tables, _touched(tables, directory))


def _table(path: Path, paths: list[str]) -> pl.DataFrame:
    """Empty where there is no such file; files by number, for a file may move and be the same."""
    if not path.is_file():
        return pl.DataFrame()
    frame = restored_frame(pl.read_csv(path, infer_schema=False).fill_null("")).drop(_WORDS, strict=False)
    numbers = {name: str(number) for number, name in enumerate(paths)}
    if "file" in frame.columns:
        frame = frame.with_columns(pl.col("file").replace(numbers))
    if "merged_into" in frame.columns:
        into = pl.col("merged_into").str.extract_groups(r"(?s)^(?:(?<file>.*):)?(?<row>\d*)$")
        file = into.struct.field("file").fill_null("")
        frame = frame.with_columns(
            pl.when(file == "")
            .then(pl.col("merged_into"))
            .otherwise(pl.concat_str(file.replace(numbers), pl.lit(":"), into.struct.field("row")))
            .alias("merged_into")
        )
    return frame


def _touched(tables: Mapping[str, pl.DataFrame], directory: Directory) -> dict[str, Values]:
    ids = {id_ for id_ in _ids(tables) if id_}
    keys = {(name, value) for name, value in _keys(tables) if value}
    return {
        one.id: one.values
        for one in directory.customers.values()
        if one.id in ids or ("phone", one.phone) in keys or ("email", one.email) in keys
    }


def _ids(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    for name, column in (("rows", "id"), ("updates", "id"), ("held", "a_id"), ("held", "b_id")):
        yield from _column(tables[name], column)


def _keys(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, str]]:
    """In normal form, as the plan sends them."""
    for name in KEY_FIELDS:
        for table in ("creates", "undecided"):
            yield from ((name, value) for value in _column(tables[table], name))
    for table, value in (("updates", "after"), ("held", "value"), ("warnings", "value")):
        yield from zip(_column(tables[table], "field"), _column(tables[table], value), strict=True)


def _column(table: pl.DataFrame, name: str) -> list[str]:
    return table.get_column(name).to_list() if name in table.columns else []
