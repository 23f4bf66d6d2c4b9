"""Chooses a column for each field, by its header and its cells; a column whose two disagree is not taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rotor_import.suggest.addresses import (
    PARTS,
    AddressCandidates,
    PartRule,
    address_blocks,
    address_rules,
    numbered_addresses,
    one_cell_addresses,
    printed_lines,
)
from rotor_import.suggest.cell_evidence import (
    CERTAIN,
    FEW,
    LIKELY,
    filled_words,
    is_text,
    percent,
    status_of,
    tag_marks,
)
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header_words import field_named, refusal_tag
from rotor_import.suggest.phones_and_emails import choose_emails, choose_phones
from rotor_import.suggest.sql import flag_case, quoted
from rotor_import.suggest.suggestion import FieldChoice, Suggestion

_NO_SOURCE_KEYS = frozenset(("email", "phone", "fax", "tax", "government", "account", "resale", "reports", "owner"))


def choose_fields(columns: Sequence[ColumnProfile]) -> Suggestion:
    """`columns` are all columns of the file, in order."""
    suggestion = Suggestion()
    filled = [column for column in columns if not column.is_blank]
    named: dict[str, list[ColumnProfile]] = {}
    for column in filled:
        named.setdefault(field_named(column.header), []).append(column)
    _choose_names(named, suggestion)
    choose_phones(filled, suggestion)
    choose_emails(filled, suggestion)
    _choose_texts(("company_name", "source", "service_type", "service_frequency"), named, suggestion)
    _choose_status(named.get("status", []), suggestion)
    _choose_tags(named.get("tags", []), filled, suggestion)
    _choose_addresses(columns, filled, suggestion)
    suggestion.key = _joined_key(filled) or _unique_key(filled)
    return suggestion


def _choose_names(named: dict[str, list[ColumnProfile]], suggestion: Suggestion) -> None:
    """First and last name, else both from a column of whole names."""
    _choose_texts(("first_name", "last_name"), named, suggestion)
    full_names = named.get("full_name", [])
    if suggestion.choices or not full_names:
        return
    best = max(full_names, key=lambda column: column.share("person"))
    if best.share("person") < LIKELY:
        names = ", ".join(repr(column.name) for column in full_names)
        suggestion.remarks.append(f"{names}: not certainly names of persons, so not taken apart.")
        return
    for field, part in (("first_name", "first"), ("last_name", "last")):
        why = f"split; {percent(best.share('person'))} of {best.filled} cells look like a person's name"
        suggestion.add(field, {"name": part, "of": best.name}, [best.name], why)


def _choose_texts(fields: Sequence[str], named: dict[str, list[ColumnProfile]], suggestion: Suggestion) -> None:
    for field in fields:
        texts = [column for column in named.get(field, []) if is_text(column) and column.name not in suggestion.used]
        if texts:
            suggestion.add(field, texts[0].name, [texts[0].name], filled_words(texts[0]))
            suggestion.remark_on_others(field, texts)


def _choose_status(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    for column in columns:
        inverse = bool(column.header.word_set & {"archived", "inactive", "not", "disabled"})
        statuses = {value.casefold(): status_of(value, inverse=inverse) for value in column.values}
        known = {value: status for value, status in statuses.items() if status}
        if len(statuses) <= FEW and known and len(known) * 2 > len(statuses):
            why = ", ".join(f"{value} means {status}" for value, status in known.items())
            if unknown := len(statuses) - len(known):
                why += f"; {unknown} other values: say what they mean, or their rows are rejected"
            suggestion.add("status", {"column": column.name, "values": known}, [column.name], why)
            return
        suggestion.remarks.append(f"{column.name!r}: its values are not all known words for active or inactive.")


def _choose_tags(columns: Sequence[ColumnProfile], filled: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """A column of tags, and a tag for each column that says who refuses calls, texts or emails."""
    tags = [column for column in columns if not column.share("boolean") >= LIKELY]
    flags = [
        (column.name, tag)
        for column in filled
        if (tag := refusal_tag(column.header)) and column.share("boolean") >= LIKELY
    ]
    names, marks, why = [], {}, "who does not want to be written to or called has a tag"
    if tags:
        names, marks, why = [tags[0].name], tag_marks(tags[0]), filled_words(tags[0])
    if flags:
        marks = {"split": ",", **marks}
        separator = marks["split"].replace("'", "''")
        texts = [*map(quoted, names), *(flag_case(name, tag) for name, tag in flags)]
        rule: Any = {"sql": f"CONCAT_WS('{separator}', {', '.join(texts)})", **marks}
    elif tags:
        rule = {"column": names[0], **marks} if marks else names[0]
    else:
        return
    suggestion.add("tags", rule, [*names, *(name for name, _ in flags)], why)
    suggestion.remark_on_others("tags", tags)


def _choose_addresses(
    columns: Sequence[ColumnProfile], filled: Sequence[ColumnProfile], suggestion: Suggestion
) -> None:
    rules = _numbered_rules(filled)
    if not rules:
        free = [column for column in filled if column.name not in suggestion.used]
        blocks, whole, printed = address_blocks(free), one_cell_addresses(free), printed_lines(columns)
        for side, words in (("property", AddressCandidates.PROPERTY), ("billing", AddressCandidates.BILLING)):
            if several := blocks.take_all(words):
                rules += [(f"{side}_{part}", *rest) for part, *rest in address_rules(several)]
            elif names := printed.take(words) or whole.take(words) or []:
                why = "taken apart: " + ("an address in one cell" if len(names) == 1 else "printed lines")
                of = names if len(names) > 1 else names[0]
                rules += [(f"{side}_{part}", {"address": part, "of": of}, names, why) for part in PARTS]
    for rule in rules:
        suggestion.add(*rule)


def _numbered_rules(filled: Sequence[ColumnProfile]) -> list[PartRule]:
    """Addresses in groups of columns, `Address_1 City`, `Address_2 City`, of which one says whether it bills."""
    addresses = numbered_addresses(filled)
    if addresses is None:
        return []
    rules = []
    for side, key, flag, which in (
        ("property", "prefer", "false", "does not bill, else the first"),
        ("billing", "when", "true", "bills"),
    ):
        why = f"of {addresses.count} addresses the first that {which}"
        for part, (name, columns) in addresses.parts.items():
            rule: dict[str, Any] = {"first_of": [name], key: {addresses.flag: flag}}
            if part == "zip":
                rule["zip"] = "US"
            rules.append((f"{side}_{part}", rule, columns, why))
    return rules


def _joined_key(filled: Sequence[ColumnProfile]) -> FieldChoice | None:
    """An ID such as `12_34`, which is the customer's and the property's in one."""
    for column in filled:
        halves = [value.partition("_") for value in column.values]
        joined = all(before.isdigit() and after.isdigit() for before, _, after in halves)
        if "id" in column.header.word_set and column.filled == column.rows and joined:
            rule = {"column": column.name, "before": "_"}
            why = "the part before _ is the customer's, the part behind it the property's"
            return FieldChoice("key", rule, (column.name,), why)
    return None


def _unique_key(filled: Sequence[ColumnProfile]) -> FieldChoice | None:
    """The first column that is called an ID and hardly repeats."""
    for column in filled:
        words = column.header.word_set
        is_id = words & {"id", "#", "key", "no", "number", "code"} or column.header.text.endswith("id")
        if not is_id or words & _NO_SOURCE_KEYS or column.header.is_about_others or column.share("phone") >= LIKELY:
            continue
        if column.filled == column.rows > 1 and column.distinct >= CERTAIN * column.rows:
            why = f"{column.filled} cells, {column.distinct} different: rows of one are one customer"
            return FieldChoice("key", column.name, (column.name,), why)
    return None
