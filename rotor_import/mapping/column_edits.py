"""Edits the value of a mapping as a person does with a list of columns: this one goes there, and is split like this."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rotor_import.errors import MappingError
from rotor_import.mapping.column_places import (
    ADDRESS_PARTS,
    NAME,
    NAME_FIELDS,
    NOWHERE,
    TARGETS,
    Place,
    is_plain,
    places,
)
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.rules import FieldRule
from rotor_import.mapping.schema import Mapping
from rotor_import.mapping.take_away import as_rule, shortest, take_away
from rotor_import.model.column_uses import KEY
from rotor_import.model.fields import ADDRESSES, NOTES_FIELD, TAGS_FIELD

Value = dict[str, Any]
_ORIGINS = ("column", "first_of", "template", "value", "sql", "name", "address")
_ALONE = "Choose a field for another column first: a mapping fills at least one field."
_CONDITIONS = "What fills {field} depends on other columns in this mapping. To change that, edit the YAML."
_COMPOSED = (
    "{field} is put together from several columns in this mapping. Choose another field for those, or edit the YAML."
)
_NO_NOTE = "The notes of this mapping come from something other than a text. To add a column, edit the YAML."


@dataclass(frozen=True)
class Assign:
    """A column goes to another target; `rule` is the rule of a field that has no other column."""

    column: str
    target: str
    rule: Any


@dataclass(frozen=True)
class SetOption:
    """What is done to the cells that go to a target. '' or {} takes the option away.

    `area_code` and `null_values` are those of the whole file, `part` is of one column of names, and `order` lists the
    columns of a field.
    """

    target: str
    option: str
    value: Any
    column: str = ""


Edit = Assign | SetOption
FIELD_OPTIONS = ("split", "rest", "case", "zip", "state", "country", "values", "otherwise")


def edited(value: Value, edit: Edit, names: Sequence[str]) -> Value:
    """The mapping's value after the edit of a file with these columns. Raises MappingError where that can't be."""
    changed = copy.deepcopy(value)
    columns = Columns(names, "the file")
    if isinstance(edit, Assign):
        _assign(changed, edit, names, columns)
    else:
        _set(changed, edit, columns)
    if not changed.get("fields"):
        raise MappingError(_ALONE)
    return changed


def _assign(value: Value, edit: Assign, names: Sequence[str], columns: Columns) -> None:
    if edit.target not in TARGETS:
        raise MappingError(f"There is no field called {edit.target}.")
    now = places(Mapping.model_validate(value), names)[edit.column]
    if now.target == edit.target:
        return
    in_notes = edit.target == NOTES_FIELD and NOTES_FIELD in now.also
    notes_too = edit.target == NOWHERE or now.target == NOTES_FIELD
    take_away(value, edit.column, columns, notes_too=notes_too, but=NOTES_FIELD if in_notes else "")
    fields = value.setdefault("fields", {})
    match edit.target:
        case "":
            return
        case "key":
            value[KEY] = shortest(_with_column(as_rule(value[KEY]), edit.column)) if KEY in value else edit.rule
        case "name":
            _put_whole(fields, edit.column, "name", NAME_FIELDS)
        case "property_address" | "billing_address":
            _put_whole(fields, edit.column, "address", ADDRESS_PARTS[edit.target])
        case "notes":
            if not in_notes:
                _put_note(value, edit)
        case field:
            fields[field] = _put(field, fields.get(field), edit)


def _with_column(rule: Value, column: str) -> Value:
    """The rule with one more column behind its own."""
    names = rule["first_of"] if "first_of" in rule else [rule["column"]]
    rest = {key: one for key, one in rule.items() if key not in ("column", "first_of")}
    return {"first_of": [*names, column], **rest}


def _put(field: str, rule: Any, edit: Assign) -> Any:
    """The rule of a field that takes its value from one more column."""
    new = as_rule(edit.rule)
    if rule is None:
        return edit.rule
    own = as_rule(rule)
    parsed = FieldRule.model_validate(own)
    if "value" in own or parsed.origin in ("name", "address"):
        return edit.rule
    if parsed.origin is None:
        return {**new, "add": own["add"]}
    if parsed.when is not None:
        raise MappingError(_CONDITIONS.format(field=field))
    if parsed.origin == "sql":
        return _with_sql(field, own, edit.column)
    if parsed.origin == "template":
        raise MappingError(_COMPOSED.format(field=field))
    merged = {key: one for key, one in new.items() if key not in (*_ORIGINS, "values")} | _with_column(own, edit.column)
    first = {"first_of": merged.pop("first_of")}
    if (values := {**new.get("values", {}), **own.get("values", {})}) and ("values" in own or "values" in new):
        merged["values"] = values
    return first | merged


def _with_sql(field: str, rule: Value, column: str) -> Value:
    """The expression, and the column where it gives nothing; of tags both."""
    quoted = '"' + column.replace('"', '""') + '"'
    if field != TAGS_FIELD:
        return {**rule, "sql": f"COALESCE({rule['sql']}, {quoted})"}
    split = rule.get("split", ",")
    separator = split.replace("'", "''")
    return {**rule, "sql": f"CONCAT_WS('{separator}', {rule['sql']}, {quoted})", "split": split}


def _put_whole(fields: Value, column: str, kind: str, parts: dict[str, str]) -> None:
    """Split a whole name or address into its fields, of which each is one part; what others fill is left to them."""
    taken = [field for field in parts if kind not in as_rule(fields.get(field, {"": ""}))]
    free = [field for field in parts if field not in fields]
    joined = [field for field in parts if kind in as_rule(fields.get(field, {"": ""}))]
    if joined:
        for field in joined:
            of = fields[field]["of"]
            fields[field] = {**fields[field], "of": [*(of if isinstance(of, list) else [of]), column]}
        return
    for field in (free if kind == NAME and free else taken) or list(parts):
        fields[field] = {kind: parts[field], "of": column}


def _put_note(value: Value, edit: Assign) -> None:
    """One more line of the notes."""
    fields = value["fields"]
    if NOTES_FIELD not in fields:
        fields[NOTES_FIELD] = edit.rule
        value.setdefault("survivor", {}).setdefault(NOTES_FIELD, "join")
        value.setdefault("write", {}).setdefault(NOTES_FIELD, "if_empty")
        return
    own, new = as_rule(fields[NOTES_FIELD]), as_rule(edit.rule)
    line = str(new["template"]).rstrip("\n") if "template" in new else f"{{{new['column']}}}"
    rest = {key: one for key, one in own.items() if key not in _ORIGINS}
    if "template" in own:
        before = str(own["template"]).rstrip("\n")
    elif "value" in own:
        before = str(own["value"]).replace("{", "{{").replace("}", "}}")
    elif is_plain(FieldRule.model_validate(own)) and not rest and not set("{}*\n\r") & set("".join(_names_of(own))):
        before = "\n".join(f"{{{name}}}" for name in _names_of(own)[:1])
        if len(_names_of(own)) > 1:
            raise MappingError(_NO_NOTE)
    else:
        raise MappingError(_NO_NOTE)
    fields[NOTES_FIELD] = {**rest, "template": f"{before}\n{line}\n"}


def _names_of(rule: Value) -> list[str]:
    return [str(one) for one in rule.get("first_of", [rule.get("column", "")])]


def _set(value: Value, edit: SetOption, columns: Columns) -> None:
    fields = value["fields"]
    if edit.option == "area_code":
        _put_or_drop(value, "area_code", str(edit.value).strip())
    elif edit.option == "null_values":
        source = dict(value.get("source") or {})
        words = [str(word) for word in edit.value if str(word)]
        _put_or_drop(source, "null_values", ["", *words] if words else None)
        _put_or_drop(value, "source", source)
    elif edit.option == "part":
        _set_part(fields, edit)
    elif edit.option == "order":
        _set_order(fields, value, edit, columns)
    elif edit.option in FIELD_OPTIONS and edit.target in fields:
        rule = as_rule(fields[edit.target])
        _put_or_drop(rule, edit.option, edit.value)
        if not rule.get("values"):
            rule.pop("otherwise", None)
        fields[edit.target] = shortest(rule)


def _put_or_drop(block: Value, key: str, one: Any) -> None:
    if one:
        block[key] = one
    else:
        block.pop(key, None)


def _set_part(fields: Value, edit: SetOption) -> None:
    """Which part of a whole name is taken: the first, the last, or both."""
    for field, part in NAME_FIELDS.items():
        own = as_rule(fields[field]) if field in fields else {}
        if edit.value in ("", part):
            if "name" not in own:
                fields[field] = {"name": part, "of": edit.column}
        elif "name" in own:
            del fields[field]


def _set_order(fields: Value, value: Value, edit: SetOption, columns: Columns) -> None:
    if edit.target == KEY:
        owners = [(value, KEY)]
    else:
        parts = {NAME: NAME_FIELDS, **ADDRESSES}.get(edit.target, (edit.target,))
        owners = [(fields, field) for field in parts if field in fields]
    wanted = [str(name) for name in edit.value]
    for block, name in owners:
        rule = as_rule(block[name])
        key = "of" if "of" in rule else "first_of"
        own = rule.get(key)
        if isinstance(own, list) and sorted(columns.find(str(one), "") or "" for one in own) == sorted(wanted):
            rule[key] = [next(one for one in own if columns.find(str(one), "") == column) for column in wanted]
            block[name] = rule


def folded(value: Value, edits: Sequence[Edit], names: Sequence[str]) -> Value:
    """The value after all edits. Raises MappingError."""
    for edit in edits:
        value = edited(value, edit, names)
    return value


def with_edit(value: Value, edits: Sequence[Edit], new: Edit, names: Sequence[str]) -> tuple[Edit, ...]:
    """The edits of `value` with one more. What it takes back is left out, so that who goes back comes back.

    Raises MappingError where the edit can't be.
    """
    kept = tuple(edit for edit in edits if not _replaces(new, edit))
    at_first = isinstance(new, Assign) and _place(value, new.column, names).target == new.target
    for some in ((kept if at_first else (*kept, new)), (*edits, new)):
        try:
            after = folded(value, some, names)
        except MappingError:
            continue
        if not isinstance(new, Assign) or _place(after, new.column, names).target == new.target:
            return some
    edited(folded(value, edits, names), new, names)  # says why
    raise MappingError(f"{getattr(new, 'column', '')!r} can't go there in this mapping. To change that, edit the YAML.")


def _replaces(new: Edit, old: Edit) -> bool:
    if isinstance(new, Assign):
        return isinstance(old, Assign) and old.column == new.column
    return isinstance(old, SetOption) and (old.target, old.option, old.column) == (new.target, new.option, new.column)


def _place(value: Value, column: str, names: Sequence[str]) -> Place:
    return places(Mapping.model_validate(value), names)[column]
