"""What taking a name or an address apart leaves over: told, unless another field of the row holds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

from rotor_import.mapping.compile_fields import FIELD, parsed, whole
from rotor_import.mapping.rules import ADDRESS_PARTS, NAME_PARTS
from rotor_import.mapping.schema import Mapping
from rotor_import.model.rows import Notice


def leftovers(mapping: Mapping, drawn: pl.DataFrame, file: int) -> Iterator[Notice]:
    """`drawn` are the rows that go on: their fields, and the columns of `Draw` that names and addresses came from."""
    texts = [name for name in mapping.fields if drawn.schema[FIELD + name] == pl.String]
    uses: dict[tuple[str, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    for field, rule in mapping.fields.items():
        kind = "name" if rule.name is not None else "address"
        if rule.of is not None and whole(rule.of) in drawn.columns:
            uses[kind, rule.of].setdefault(rule.name or rule.address or "", field)
    for (kind, of), parts in uses.items():
        rows = drawn.with_columns(pl.col(parsed(kind, of)).struct.unnest(), pl.col(whole(of)).alias("\0whole"))
        yield from _doubts(rows, kind, parts, texts, file)
        yield from _dropped(rows, kind, parts, texts, file)


def _doubts(rows: pl.DataFrame, kind: str, parts: dict[str, str], texts: Sequence[str], file: int) -> Iterator[Notice]:
    field = parts.get("street1") or next(iter(parts.values()))
    doubtful = rows.filter(pl.col("doubt").is_not_null())
    if kind == "name":
        what = "it was not taken apart as a name"
        doubtful = doubtful.filter(~_held(pl.col("\0whole"), texts))
    else:
        what = "the address was not taken apart"
        what += ", and stands whole in the street" if "street1" in parts else ", and is in no field"
    for row, value, doubt in doubtful.select("row", "\0whole", "doubt").iter_rows():
        yield Notice(file, row, field, value, f"{what}: {doubt}")


def _dropped(rows: pl.DataFrame, kind: str, parts: dict[str, str], texts: Sequence[str], file: int) -> Iterator[Notice]:
    taken = set(parts) | ({"first", "last"} if "first_last" in parts else set())
    every = [part for part in NAME_PARTS if part != "first_last"] if kind == "name" else [*ADDRESS_PARTS, "recipient"]
    field = next(iter(parts.values()))
    for part in every:
        if part in taken:
            continue
        left = pl.col(part)
        lost = rows.filter(pl.col("doubt").is_null(), left.is_not_null()).filter(~_held(left, texts))
        for row, value in lost.select("row", part).iter_rows():
            yield Notice(file, row, field, value, f"it is the {kind}'s {part}, which no field takes: it was left out")


def _held(text: pl.Expr, fields: Sequence[str]) -> pl.Expr:
    """Whether a field of the row has the text in it."""
    low = text.str.to_lowercase()
    cells = [pl.col(FIELD + name).str.to_lowercase() for name in fields]
    return pl.any_horizontal([cell.str.contains(low, literal=True).fill_null(value=False) for cell in cells])
