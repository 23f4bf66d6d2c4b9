"""Chooses the columns of phones and emails, by which Rotor recognizes a customer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from rotor_import.suggest.addresses import with_star
from rotor_import.suggest.cell_evidence import CERTAIN, LIKELY, SPOILED, label_rank, percent
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header_words import OTHER_LINES, is_email, mentions, phone_rank, phone_says_mobile
from rotor_import.suggest.suggestion import Suggestion

Kind = Literal["phone", "email"]


def choose_phones(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`columns` are those with anything in them."""
    ranked = [
        (rank, column)
        for column in columns
        if (rank := phone_rank(column.header)) is not None and _is_confirmed(column, "phone", suggestion)
    ]
    chosen = [column for _, column in sorted(ranked, key=lambda pair: pair[0])]
    chosen = chosen or _only_candidate(columns, "phone", suggestion)
    labels = chosen[0].labels if len(chosen) == 1 else ()
    if labels:
        order = sorted((label for label in labels if "fax" not in label.casefold()), key=label_rank)
        name = chosen[0].name
        suggestion.add("phone", {"column": name, "labels": order}, [name], "several in one cell, by label")
    elif chosen:
        _add("phone", chosen, suggestion, _preferred_label(chosen, columns))


def choose_emails(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`columns` are those with anything in them."""
    named = [column for column in columns if is_email(column.header) and _is_confirmed(column, "email", suggestion)]
    chosen = sorted(named, key=lambda column: bool(column.header.numbers))
    chosen = chosen or _only_candidate(columns, "email", suggestion)
    if chosen:
        _add("email", chosen, suggestion, {})


def _is_confirmed(column: ColumnProfile, kind: Kind, suggestion: Suggestion) -> bool:
    """Whether the cells confirm what the header says, even if some of them are invalid."""
    if column.share(kind) >= SPOILED or (kind == "phone" and column.labels):
        return True
    share = percent(column.share(kind))
    suggestion.remarks.append(f"{column.name!r}: its header says {kind}, but only {share} of its cells are valid.")
    return False


def _only_candidate(columns: Sequence[ColumnProfile], kind: Kind, suggestion: Suggestion) -> list[ColumnProfile]:
    """The column whose cells say what no header says, if there is just one: with two, either could be meant."""
    candidates = [
        column
        for column in columns
        if column.share(kind) >= CERTAIN
        and not mentions(column.header, kind)
        and not column.header.is_about_others
        and not (column.header.word_set & {*OTHER_LINES, "id", "number", "no", "#"})
        and not column.share("zip") >= LIKELY
    ]
    if len(candidates) > 1:
        names = ", ".join(repr(column.name) for column in candidates)
        suggestion.remarks.append(f"{names}: each could be the {kind}; choose one.")
        return []
    return candidates


def _add(kind: Kind, chosen: Sequence[ColumnProfile], suggestion: Suggestion, preferred: dict[str, Any]) -> None:
    names = [column.name for column in chosen]
    rule: dict[str, Any] = {"first_of": names} if preferred or len(names) > 1 else {"column": names[0]}
    separators = {column.separators.get(kind, "") for column in chosen} - {""}
    if len(separators) == 1:
        rule["split"] = separators.pop()
    rule |= preferred
    shares = ", ".join(f"{percent(column.share(kind))} of {column.filled} in {column.name!r}" for column in chosen[:4])
    suggestion.add(kind, names[0] if rule == {"column": names[0]} else rule, names, f"{kind}s: {shares}")


def _preferred_label(chosen: Sequence[ColumnProfile], columns: Sequence[ColumnProfile]) -> dict[str, Any]:
    """For `Phone 1 - Value` beside `Phone 1 - Label`: the phone whose label says mobile comes first."""
    pattern, *others = {with_star(column.name) for column in chosen}
    if others or "*" not in pattern:
        return {}
    for word in ("Label", "Type", "Kind"):
        label = re.sub(r"(?i)value|number", word, pattern)
        beside = [column for column in columns if column.name != pattern and with_star(column.name) == label]
        mobile = sorted({value for column in beside for value in column.values if phone_says_mobile(value)})
        if mobile:
            return {"first_of": [pattern], "prefer": {label: mobile}}
    return {}
