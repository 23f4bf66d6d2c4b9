"""The rule for one column and one field that somebody chose, and which fields a header names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rotor_import.model.fields import BOOLEAN_FIELD, KEY_FIELDS, NOTES_FIELD, TAGS_FIELD
from rotor_import.suggest.address_rules import column_rule, with_state, with_zip
from rotor_import.suggest.cell_evidence import FEW, tag_marks
from rotor_import.suggest.choose_fields import TITLE_FIELDS, is_in_capitals, statuses_of
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header import headers
from rotor_import.suggest.keys import joined_key, optional_mark
from rotor_import.suggest.meaning import address_meaning, email_meaning, field_meaning, phone_meaning
from rotor_import.suggest.phones_and_emails import key_rule, labels_rule
from rotor_import.suggest.sensitive import private_reason
from rotor_import.suggest.write_yaml import Spelling, note_line

_FIELDS_OF = {
    "firstname": ("first_name",),
    "lastname": ("last_name",),
    "fullname": ("name",),
    "name": ("name", "company_name"),
    "customer": ("name", "company_name", "key"),
    "company": ("company_name",),
    "source": ("source",),
    "tags": ("tags",),
    "notes": ("notes",),
    "status": ("status",),
    "servicetype": ("service_type",),
    "frequency": ("service_frequency",),
}


def rule_for(field: str, column: ColumnProfile, spelling: Spelling) -> Any:
    """What the mapping should say for the field, if it is this column's; None for notes that can't name it."""
    name = column.name
    if field in KEY_FIELDS:
        return labels_rule(column) if field == "phone" and column.labels else key_rule(field, [column], {})  # type: ignore[arg-type]
    if field == TAGS_FIELD:
        return {"column": name, **marks} if (marks := tag_marks(column)) else name
    if field == "status":
        known = {value: status for value, status in statuses_of(column).items() if status}
        return {"column": name, "values": known} if known and column.distinct <= FEW else name
    if field == NOTES_FIELD:
        is_notes = (meaning := field_meaning(column.header)) is not None and meaning.concept == "notes"
        spelled = spelling(name)
        return name if is_notes and spelled == name else note_line(name, spelled)
    if field == "key":
        joined = joined_key([column]) if column.values else None
        mark = optional_mark(column)
        return joined.rule if joined is not None else {"column": name, "after": mark} if mark else name
    if field in TITLE_FIELDS and column.values and is_in_capitals(column):
        return {"column": name, "case": "title"}
    part = field.rpartition("_")[2]
    if part in ("state", "zip") and field.startswith(("property_", "billing_")):
        return with_state(part, with_zip(part, column_rule(column), [column]), [column])
    return column_rule(column) if field != BOOLEAN_FIELD else name


def named_targets(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Of each header the fields that it names; none where it says nothing, or is about somebody else."""
    named = {}
    for header in headers(names):
        meaning, address = field_meaning(header), address_meaning(header)
        own = list(_FIELDS_OF.get(meaning.concept, ())) if meaning is not None else []
        own += ["phone"] if phone_meaning(header) is not None else []
        own += ["email"] if email_meaning(header) is not None else []
        if address is not None:
            own += [f"{side}_{part}" for side in ("property", "billing") for part in (address.part, "address")]
        named[header.name] = tuple(own)
    return named


def private_columns(names: Sequence[str]) -> dict[str, str]:
    """The columns that should go nowhere by their headers, each with the reason."""
    return {header.name: reason for header in headers(names) if (reason := private_reason(header))}
