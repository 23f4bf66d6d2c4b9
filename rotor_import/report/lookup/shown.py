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
    """A customer or a row. `ranges` are the numbers of its first rows, as 7–9. `fields` are (field, before, after); `rows` as `rows_beside` has them, with `cells` of one.

    `dropped` are values that lost when its rows were merged; `question` is the one that holds it, '' for none.
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
    """The numbers of rows that follow each other are one range, as 7–9."""
    runs: list[list[tuple[str, int]]] = []
    for file, row in refs:
        if runs and runs[-1][-1] == (file, int(row) - 1):
            runs[-1].append((file, int(row)))
        else:
            runs.append([(file, int(row))])
    return [f"{run[0][1]}–{run[-1][1]}" if len(run) > 1 else str(run[0][1]) for run in runs]


def _in_units(fields: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """A new customer's fields, with a name and an address as people write them: in one line."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, _, value in fields:
        found[UNIT_OF.get(name, name)].append(value)
    return [(name, "", (" " if name == "name" else ", ").join(values)) for name, values in found.items()]


class Shown:
    """Makes lines to show from a report's tables."""

    def __init__(self, lines: Lines, frames: Frames, summary: Summary) -> None:
        self._lines = lines
        self._merges = frames[MERGES]
        self._asked = asked_by_row(frames[REVIEW])
        self._people = People(summary)

    def shown(self, numbers: Sequence[int]) -> list[LineShown]:
        """The lines with these numbers, in their order."""
        about = self._lines.frame.filter(pl.col("line").is_in(numbers)).with_columns(
            pl.col("fate").cast(pl.String)
        )
        by_line = {line["line"]: line for line in about.iter_rows(named=True)}
        rows = self._rows(numbers)
        cells = self._cells([ref for refs in rows.values() for ref, _ in refs])
        fields, dropped, known = self._fields(about), self._dropped(about), self._known(about)
        made = []
        for number in numbers:
            line = by_line[number]
            refs = [ref for ref, _ in rows[number]]
            own = fields.get(line["customer"], [])
            values = {name: after for name, _, after in own} if line["id"] is None else {}
            who = self._who(values, known.get(line["id"]), refs, cells)
            several = len(refs) > 1
            made.append(
                LineShown(
                    line=number,
                    fate=line["fate"],
                    **who,
                    refs=refs,
                    ranges=_ranges(refs),
                    count=line["count"],
                    reason=rows[number][0][1],
                    question=self._asked.get(refs[0], "") if line["fate"] == "held" else "",
                    fields=_in_units(own) if line["id"] is None else own,
                    rows=rows_beside(refs, cells, self._people, line["count"] - len(refs)) if several else {},
                    cells=[] if several else self._ordered(refs[0], cells),
                    dropped=dropped.get(line["customer"], []),
                    strange=line["strange"],
                )
            )
        return made

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
        for line in shortened(new).iter_rows(named=True):
            customer = line.pop("customer")
            by_customer[customer] = [(name, "", value) for name, value in line.items() if value]
        for line in shortened(changed.select("customer", "field", "before", "after")).iter_rows():
            by_customer[line[0]].append(line[1:])
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
        self, values: Mapping[str, str], known: Mapping[str, str] | None, refs: Refs, cells: Cells
    ) -> dict[str, str]:
        """The name, phone and email: of a new customer as they will be, else as Rotor has them, else as the row says."""
        if not NAMING.isdisjoint(values):
            name = " ".join(values[part] for part in _NAMES if part in values) or values.get("company_name", "")
            return {"name": name, "phone": values.get("phone", ""), "email": values.get("email", "")}
        if known:
            return {part: known[part] for part in ("name", "phone", "email")}
        return self._people.named(refs[0], list(cells.get(refs[0], ())))
