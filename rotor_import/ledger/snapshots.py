"""Frames that the ledger stores whole, because a million lines are read much faster than a million rows.

A snapshot is a few Parquet files in rows of one table, so it is part of transactions like everything else. Whatever
has changed since it was taken is in rows of the other tables, which replace its lines.
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
from rotor_import.ledger.prepared import Prepared

PART = 50_000
"""About how many lines a part has."""

MANY = 20_000
"""How many links or baselines make a snapshot worthwhile; fewer are quick to write and read as rows."""

Kind = Literal["mirror", "links", "baselines"]

_TABLE = schema.snapshots
_SUM = 4
"""The bytes of a checksum before each file: a damaged Parquet file may be read without an error."""
_LEADING = {"mirror": ("customer",), "links": ("natural_key", "occurrence"), "baselines": ("customer",)}
WHAT: Mapping[str, str] = {
    "mirror": "Rotor's customers",
    "links": "the rows that were imported",
    "baselines": "the values that were imported",
}


# Every run needs these statements. Made once, because making a statement takes longer than running it.
_ACCOUNT = sa.select(schema.accounts.c.id).where(schema.accounts.c.id == sa.bindparam("of_account"))
_SHARED, _OWNED = Prepared(_ACCOUNT.with_for_update(read=True)), Prepared(_ACCOUNT.with_for_update())
_OWN = tuple(_TABLE.c[name] == sa.bindparam(f"of_{name}") for name in ("account", "feed", "kind"))
_LINES = sa.select(sa.func.sum(_TABLE.c.lines)).where(*_OWN)
_FIRSTS = Prepared(sa.select(_TABLE.c.part, _TABLE.c.first).where(*_OWN).order_by(_TABLE.c.part))
_CONTENT = sa.select(_TABLE.c.content).where(*_OWN).order_by(_TABLE.c.part)
_CONTENT_OF_PART = _CONTENT.where(_TABLE.c.part == sa.bindparam("of_part"))
_SUM_OF_PART = sa.select(sa.func.substr(_TABLE.c.content, 1, _SUM, type_=sa.LargeBinary)).where(
    *_OWN, _TABLE.c.part == sa.bindparam("of_part")
)
_LAST = sa.select(sa.func.coalesce(sa.func.max(_TABLE.c.part), 0)).where(*_OWN)
_DELETE = sa.delete(_TABLE).where(*_OWN, _TABLE.c.part <= sa.bindparam("of_part"))


def shared(tx: sa.Connection, account: int) -> None:
    """Let nobody replace a snapshot of the account before this transaction ends, so that all it reads fits together."""
    _SHARED.first(tx, {"of_account": account})


def owned(tx: sa.Connection, account: int) -> None:
    """Let nobody read or replace a snapshot of the account before this transaction ends.

    Every transaction locks the account first; in different orders, two of them could block each other.
    """
    _OWNED.first(tx, {"of_account": account})


class Snapshot:
    """One frame of an account, or of one of its feeds. Columns in which every cell is blank are not stored.

    Reading it raises LedgerError if it is damaged.
    """

    def __init__(self, account: int, kind: Kind, feed: str = "") -> None:
        self.account, self.feed = account, feed
        self._kind = kind
        self._scope = {"account": account, "feed": feed, "kind": kind}
        self._own = {f"of_{name}": value for name, value in self._scope.items()}

    def lines(self, tx: sa.Connection) -> int:
        return int(tx.scalar(_LINES, self._own) or 0)

    def firsts(self, tx: sa.Connection) -> list[tuple[int, str]]:
        """The number of each part, and the first cell of its first column."""
        return [(row[0], row[1]) for row in _FIRSTS.all(tx, self._own)]

    def part(self, tx: sa.Connection, number: int, where: pl.Expr | None = None) -> pl.DataFrame:
        """A part's lines, or those that `where` selects, without the columns that are not stored."""
        content = self._checked(tx.execute(_CONTENT_OF_PART, self._own | {"of_part": number}).scalar_one())
        return pl.read_parquet(content) if where is None else pl.scan_parquet(content).filter(where).collect()

    def checksum(self, tx: sa.Connection, number: int) -> bytes:
        """A part's checksum, by which one sees whether it was written anew."""
        return bytes(tx.execute(_SUM_OF_PART, self._own | {"of_part": number}).scalar_one())

    def read(self, tx: sa.Connection, columns: Mapping[str, Any]) -> pl.DataFrame:
        """All lines, with these columns; `columns` are names and types."""
        parts = [_selected(self._checked(row[0]), columns) for row in tx.execute(_CONTENT, self._own)]
        return completed(pl.concat(parts, how="diagonal", rechunk=True) if parts else pl.DataFrame(), columns)

    def _checked(self, stored: bytes) -> io.BytesIO:
        content = _unsealed(stored)
        if content is None:
            raise LedgerError(
                f"The ledger is damaged: its data about {WHAT[self._kind]} can't be read. "
                "Replace it with a backup, then try again."
            )
        return content

    def replace(self, tx: sa.Connection, parts: Iterable[pl.DataFrame]) -> None:
        """Write new parts in place of the old ones, from which they may be made while they are written."""
        last = int(tx.scalar(_LAST, self._own) or 0)
        for number, part in enumerate((part for part in parts if part.height), start=last + 1):
            first = str(part.item(0, 0))
            line = {"part": number, "first": first, "lines": part.height, "content": _written(part)}
            tx.execute(sa.insert(_TABLE), self._scope | line)
        tx.execute(_DELETE, self._own | {"of_part": last})

    def rewrite(self, tx: sa.Connection, number: int, part: pl.DataFrame) -> None:
        """Write a part anew, with the same lines."""
        here = tuple(_TABLE.c[name] == value for name, value in self._scope.items())
        tx.execute(sa.update(_TABLE).where(*here, _TABLE.c.part == number).values(content=_written(part)))


def _unsealed(stored: bytes) -> io.BytesIO | None:
    """The file whose checksum stands before it; None if it is damaged."""
    content = memoryview(stored)[_SUM:]
    if not content or crc32(content) != int.from_bytes(stored[:_SUM]):
        return None
    return io.BytesIO(content)


def fault(kind: str, stored: bytes, first: str, lines: int) -> str:
    """What is wrong with a part as it is stored, '' if nothing is."""
    content = _unsealed(stored)
    if content is None:
        return "is damaged"
    try:
        part = pl.read_parquet(content)
    except (pl.exceptions.PolarsError, OSError):
        return "is not a Parquet file"
    if part.height != lines or not {*_LEADING.get(kind, ())} <= set(part.columns) or str(part.item(0, 0)) != first:
        return f"doesn't contain the {lines} lines that were written"
    return ""


def sliced(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The frame in parts of about equal size, as a snapshot stores it."""
    count = max(1, round(frame.height / PART))
    return frame.iter_slices(max(1, -(-frame.height // count)))


def completed(frame: pl.DataFrame, columns: Mapping[str, Any]) -> pl.DataFrame:
    """The frame with these columns, in their order; those that it lacks are blank."""
    if not frame.width:
        return pl.DataFrame(schema=dict(columns))
    there = set(frame.columns)
    return frame.select(
        pl.col(name) if name in there else pl.lit(None, dtype=kind).alias(name) for name, kind in columns.items()
    )


def filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without the columns in which every cell is blank."""
    return frame.select(column for column in frame if column.null_count() < len(column) or not len(column))


def _selected(content: io.BytesIO, columns: Mapping[str, Any]) -> pl.DataFrame:
    stored = pl.read_parquet_schema(content)
    content.seek(0)
    return pl.read_parquet(content, columns=[name for name in columns if name in stored])


def _written(part: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    filled(part).write_parquet(content, compression="zstd", compression_level=1, statistics=False)
    written = content.getvalue()
    return crc32(written).to_bytes(_SUM) + written
