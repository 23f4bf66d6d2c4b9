"""Rows on their way from a file to a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

    from rotor_import.model.fields import Values


@dataclass(frozen=True)
class SourceOptions:
    """How to read a file; what is `auto` or None is detected.

    `encoding` is a codec's name, `delimiter` one character, `sheet` a sheet's name or its number from 1,
    `header_row` the header's row as a spreadsheet shows it, `null_values` are cells that mean blank. `wanted` are the
    columns that the mapping names: a hint for finding the sheet and its header, never a condition. `needed` are those
    of them that must be there: in a folder or an archive they tell a table of customers from other files.
    """

    encoding: str = "auto"
    delimiter: str = "auto"
    sheet: str | int | None = None
    header_row: int | None = None
    null_values: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something wrong with a row as it was read; if it is `rejected`, the row is not imported.

    `column` is the file's own, '' for the row as a whole; `value` is what the file said.
    """

    row: int
    column: str
    value: str
    reason: str
    rejected: bool


@dataclass(frozen=True)
class SourceTable:
    """A file's data rows.

    `frame` has the file's own columns: all are strings without white space at the ends, blank cells are null.
    `numbers` (UInt32, as long as the frame) numbers each row as a spreadsheet shows it. `sha256` is that of the file's
    bytes. `notes` say in words how the file was read: its encoding, delimiter, sheet and header, and lines that are
    not data.
    """

    path: PurePath
    sha256: str
    frame: pl.DataFrame
    numbers: pl.Series
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


REJECT_COLUMNS = ("_row", "_field", "_value", "_reason")
"""Columns that rejects.csv adds to the source's own; when such a file is imported again, they are not data."""


@dataclass(frozen=True)
class Reject:
    """A row that is not imported, and why; `field` and `value` (what the file said) are '' for the row as a whole."""

    file: int
    row: int
    field: str
    value: str
    reason: str


Effect = Literal["dropped", "fixed", "told"]
"""What a notice says of its value: it is invalid and was dropped; it was fixed and goes on; or it is only told of."""


@dataclass(frozen=True)
class Notice:
    """A value that was dropped or changed although its row goes on."""

    file: int
    row: int
    field: str
    value: str
    reason: str
    effect: Effect = "dropped"


@dataclass(frozen=True)
class MappedTable:
    """A source table as customer fields; `row` numbers are the source's.

    `frame` has one line for each row that is neither left out nor rejected, in file order, with the columns
    `row` (UInt32), `source_key` and `region` and `id` (String), and one for each mapped field: String, but
    List(String) for `tags`. `phone` and `email` are List(String) of candidates, the wanted one first, as they
    leave the mapping, and String in normal form as they leave normalize. Blank is null, never ''. Where the
    mapping gives an order, `order` (List(String)) holds what rows are compared by, and once they are compared
    `rank` (UInt32) takes its place.
    """

    file: int
    frame: pl.DataFrame
    left_out: tuple[int, ...] = ()
    rejects: tuple[Reject, ...] = ()
    notices: tuple[Notice, ...] = ()
    chosen: Mapping[str, pl.Series] = field(default_factory=dict)
    """For a key of which some row has several candidates, each row's valid one, as the file writes it."""


PLACED = ("file", "row", "rank", "source_key", "id", "phone", "email", "digest", "natural_key", "occurrence")
"""Columns of an import's rows that are not mapped fields, and the keys."""


@dataclass(frozen=True)
class Record:
    """A mapped, clean row.

    `phone` and `email` are in normal form, '' where blank. `values` are the other fields that are not blank.
    `digest` is a hash of all that is in it, but not of its file, row number and rank.
    """

    file: int
    row: int
    source_key: str
    id: str
    phone: str
    email: str
    values: Values
    digest: str
    occurrence: int = 0
    """The number of earlier rows of the import with the same natural key."""
    rank: int = 0
    """The order of sending: the lowest is sent first."""
    ref: tuple[int, int] = field(init=False, repr=False, compare=False)
    """The file and the row, which is asked for all the time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ref", (self.file, self.row))

    def key(self, name: str) -> str:
        return self.phone if name == "phone" else self.email

    @property
    def cells(self) -> dict[str, str]:
        """What may say whose row it is, by name; '' where blank."""
        return {"id": self.id, "phone": self.phone, "email": self.email}

    @property
    def natural_key(self) -> str:
        """What a row is known by in the next file: its source key, or without one its content."""
        return f"k:{self.source_key}" if self.source_key else f"h:{self.digest}"

    @property
    def has_key(self) -> bool:
        return bool(self.id or self.phone or self.email)
