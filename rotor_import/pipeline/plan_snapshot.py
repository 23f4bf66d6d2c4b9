"""What a plan is, for whoever approves it: its tables, and the customers in Rotor that it meets.

The same plan always has the same bytes, whatever its files are called, so that a hash of them binds a run to it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from rotor_import.model.fields import FIELDS, KEY_FIELDS, TAGS_FIELD
from rotor_import.model.listed import frame_of
from rotor_import.model.plan import Plan
from rotor_import.report.report_table import PlanTables
from rotor_import.report.tables import APPROVED, WARNINGS

Tables = Mapping[str, pl.DataFrame]

KEYS = {"customer": ("customer",), **{table.name: table.line_keys for table in APPROVED}}
"""A plan's tables, and the columns by which each is sorted and a line of it is named."""
BETWEEN_TAGS = "\x1f"
_WORDS = ("reason", "decision")
"""Columns for the person: a plan in other words is the same plan."""
_IDS = (("rows", "id"), ("updates", "id"), ("review", "a_id"), ("review", "b_id"))
_VALUES = (("updates", "after"), ("review", "file_value"), ("warnings", "value"))


def snapshot(plan: Plan, known: Collection[str] = ()) -> dict[str, pl.DataFrame]:
    """The tables of KEYS, as strings; `customer` has those that the plan meets, and those that are `known`."""
    files = tuple(replace(file, path=str(number)) for number, file in enumerate(plan.files))
    # A file that moved is the same file, and advice about probable duplicates changes nothing of what is done.
    questions = tuple(asked for asked in plan.questions if asked.kind != "duplicate")
    plan = replace(plan, files=files, questions=questions)
    made = PlanTables(plan, sources=(), save=lambda _name, _frames: None)
    tables = {table.name: pl.concat(table.make(made)) for table in (*APPROVED, WARNINGS)}
    tables["customer"] = _customers(plan, tables, known)
    return {name: _canonical(tables[name], key) for name, key in KEYS.items()}


def _canonical(table: pl.DataFrame, key: Collection[str]) -> pl.DataFrame:
    """Sorted, numbers by their size, and without columns that are blank: another version may have more of those."""
    filled = [each.name for each in table if each.name in key or each.null_count() < table.height]
    order = [part for name in key for part in (pl.col(name).str.len_bytes(), pl.col(name))]
    return table.select(filled).drop(_WORDS, strict=False).sort(order, maintain_order=True)


def _customers(plan: Plan, tables: Tables, known: Collection[str]) -> pl.DataFrame:
    """Customers as Rotor holds them whom rows of the plan match, or whose keys they touch."""
    ids = pl.concat([pl.Series(list(known), dtype=pl.String), *(tables[name].get_column(id_) for name, id_ in _IDS)])
    met = [pl.col("customer").is_in(ids.implode())]
    for key in KEY_FIELDS:
        own = [tables[name].get_column(key) for name in ("creates", "undecided", "review")]
        named = [tables[name].filter(pl.col("field") == key).get_column(value) for name, value in _VALUES]
        met.append(pl.col(f"{key} key").is_in(pl.concat([*own, *named]).drop_nulls().implode()))
    customers = frame_of(plan.directory).filter(pl.any_horizontal(met))
    tags = pl.col(TAGS_FIELD).list.join(BETWEEN_TAGS).replace("", None)
    return customers.select("customer", *FIELDS).with_columns(tags)


def as_csv(tables: Tables) -> dict[str, bytes]:
    """The tables as files, by name."""
    return {f"{name}.csv": _csv(table) for name, table in tables.items()}


def _csv(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_csv(buffer)
    return buffer.getvalue()


def hashes(entries: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in entries.items()}
