"""Chooses the columns of phones and emails, by which Rotor recognizes a customer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal

from rotor_import.suggest.addresses import with_star
from rotor_import.suggest.cell_evidence import CERTAIN, LIKELY, SPOILED, label_rank, percent
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header import Header
from rotor_import.suggest.meaning import (
    OTHER_LINES,
    PAYERS,
    KeyMeaning,
    email_meaning,
    mentions_key,
    phone_meaning,
    says_mobile,
)
from rotor_import.suggest.suggestion import Suggestion

Kind = Literal["phone", "email"]
_OWN = 0.5
"""The least share of different cells in a column of the customers' own phones or emails."""


def choose_phones(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`columns` are those with anything in them that may be imported."""
    chosen = _chosen(columns, "phone", phone_meaning, suggestion)
    labels = chosen[0].labels if len(chosen) == 1 else ()
    if labels:
        suggestion.add("phone", labels_rule(chosen[0]), [chosen[0].name], "several in one cell, with labels")
    elif chosen:
        _add("phone", chosen, suggestion, _preferred_label(chosen, columns))
    _ask_for_area_code(chosen, suggestion)


def choose_emails(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`columns` are those with anything in them that may be imported."""
    chosen = _chosen(columns, "email", email_meaning, suggestion)
    if chosen:
        _add("email", chosen, suggestion, {})


def _chosen(
    columns: Sequence[ColumnProfile],
    kind: Kind,
    meaning_of: Callable[[Header], KeyMeaning | None],
    suggestion: Suggestion,
) -> list[ColumnProfile]:
    """By likelihood, the columns whose headers say so; else those that may be the customer's; else by the cells."""
    meanings = [(meaning, column) for column in columns if (meaning := meaning_of(column.header)) is not None]
    certain = [
        (meaning.rank, column)
        for meaning, column in meanings
        if meaning.certain and _is_confirmed(column, kind, suggestion)
    ]
    if any(rank < PAYERS for rank, _ in certain):
        return [column for _, column in sorted(certain, key=lambda pair: pair[0])]
    less = [
        (meaning.rank, column) for meaning, column in meanings if not meaning.certain and _is_own(column, kind, LIKELY)
    ]
    found = [column for _, column in sorted([*certain, *less], key=lambda pair: pair[0])] or _by_cells(
        columns, kind, suggestion
    )
    for column in found:
        share = percent(column.share(kind))
        suggestion.remarks.append(
            f"{column.name!r} was used as the {kind} because {share} of its cells are valid, not because of its "
            "header. Is it the customer's own?"
        )
    return found


def _is_confirmed(column: ColumnProfile, kind: Kind, suggestion: Suggestion) -> bool:
    """Whether the cells confirm what the header says, even if some of them are invalid."""
    share = column.share(kind)
    if kind == "phone":
        share += column.share("seven digits")
    if share >= SPOILED or (kind == "phone" and column.labels):
        return True
    if mentions_key(column.header) and column.share("boolean") < CERTAIN:
        suggestion.remarks.append(
            f"{column.name!r}: the header says {kind}, but only {percent(column.share(kind))} of its cells are valid."
        )
    return False


def _is_own(column: ColumnProfile, kind: Kind, least: float) -> bool:
    """Whether its cells are valid, and different enough to be the customers' own."""
    return column.share(kind) >= least and column.distinct >= _OWN * column.filled


def _by_cells(columns: Sequence[ColumnProfile], kind: Kind, suggestion: Suggestion) -> list[ColumnProfile]:
    """The column whose cells say what no header says, if there is just one: with two, either could be meant."""
    candidates = [
        column
        for column in columns
        if _is_own(column, kind, CERTAIN if kind == "phone" else LIKELY)
        and not mentions_key(column.header)
        and not column.header.is_about_others
        and not column.header.word_set & OTHER_LINES
        and not (kind == "phone" and _may_be_numbers(column))
    ]
    if len(candidates) > 1:
        names = ", ".join(repr(column.name) for column in candidates)
        suggestion.remarks.append(f"{names}: each of them could be the {kind}; choose one.")
        return []
    return candidates


def _may_be_numbers(column: ColumnProfile) -> bool:
    """Whether what looks like phones may number something: nothing but digits under a header that says so."""
    words = column.header.word_set
    if column.share("zip") >= LIKELY:
        return True
    numbers_something = words & {"id", "number", "account", "invoice", "row", "code", "tax"}
    return bool(column.share("digits") >= LIKELY and numbers_something)


def _ask_for_area_code(chosen: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """Phones of seven digits become whole with `area_code`, which only a person knows."""
    if not chosen:
        return
    column = max(chosen, key=lambda one: one.filled)
    short = column.share("seven digits")
    if short > LIKELY - 0.1 and column.share("phone") < short:
        normal = column.judges.phones(column.values)
        codes = Counter(form[2:5] for form in normal.values() if re.fullmatch(r"\+1\d{10}", form))
        suggestion.area_code = (percent(short), codes.most_common(1)[0][0] if codes else "")


def _add(kind: Kind, chosen: Sequence[ColumnProfile], suggestion: Suggestion, preferred: dict[str, Any]) -> None:
    names = [column.name for column in chosen]
    shares = ", ".join(f"{percent(column.share(kind))} of {column.filled} in {column.name!r}" for column in chosen[:4])
    suggestion.add(kind, key_rule(kind, chosen, preferred), names, f"{kind}s: {shares}")


def key_rule(kind: Kind, chosen: Sequence[ColumnProfile], preferred: dict[str, Any]) -> Any:
    """The rule of a phone or an email: how its cells are split, and whether what is left of them is kept."""
    names = [column.name for column in chosen]
    rule: dict[str, Any] = {"first_of": names} if preferred or len(names) > 1 else {"column": names[0]}
    separators = {column.separators.get(kind, "") for column in chosen} - {""}
    if len(separators) == 1:
        rule["split"] = separators.pop()
    rule |= preferred
    if any(kind in column.several or _holds_words(column) for column in chosen):
        rule["rest"] = "notes"
    return names[0] if rule == {"column": names[0]} else rule


def labels_rule(column: ColumnProfile) -> Any:
    """The rule of phones with their labels in one cell."""
    order = sorted((label for label in column.labels if "fax" not in label.casefold()), key=label_rank)
    return {"column": column.name, "labels": order}


def _holds_words(column: ColumnProfile) -> bool:
    """Whether some cells say something about the number: `(cell)`, `ask for Bob`."""
    return any(re.search(r"[^\W\d_]{2}", value) and "@" not in value for value in column.values)


def _preferred_label(chosen: Sequence[ColumnProfile], columns: Sequence[ColumnProfile]) -> dict[str, Any]:
    """For `Phone 1 - Value` beside `Phone 1 - Label`: the phone whose label says mobile comes first."""
    pattern, *others = {with_star(column.name) for column in chosen}
    if others or "*" not in pattern:
        return {}
    for word in ("Label", "Type", "Kind"):
        label = re.sub(r"(?i)value|number", word, pattern)
        beside = [column for column in columns if column.name != pattern and with_star(column.name) == label]
        mobile = sorted({value for column in beside for value in column.values if says_mobile(value)})
        if mobile:
            return {"first_of": [pattern], "prefer": {label: mobile}}
    return {}
