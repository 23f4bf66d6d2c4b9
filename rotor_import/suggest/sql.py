"""Builds the SQL expressions of suggested mappings."""

from __future__ import annotations

from collections.abc import Sequence

from rotor_import.model.company_words import COMPANY_WORDS


def quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def flag_case(column: str, tag: str, answers: Sequence[str]) -> str:
    """The tag if the column gives one of the answers."""
    words = ", ".join(f"'{answer}'" for answer in answers)
    return f"CASE WHEN LOWER({quoted(column)}) IN ({words}) THEN '{tag}' END"


def without_texts(column: str, texts: Sequence[str]) -> str:
    expression = quoted(column)
    for text in texts:
        expression = f"REPLACE({expression}, '{text}', '')"
    return expression


def company_case(column: str, name: str = "") -> str:
    """The column, or the expression `name`, where a word of the column is a legal form or a trade."""
    words = "|".join(COMPANY_WORDS)
    return f"CASE WHEN REGEXP_LIKE({quoted(column)}, '(?i)\\b({words})\\b') THEN {name or quoted(column)} END"


def company_or_display(company: str | None, persons: Sequence[str], display: str, *, nested: bool) -> str:
    """The company; the display name where there is neither a company nor a person, or where it looks like a company.

    `nested` display names are those of QuickBooks' jobs, `Customer:Job`.
    """
    name = f"SPLIT_PART({quoted(display)}, ':', 1)" if nested else quoted(display)
    own = f"WHEN {quoted(company)} IS NOT NULL THEN {quoted(company)} " if company else ""
    nobody = " AND ".join([*(f"{quoted(one)} IS NULL" for one in persons), f"REGEXP_LIKE({quoted(display)}, '\\pL')"])
    other = "" if company else f" ELSE {company_case(display, name)}"
    return f"CASE {own}WHEN {nobody} THEN {name}{other} END"


def first_block(blocks: Sequence[tuple[Sequence[str], str | None]]) -> str:
    """One part of the first address that is not blank. Each address gives its columns, and the part's text if any."""
    *others, (_, last) = blocks
    cases = " ".join(
        f"WHEN COALESCE({', '.join(map(quoted, columns))}) IS NOT NULL THEN {text or 'NULL'}"
        for columns, text in others
    )
    return f"CASE {cases} ELSE {last or 'NULL'} END"


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
