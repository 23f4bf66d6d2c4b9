"""Lines as the page shows them: the customer as it would be, and the rows that it comes from with their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.model.fields import FIELDS, NAMING, UNIT_FIELDS, UNIT_OF
from rotor_import.model.summary import Summary
from rotor_import.report.lookup.lines import Lines
from rotor_import.report.page.people import People
from rotor_import.report.page.row_by_row import asked_by_row
from rotor_import.report.page.rows_beside import Cells, rows_beside
from rotor_import.report.page.shorten import shortened
from rotor_import.report.page_excerpt import COLUMNS
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import MERGES, REVIEW

_MOST_ROWS = 20
"""The most rows of a customer that are shown beside it."""
_MOST_DROPPED = 20
_NAMES = UNIT_FIELDS["name"]
_ORDER = {
    name: at
    for at, name in enumerate(
        dict.fromkeys((*_NAMES, "company_name", "phone", "email", *UNIT_OF, *FIELDS))  # who they are comes first
    )
}
Refs = list[tuple[str, str]]


@dataclass(frozen=True)
class LineShown:
    """A customer or a row.

    `ranges` are the numbers of its first rows, as `7 to 9`. `fields` are (field, before, after). `rows` are as
    `rows_beside` has them; `cells` are those of a single row. `dropped` are values that lost when rows were merged.
    `question` is the one that holds it, '' for none.
    """

    line: int
    fate: str
    name: str
    phone: str
    email: str
    refs: Refs
    ranges: list[str]
    count: int
    reason: str
    question: str
    fields: list[tuple[str, str, str]]
    rows: dict[str, Any]
    cells: list[tuple[str, str]]
    dropped: list[dict[str, str]]
    strange: bool


def _ranges(refs: Refs) -> list[str]:
    """The numbers of rows; those that follow each other are one range, as `7 to 9`."""
    runs: list[list[tuple[str, int]]] = []
    for file, row in refs:
        if runs and runs[-1][-1] == (file, int(row) - 1):
            runs[-1].append((file, int(row)))
        else:
            runs.append([(file, int(row))])
    found = []
    for run in runs:
        is_range = len(run) > 2  # noqa: PLR2004 - two numbers are as short
        found += [f"{run[0][1]} to {run[-1][1]}"] if is_range else [str(row) for _, row in run]
    return found


def _in_units(fields: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """A new customer's fields, with a name and an address as people write them: in one line."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, _, value in fields:
        found[UNIT_OF.get(name, name)].append(value)
    return [(name, "", (" " if name == "name" else ", ").join(values)) for name, values in found.items()]


@dataclass(frozen=True)
class _About:
    """What the tables say of some lines: their first rows, these rows' cells, and by customer or ID what becomes."""

    rows: Mapping[int, list[tuple[tuple[str, str], str]]]
    cells: Cells
    fields: Mapping[str, list[tuple[str, str, str]]]
    dropped: Mapping[str, list[dict[str, str]]]
    known: Mapping[str, dict[str, str]]


class Shown:
    """Makes lines to show from a report's tables."""

    def __init__(self, lines: Lines, frames: Frames, summary: Summary) -> None:
        self._lines = lines
        self._merges = frames[MERGES]
        self._asked = asked_by_row(frames[REVIEW])
        self._people = People(summary)

    def shown(self, numbers: Sequence[int]) -> list[LineShown]:
        """The lines with these numbers, in their order."""
        chosen = self._lines.frame.filter(pl.col("line").is_in(numbers)).with_columns(pl.col("fate").cast(pl.String))
        rows = self._rows(numbers)
        cells = self._cells([ref for refs in rows.values() for ref, _ in refs])
        about = _About(rows, cells, self._fields(chosen), self._dropped(chosen), self._known(chosen))
        by_line = {line["line"]: line for line in chosen.iter_rows(named=True)}
        return [self._line(by_line[number], about) for number in numbers]

    def _line(self, line: Mapping[str, Any], about: _About) -> LineShown:
        (first, reason), *_ = about.rows[line["line"]]
        refs = [ref for ref, _ in about.rows[line["line"]]]
        fields, is_new, several = about.fields.get(line["customer"], []), line["id"] is None, line["count"] > 1
        return LineShown(
            line=line["line"],
            fate=line["fate"],
            **self._who(fields if is_new else [], about.known.get(line["id"]), first, about.cells),
            refs=refs,
            ranges=_ranges(refs),
            count=line["count"],
            reason=reason,
            question=self._asked.get(first, "") if line["fate"] == "held" else "",
            fields=_in_units(fields) if is_new else fields,
            rows=rows_beside(refs, about.cells, self._people, line["count"] - len(refs)) if several else {},
            cells=[] if several else self._ordered(first, about.cells),
            dropped=about.dropped.get(line["customer"], []),
            strange=line["strange"],
        )

    def _rows(self, numbers: Sequence[int]) -> dict[int, list[tuple[tuple[str, str], str]]]:
        """The first rows of each line, as ((file, row), reason)."""
        own = self._lines.rows.filter(pl.col("line").is_in(numbers))
        first = own.group_by("line", maintain_order=True).head(_MOST_ROWS)
        by_line: dict[int, list[tuple[tuple[str, str], str]]] = defaultdict(list)
        told = first.select("line", pl.col("file", "row").cast(pl.String), pl.col("reason").fill_null(""))
        for line, file, row, reason in told.iter_rows():
            by_line[line].append(((file, row), reason))
        return by_line

    def _cells(self, refs: Refs) -> Cells:
        cells: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for file, table in self._lines.cells.items():
            numbers = [int(row) for of, row in refs if of == file]
            own = table.filter(pl.col("\0row").is_in(numbers)).with_columns(pl.col("\0row").cast(pl.String))
            for line in shortened(own.select(own.columns[: COLUMNS + 1])).iter_rows(named=True):
                row = line.pop("\0row")
                cells[file, row] = [(name, value) for name, value in line.items() if value]
        wanted = set(refs) - cells.keys()
        if wanted and not self._lines.kept_cells.is_empty():
            rows = [row for _, row in wanted]
            for file, row, column, value in shortened(
                self._lines.kept_cells.filter(pl.col("row").is_in(rows))
            ).iter_rows():
                cells.setdefault((file, row), []).append((column, value))
        return cells

    def _ordered(self, ref: tuple[str, str], cells: Cells) -> list[tuple[str, str]]:
        """A row's cells; who it is comes first."""
        return sorted(cells.get(ref, ()), key=lambda cell: not self._people.naming(ref[0], cell[0]))

    def _fields(self, about: pl.DataFrame) -> dict[str, list[tuple[str, str, str]]]:
        labels = about.get_column("customer").drop_nulls().implode()
        new = self._lines.new.filter(pl.col("customer").is_in(labels))
        changed = self._lines.changed.filter(pl.col("customer").is_in(labels))
        by_customer: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for values in shortened(new).iter_rows(named=True):
            customer = values.pop("customer")
            by_customer[customer] = [(name, "", value) for name, value in values.items() if value]
        for customer, *field in shortened(changed.select("customer", "field", "before", "after")).iter_rows():
            by_customer[customer].append((field[0], field[1], field[2]))
        for own in by_customer.values():
            own.sort(key=lambda field: _ORDER.get(field[0], len(_ORDER)))
        return by_customer

    def _dropped(self, about: pl.DataFrame) -> dict[str, list[dict[str, str]]]:
        labels = about.get_column("customer").drop_nulls().implode()
        lost = self._merges.filter(pl.col("customer").is_in(labels) & pl.col("field").is_not_null())
        by_customer: dict[str, list[dict[str, str]]] = defaultdict(list)
        first = lost.group_by("customer", maintain_order=True).head(_MOST_DROPPED)
        for line in shortened(first.select("customer", "file", "row", "field", "lost", "kept")).iter_rows(named=True):
            by_customer[line.pop("customer")].append(line)
        return by_customer

    def _known(self, about: pl.DataFrame) -> dict[str, dict[str, str]]:
        ids = about.get_column("id").drop_nulls().implode()
        known = shortened(self._lines.known.filter(pl.col("id").is_in(ids)))
        return {line.pop("id"): line for line in known.iter_rows(named=True)}

    def _who(
        self, fields: Sequence[tuple[str, str, str]], known: dict[str, str] | None, ref: tuple[str, str], cells: Cells
    ) -> dict[str, str]:
        """Who a new customer will be, else who it is in Rotor, else what the row says: name, phone and email."""
        values = {name: after for name, _, after in fields}
        if not NAMING.isdisjoint(values):
            name = " ".join(values[part] for part in _NAMES if part in values) or values.get("company_name", "")
            return {"name": name, "phone": values.get("phone", ""), "email": values.get("email", "")}
        return known or self._people.named(ref, list(cells.get(ref, ())))
