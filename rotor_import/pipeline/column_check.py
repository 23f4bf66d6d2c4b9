"""What a mapping makes of each column of a file, before anything is matched: for `mapping check`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import polars as pl

from rotor_import.mapping import FieldRule, Mapping, column_uses
from rotor_import.model.column_uses import KEY, ColumnUses, Hint
from rotor_import.model.rows import MappedTable, Notice, Reject, SourceTable
from rotor_import.report import problems_by_file
from rotor_import.suggest import is_private_header

_SHOWN = 5
_UNUSED = "no field uses it"
_NO_PLACEHOLDER = re.compile(r'[{}*"\\]|\d\+')
"""What a column's name may not have to stand in a template as it is."""


def check_columns(
    mapping: Mapping, sources: Sequence[SourceTable], tables: Sequence[MappedTable], found: Sequence[Reject | Notice]
) -> list[dict[str, Any]]:
    """For each column its figures, and each of its problems with rows, examples and the line that would fix it.

    `found` is what was said of rows while they were read, besides what the tables say.
    """
    uses = [column_uses(mapping, source, table) for source, table in zip(sources, tables, strict=True)]
    said = [*found, *chain.from_iterable((*table.rejects, *table.notices) for table in tables)]
    placed = problems_by_file(
        (one for one in said if isinstance(one, Notice)),
        (one for one in said if isinstance(one, Reject)),
        sources,
        uses,
    )
    return [
        _column(name, source, own, problems, mapping.fields.get("notes"), several=len(sources) > 1)
        for source, own, problems in zip(sources, uses, placed, strict=True)
        for name in source.frame.columns
    ]


def _column(
    name: str, source: SourceTable, uses: ColumnUses, placed: pl.DataFrame, notes: FieldRule | None, *, several: bool
) -> dict[str, Any]:
    """`notes` is the mapping's rule for the notes."""
    cells, own = source.frame.get_column(name), uses.by_column.get(name, ())
    filled = len(cells) - cells.null_count()
    taken = pl.repeat(value=False, n=len(uses.rows), eager=True)
    for use in own:
        taken |= use.taken | use.whole
    problems = list(_problems(placed.filter(pl.col("column") == name), [h for h in uses.hints if h.column == name]))
    if filled and not own:
        problems.append(_unused(name, source, uses.asked.get(name), notes))
    fields = ["the legacy ID" if use.field == KEY else use.field for use in own]
    return {
        **({"file": str(source.path)} if several else {}),
        "column": name,
        "fields": list(dict.fromkeys(fields)),
        "read_for": uses.asked.get(name, ""),
        "filled": filled,
        "arriving": int(taken.sum()),
        "problems": problems,
    }


def _problems(placed: pl.DataFrame, hints: Sequence[Hint]) -> Iterator[dict[str, Any]]:
    """What is wrong with cells, the most common first; a hint's line stands with the reason that it takes away."""
    fixes = {hint.words: hint for hint in hints}
    groups = placed.group_by("reason", maintain_order=True).agg("row", "value")
    for reason, rows, values in groups.sort(pl.col("row").list.len(), descending=True, maintain_order=True).iter_rows():
        hint = next((fixes.pop(words) for words in list(fixes) if words in reason), None)
        yield _problem(reason, sorted(set(rows)), values, hint.fix if hint else "")
    for hint in fixes.values():
        yield _problem(hint.words, hint.rows, hint.examples, hint.fix) | {"count": hint.count}


def _problem(reason: str, rows: Sequence[int], values: Sequence[str], fix: str) -> dict[str, Any]:
    examples = list(dict.fromkeys(value for value in values if value))[:_SHOWN]
    return {"reason": reason, "count": len(rows), "rows": list(rows[:_SHOWN]), "examples": examples, "fix": fix}


def _is_private(name: str, values: pl.Series) -> bool:
    """Whether the column may hold what no notes should: such as card numbers, social security numbers, passwords."""
    long = values.str.replace_all(r"[ -]", "").str.contains(r"^[0-9]{9,}$")
    return is_private_header(name) or bool(long.any())


def _unused(name: str, source: SourceTable, asked: str | None, notes: FieldRule | None) -> dict[str, Any]:
    filled = source.frame.get_column(name).is_not_null()
    rows, values = source.numbers.filter(filled), source.frame.get_column(name).filter(filled)
    reason = f"used only for {asked}" if asked else _UNUSED
    can_be_kept = not asked and not _NO_PLACEHOLDER.search(name) and not _is_private(name, values)
    line = f"{name}: {{{name}}}"
    fix = ""
    if can_be_kept and notes is None:
        fix = f'notes: {{template: "{line}"}}'
    elif can_be_kept and notes is not None and notes.template is not None:
        fix = f"add this line to the template of the notes: {line}"
    return _problem(reason, rows.head(_SHOWN).to_list(), values.head(_SHOWN).to_list(), fix) | {"count": len(rows)}
