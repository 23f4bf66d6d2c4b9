"""Chooses first name, last name and company; a column that is only called Name is told by its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from rotor_import.suggest.cell_evidence import CERTAIN, LIKELY, filled_words, is_text, percent
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.meaning import field_meaning
from rotor_import.suggest.sql import company_case, company_or_display
from rotor_import.suggest.suggestion import Suggestion

_SOME = 0.2
_HALF = 0.5
_WHOLE = ("fullname", "name", "customer")


class _Candidates:
    """The columns that headers call names, by concept, the likeliest first."""

    def __init__(self, columns: Sequence[ColumnProfile]) -> None:
        ranked: dict[str, list[tuple[int, ColumnProfile]]] = {}
        for column in columns:
            meaning = field_meaning(column.header)
            if meaning is not None and is_text(column):
                ranked.setdefault(meaning.concept, []).append((meaning.rank, column))
        self._columns = {
            concept: [column for _, column in sorted(pairs, key=lambda pair: pair[0])]
            for concept, pairs in ranked.items()
        }
        self.columns = columns

    def all(self, concept: str) -> list[ColumnProfile]:
        return self._columns.get(concept, [])

    def best(self, concept: str) -> ColumnProfile | None:
        return next(iter(self.all(concept)), None)

    @property
    def whole(self) -> list[ColumnProfile]:
        """Columns that may hold whole names, those first that hold most persons."""
        whole = [column for concept in _WHOLE for column in self.all(concept)]
        return sorted(whole, key=lambda column: -round(column.persons, 1))


def choose_names(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`columns` are those with anything in them that may be imported."""
    found = _Candidates(columns)
    first, last = found.best("firstname"), found.best("lastname")
    company = found.best("company")
    if first is not None and last is None and first.persons >= CERTAIN and not found.whole:
        _split(first, suggestion)
        first = None
    elif first is None and last is None:
        _choose_whole(found, suggestion, has_company=company is not None)
    else:
        first = first or _other_half(found, last, suggestion, "first")
        last = last or _other_half(found, first, suggestion, "last")
    if first is not None:
        suggestion.add("first_name", first.name, [first.name], filled_words(first))
        suggestion.remark_on_others("first_name", found.all("firstname"))
    if last is not None:
        _add_last(last, found, suggestion)
    _choose_company(company, found, suggestion)


def _add_last(last: ColumnProfile, found: _Candidates, suggestion: Suggestion) -> None:
    """The last name, with what some languages write in a column beside it."""
    before, after = found.best("nameprefix"), found.best("secondlastname")
    columns = [column.name for column in (before, last, after) if column is not None]
    if len(columns) == 1:
        suggestion.add("last_name", last.name, columns, filled_words(last))
        suggestion.remark_on_others("last_name", found.all("lastname"))
    else:
        template = " ".join(f"{{{name}}}" for name in columns)
        suggestion.add("last_name", {"template": template}, columns, filled_words(last))


def _other_half(
    found: _Candidates, half: ColumnProfile | None, suggestion: Suggestion, part: str
) -> ColumnProfile | None:
    """The column called Name that holds the other half of the name, or whole names from which it is taken."""
    for column in found.whole:
        holds_half = half is not None and _holds(column, half)
        if column in found.all("name") and not holds_half and column.companies < _SOME:
            return column
        if holds_half and column.persons >= LIKELY:
            why = f"split; {percent(column.persons)} of {column.filled} cells look like a person's name"
            suggestion.add(f"{part}_name", {"name": part, "of": column.name}, [column.name], why)
            return None
    return None


def _holds(whole: ColumnProfile, half: ColumnProfile) -> bool:
    """Whether most cells of the first contain the cell of the second in the same row, and more than it."""
    frame = pl.DataFrame({"whole": whole.cells, "half": half.cells}).drop_nulls()
    longer = pl.col("whole").str.len_chars() > pl.col("half").str.len_chars()
    contained = pl.col("whole").str.to_lowercase().str.contains(pl.col("half").str.to_lowercase(), literal=True)
    return frame.filter(longer & contained).height > _HALF * frame.height


def _choose_whole(found: _Candidates, suggestion: Suggestion, *, has_company: bool) -> None:
    """First and last name, and companies, from a column of whole names."""
    if not found.whole:
        return
    best = found.whole[0]
    companies = next((column for column in found.whole if column.companies > _HALF), None)
    if best.persons >= LIKELY or (best.persons + best.companies >= LIKELY and best.persons > best.companies):
        _split(best, suggestion)
    elif companies is not None and not has_company:
        suggestion.add("company_name", companies.name, [companies.name], _companies_words(companies))
        return
    elif best.persons + best.companies >= LIKELY and best.persons > 0:
        _split(best, suggestion)
    else:
        names = ", ".join(repr(column.name) for column in found.whole)
        suggestion.remarks.append(f"{names}: possibly not people's names, so not split.")
        return
    if companies is not None and companies is not best and not has_company:
        suggestion.add("company_name", companies.name, [companies.name], _companies_words(companies))
    elif best.companies > 0 and not has_company:
        rule = {"sql": company_case(best.name)}
        suggestion.add("company_name", rule, [best.name], _companies_words(best))


def _choose_company(company: ColumnProfile | None, found: _Candidates, suggestion: Suggestion) -> None:
    """The company's own column; and what customers are called in whose row neither a person nor a company stands."""
    if "company_name" in {choice.field for choice in suggestion.choices}:
        return
    persons = [column for column in found.columns if column.name in suggestion.used]
    named = [*persons, *([company] if company is not None else [])]
    display = _display_name(named, found, suggestion)
    if display is not None and (persons or company is not None):
        nested = any(re.search(r"\S:\S", value) for value in display.values)
        own = None if company is None else company.name
        rule = {"sql": company_or_display(own, [one.name for one in persons], display.name, nested=nested)}
        columns = [column.name for column in (company, display) if column is not None]
        why = f"{display.name!r} where there is no person's name" + (f" and no {company.name!r}" if company else "")
        suggestion.add("company_name", rule, columns, why)
    elif company is not None:
        suggestion.add("company_name", company.name, [company.name], filled_words(company))
        suggestion.remark_on_others("company_name", found.all("company"))


def _display_name(named: Sequence[ColumnProfile], found: _Candidates, suggestion: Suggestion) -> ColumnProfile | None:
    """The column of whole names that alone names the customers of some rows, and not as persons."""
    others = [column for column in found.whole if column.name not in suggestion.used and column.companies > 0]
    if not named or not others:
        return None
    nobody = pl.all_horizontal(pl.col(f"{at}").is_null() for at in range(len(named)))
    cells = [column.cells.alias(f"{at}") for at, column in enumerate(named)]

    def alone(column: ColumnProfile) -> int:
        frame = pl.DataFrame([*cells, column.cells.alias("display")])
        return frame.filter(nobody & pl.col("display").str.contains(r"\pL")).height

    best = max(others, key=alone)
    return best if alone(best) else None


def _split(column: ColumnProfile, suggestion: Suggestion) -> None:
    for field, part in (("first_name", "first"), ("last_name", "last")):
        why = f"split; {percent(column.persons)} of {column.filled} cells look like a person's name"
        suggestion.add(field, {"name": part, "of": column.name}, [column.name], why)


def _companies_words(column: ColumnProfile) -> str:
    return f"{percent(column.companies)} of {column.filled} cells look like a company's name"
