"""Chooses a column for each field, by its header and its cells; a column whose two disagree is not taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rotor_import.suggest.address_rules import choose_addresses, keep_further_properties
from rotor_import.suggest.cell_evidence import (
    CERTAIN,
    FEW,
    LIKELY,
    filled_words,
    is_text,
    says_inactive,
    status_of,
    tag_marks,
)
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.keys import choose_key
from rotor_import.suggest.meaning import Refusal, field_meaning, refusal
from rotor_import.suggest.names import choose_names
from rotor_import.suggest.phones_and_emails import choose_emails, choose_phones
from rotor_import.suggest.sensitive import cards_in_texts, sensitive_columns
from rotor_import.suggest.sql import flag_case, quoted, without_texts
from rotor_import.suggest.suggestion import FieldChoice, Suggestion

_TEXTS = (("source", "source"), ("service_type", "servicetype"), ("service_frequency", "frequency"))
_TAGS = frozenset({"tag", "tags", "labels", "etiquetas", "etiquettes", "schlagworte"})
"""Columns that are called so are tags together; of others, such as Category and Group, one is taken."""
_SYSTEM_TAGS = ("* myContacts", "* starred")
"""Google's own, which say nothing about a customer."""
TITLE_FIELDS = frozenset(
    {"first_name", "last_name", "company_name"}
    | {f"{side}_{part}" for side in ("property", "billing") for part in ("street1", "street2", "city")}
)
"""Fields in which words in capitals are shouted; a state's code is not."""


def choose_fields(columns: Sequence[ColumnProfile]) -> Suggestion:
    """`columns` are all columns of the file, in order."""
    suggestion = Suggestion(left_out=sensitive_columns(columns))
    allowed = [column for column in columns if column.name not in suggestion.left_out]
    filled = [column for column in allowed if not column.is_blank]
    named: dict[str, list[ColumnProfile]] = {}
    for column in filled:
        if (meaning := field_meaning(column.header)) is not None:
            named.setdefault(meaning.concept, []).append(column)
    choose_names(filled, suggestion)
    choose_phones(filled, suggestion)
    choose_emails(filled, suggestion)
    _choose_texts(named, suggestion)
    _choose_status([*named.get("status", []), *_statuses_called_states(filled)], suggestion)
    _choose_tags(named.get("tags", []), filled, suggestion)
    choose_addresses(allowed, filled, suggestion)
    choose_key(filled, suggestion)
    keep_further_properties(filled, suggestion)
    _lower_capitals(filled, suggestion)
    suggestion.remarks += [
        f"{name!r}: some cells contain what looks like a card number. Remove it before you import the file."
        for name in cards_in_texts(filled, but=suggestion.key.columns if suggestion.key else ())
    ]
    return suggestion


def _statuses_called_states(columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """`Estado` and `Stato` may be either: the cells say active or inactive."""
    return [
        column
        for column in columns
        if column.header.word_set in ({"state"}, {"country"})
        and column.values
        and all(status_of(value, inverse=False) for value in column.values)
    ]


def _lower_capitals(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`case: title` for names and streets in capitals."""
    profiles = {column.name: column for column in columns}
    for at, choice in enumerate(suggestion.choices):
        shouted = all(is_in_capitals(profiles[name]) for name in choice.columns if name in profiles)
        if choice.field in TITLE_FIELDS and shouted:
            rule = {"column": choice.rule} if isinstance(choice.rule, str) else choice.rule
            why = f"{choice.why}; all capitals"
            suggestion.choices[at] = FieldChoice(choice.field, {**rule, "case": "title"}, choice.columns, why)


def is_in_capitals(column: ColumnProfile) -> bool:
    """Whether most cells are in capitals, and hardly any is written as a person would."""
    capitals = column.share("capitals")
    return capitals >= LIKELY and capitals + column.share("small") >= CERTAIN


def _choose_texts(named: dict[str, list[ColumnProfile]], suggestion: Suggestion) -> None:
    for field, concept in _TEXTS:
        texts = [column for column in named.get(concept, []) if is_text(column) and column.name not in suggestion.used]
        if texts:
            suggestion.add(field, texts[0].name, [texts[0].name], filled_words(texts[0]))
            suggestion.remark_on_others(field, texts)


def _choose_status(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    for column in columns:
        statuses = statuses_of(column)
        known = {value: status for value, status in statuses.items() if status}
        if len(statuses) <= FEW and known and len(known) * 2 > len(statuses):
            why = ", ".join(f"{value} means {status}" for value, status in known.items())
            if unknown := len(statuses) - len(known):
                why += f"; {unknown} other values: add what they mean, or their rows are rejected"
            suggestion.add("status", {"column": column.name, "values": known}, [column.name], why)
            return
        suggestion.remarks.append(f"{column.name!r}: not all of its values are known words for active or inactive.")


def statuses_of(column: ColumnProfile) -> dict[str, str]:
    """What each value means, '' where nobody can know."""
    inverse = any(says_inactive(word) for word in column.header.said)
    return {value.casefold(): status_of(value, inverse=inverse) for value in column.values}


def _system_tags(column: ColumnProfile) -> list[str]:
    return [text for text in _SYSTEM_TAGS if any(text in value for value in column.values)]


def _answers(column: ColumnProfile, flag: Refusal) -> bool:
    return column.share("boolean") >= LIKELY or any(value.strip().lower() in flag.answers for value in column.values)


def _choose_tags(columns: Sequence[ColumnProfile], filled: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """A column of tags, and a tag for each column that says who refuses calls, texts or emails."""
    tags = [column for column in columns if not column.share("boolean") >= LIKELY]
    refusals = [(flag, column) for column in filled if (flag := refusal(column.header)) is not None]
    flags = sorted(
        ((flag, column) for flag, column in refusals if _answers(column, flag)),
        key=lambda pair: pair[0].rank,
    )
    names, texts, marks, why = [], [], {}, "customers who don't want calls or email get a tag"
    if tags:
        called = [column for column in tags if _TAGS & set(column.header.said)] or tags[:1]
        names, why = [column.name for column in called], filled_words(called[0])
        marks = max(map(tag_marks, called), key=len)
        texts = [without_texts(column.name, _system_tags(column)) for column in called]
    if flags or texts != list(map(quoted, names[:1])):
        marks = {"split": ",", **marks}
        separator = marks["split"].replace("'", "''")
        texts += [flag_case(column.name, flag.tag, flag.answers) for flag, column in flags]
        rule: Any = {"sql": f"CONCAT_WS('{separator}', {', '.join(texts)})" if len(texts) > 1 else texts[0], **marks}
    elif tags:
        rule = {"column": names[0], **marks} if marks else names[0]
    else:
        return
    suggestion.add("tags", rule, [*names, *(column.name for _, column in flags)], why)
    suggestion.remark_on_others("tags", tags[len(names) - 1 :])
