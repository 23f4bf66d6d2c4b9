"""Builds the SQL expressions of suggested mappings."""

from __future__ import annotations

from collections.abc import Sequence


def quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def flag_case(column: str, tag: str) -> str:
    """The tag if the column says yes."""
    return f"CASE WHEN LOWER({quoted(column)}) IN ('true', 'yes', '1') THEN '{tag}' END"


def first_block(blocks: Sequence[tuple[Sequence[str], str | None]]) -> str:
    """One part of the first address that is not blank. Each address gives its columns, and the part's column if any."""
    *others, (_, last) = blocks
    cases = " ".join(
        f"WHEN COALESCE({', '.join(map(quoted, columns))}) IS NOT NULL THEN {_or_null(part)}"
        for columns, part in others
    )
    return f"CASE {cases} ELSE {_or_null(last)} END"


def _or_null(column: str | None) -> str:
    return "NULL" if column is None else quoted(column)


def part_after_dot(street: str, part: str, columns: Sequence[str], own: str | None) -> str:
    """A part of `123 Main St • Fort Worth, Texas 76102`; the part's `own` column if any of `columns` is filled."""
    dot = f"SPLIT_PART({quoted(street)}, ' • ', 2)"
    whole = {
        "street1": f"SPLIT_PART({quoted(street)}, ' • ', 1)",
        "city": f"SPLIT_PART({dot}, ',', 1)",
        "state": f"RTRIM(SPLIT_PART({dot}, ',', 2), '0123456789- ')",
        "zip": f"CASE WHEN REGEXP_LIKE({quoted(street)}, ' • .* [0-9]{{5}}$') THEN RIGHT({quoted(street)}, 5) END",
    }[part]
    if part == "street1":
        return whole
    there = f"COALESCE({', '.join(map(quoted, columns))}) IS NOT NULL"
    return f"CASE WHEN {there} THEN {_or_null(own)} ELSE {whole} END"
