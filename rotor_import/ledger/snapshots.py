"""Frames that the ledger keeps as they are: a million lines are read at once, where as many rows take a while each.

A snapshot is some Parquet files in rows of one table, so that it lives and dies with a transaction as all else does.
What changed since it was taken are rows of the other tables, which count instead of its lines.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal
from zlib import crc32

import polars as pl
import sqlalchemy as sa

from rotor_import.errors import LedgerError
from rotor_import.ledger import schema

PART = 50_000
"""Lines of a part, about."""

MANY = 20_000
"""From so many on links and baselines are kept so: fewer are written and read as rows in no time."""

Kind = Literal["mirror", "links", "baselines"]

_TABLE = schema.snapshots
_SUM = 4
"""Bytes before each file that tell whether it is whole: a Parquet file that is not may be read as another."""
_WHAT = {
    "mirror": "Rotor's customers",
    "links": "the rows that were imported",
    "baselines": "the values that were imported",
}


def shared(tx: sa.Connection, account: int) -> None:
    """Nobody replaces a snapshot of the account before this transaction ends: what is read belongs together."""
    tx.execute(sa.select(schema.accounts.c.id).where(schema.accounts.c.id == account).with_for_update(read=True))


def owned(tx: sa.Connection, account: int) -> None:
    """Nobody reads or replaces one meanwhile.

    The account first, as everybody does: two who took it and the rest crosswise would wait for ever.
    """
    tx.execute(sa.select(schema.accounts.c.id).where(schema.accounts.c.id == account).with_for_update())


class Snapshot:
    """One frame of an account, or of one of its feeds; a column that is blank throughout takes no room.

    Whatever reads it raises LedgerError where it is damaged.
    """

    def __init__(self, account: int, kind: Kind, feed: str = "") -> None:
        self._kind = kind
        self._of = {"account": account, "feed": feed, "kind": kind}
        self._here = [_TABLE.c[name] == value for name, value in self._of.items()]

    def lines(self, tx: sa.Connection) -> int:
        return int(tx.scalar(sa.select(sa.func.sum(_TABLE.c.lines)).where(*self._here)) or 0)

    def firsts(self, tx: sa.Connection) -> list[tuple[int, str]]:
        """The number of each part, and the first cell of its first column."""
        query = sa.select(_TABLE.c.part, _TABLE.c.first).where(*self._here).order_by(_TABLE.c.part)
        return [(row[0], row[1]) for row in tx.execute(query)]

    def part(self, tx: sa.Connection, number: int, where: pl.Expr | None = None) -> pl.DataFrame:
        """Its lines, or those of them that are wanted; without the columns that are blank."""
        query = sa.select(_TABLE.c.content).where(*self._here, _TABLE.c.part == number)
        content = self._whole(tx.execute(query).scalar_one())
        return pl.read_parquet(content) if where is None else pl.scan_parquet(content).filter(where).collect()

    def read(self, tx: sa.Connection, columns: Mapping[str, Any]) -> pl.DataFrame:
        """These columns of all lines; `columns` are names and types."""
        query = sa.select(_TABLE.c.content).where(*self._here).order_by(_TABLE.c.part)
        parts = [_taken(self._whole(row[0]), columns) for row in tx.execute(query)]
        return completed(pl.concat(parts, how="diagonal", rechunk=True) if parts else pl.DataFrame(), columns)

    def _whole(self, stored: bytes) -> io.BytesIO:
        content = memoryview(stored)[_SUM:]
        if not content or crc32(content) != int.from_bytes(stored[:_SUM]):
            raise LedgerError(
                f"The ledger is damaged: what it knows of {_WHAT[self._kind]} cannot be read. "
                "Put a backup of it in its place, then try again."
            )
        return io.BytesIO(content)

    def replace(self, tx: sa.Connection, parts: Iterable[pl.DataFrame]) -> None:
        """The parts may be made of the old ones while they are written."""
        old = sa.select(sa.func.coalesce(sa.func.max(_TABLE.c.part), 0)).where(*self._here)
        last = int(tx.scalar(old) or 0)
        for number, part in enumerate((one for one in parts if one.height), start=last + 1):
            first = str(part.item(0, 0))
            line = {"part": number, "first": first, "lines": part.height, "content": _written(part)}
            tx.execute(sa.insert(_TABLE), self._of | line)
        tx.execute(sa.delete(_TABLE).where(*self._here, _TABLE.c.part <= last))


def sliced(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """As the parts of a snapshot, about equal ones."""
    count = max(1, round(frame.height / PART))
    return frame.iter_slices(max(1, -(-frame.height // count)))


def completed(frame: pl.DataFrame, columns: Mapping[str, Any]) -> pl.DataFrame:
    """With these columns, in their order; one that it lacks is blank, and takes no room."""
    lacking = [pl.lit(None, dtype=kind).alias(name) for name, kind in columns.items() if name not in frame.columns]
    if not frame.width:
        return pl.DataFrame(schema=dict(columns))
    return frame.with_columns(lacking).select(list(columns))


def filled(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the columns that are blank throughout."""
    return frame.select(one for one in frame if one.null_count() < len(one) or not len(one))


def _taken(content: io.BytesIO, columns: Mapping[str, Any]) -> pl.DataFrame:
    there = pl.read_parquet_schema(content)
    content.seek(0)
    return pl.read_parquet(content, columns=[name for name in columns if name in there])


def _written(part: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    filled(part).write_parquet(content, compression="zstd", compression_level=1, statistics=False)
    written = content.getvalue()
    return crc32(written).to_bytes(_SUM) + written
