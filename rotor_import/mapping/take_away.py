"""Takes a column out of a mapping's rules, and leaves what they say about other columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.rules import GROUP
from rotor_import.mapping.schema import PLACEHOLDER, placeholders
from rotor_import.mapping.sql import named_columns
from rotor_import.model.fields import KEY_FIELDS, NOTES_FIELD, TAGS_FIELD

Rule = dict[str, Any]
_NULL = "CAST(NULL AS VARCHAR)"
_SQL = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\W\d]\w*""")


def take_away(value: dict[str, Any], column: str, columns: Columns, *, notes_too: bool, but: str = "") -> None:
    """Change the mapping's value so that nothing is taken from the column any more, but for the field `but`.

    `notes_too` says whether the notes lose it as well. Raises MappingError where only a person can say what is meant.
    """
    fields = value.get("fields") or {}
    for name in list(fields):
        if name == but or (name == NOTES_FIELD and not notes_too):
            continue
        left = _left(name, as_rule(fields[name]), column, columns)
        if left is None:
            del fields[name]
        elif left != as_rule(fields[name]):
            fields[name] = shortest(left)
    if "key" in value:
        rule = as_rule(value["key"])
        left = _without_names(rule, column, columns)
        if left is None:
            del value["key"]
        elif left != rule:
            value["key"] = shortest(left)


def as_rule(rule: Any) -> Rule:
    """A rule as a block, also where only a column's name stands."""
    if isinstance(rule, dict):
        return dict(rule)
    return {"column": ("true" if rule else "false") if isinstance(rule, bool) else str(rule)}


def shortest(rule: Rule) -> Any:
    """Only the column's name, if the rule says no more."""
    if len(rule.get("first_of", ())) == 1 and not GROUP.search(str(rule["first_of"][0])):
        (column,) = rule["first_of"]
        rule = {"column": str(column), **{key: one for key, one in rule.items() if key != "first_of"}}
    return rule["column"] if set(rule) == {"column"} else rule


def _left(name: str, rule: Rule, column: str, columns: Columns) -> Rule | None:
    """What is left of a field's rule without the column, None if nothing is."""
    if "template" in rule:
        template = without_placeholder(str(rule["template"]), column, columns)
        return {**rule, "template": template} if placeholders(template) or template == rule["template"] else None
    if "sql" in rule:
        return _without_in_sql(rule, column, columns)
    if (left := _without_names(rule, column, columns)) is None:
        return {"add": rule["add"]} if name == TAGS_FIELD and rule.get("add") else None
    if left != rule and left.keys() & {"when", "prefer"} and _is_grouped(rule):
        if name not in KEY_FIELDS or "when" in left:
            pattern = next(str(one) for one in _names(rule) if GROUP.search(str(one)))
            raise MappingError(
                f"{column!r} is one of the columns {pattern!r}, which the mapping treats alike. To change that, edit "
                "the YAML."
            )
        left.pop("prefer")  # the columns have an order of their own now
    return left


def _names(rule: Rule) -> list[Any]:
    found = [rule[key] for key in ("column", "first_of", "of") if key in rule]
    return [one for some in found for one in (some if isinstance(some, list) else [some])]


def _is_grouped(rule: Rule) -> bool:
    return any(GROUP.search(str(name)) for name in _names(rule))


def _without_names(rule: Rule, column: str, columns: Columns) -> Rule | None:
    """The rule without the column in `column`, `first_of` or `of`; a group that has it becomes its other columns."""
    key = next((key for key in ("column", "first_of", "of") if key in rule), None)
    if key is None:
        return rule
    names = rule[key] if isinstance(rule[key], list) else [rule[key]]
    left: list[Any] = []
    for name in map(str, names):
        group = list(columns.group(name, "", optional=True).values())
        left += [other for other in group if other != column] if column in group else [name]
    if left == list(map(str, names)):
        return rule
    if not left:
        return None
    if key == "of":
        return {**rule, "of": left[0] if len(left) == 1 else left}
    rest = {name: one for name, one in rule.items() if name != key}
    return {"column": left[0], **rest} if len(left) == 1 else {"first_of": left, **rest}


def without_placeholder(template: str, column: str, columns: Columns) -> str:
    """The template without the column; a line that had no other column goes with it."""
    ends = template.endswith("\n")
    lines = [part for line in template.splitlines() for part in _lines_without(line, column, columns)]
    return "\n".join(lines) + ("\n" if ends and lines else "")


def _lines_without(line: str, column: str, columns: Columns) -> Iterator[str]:
    groups = {name: columns.group(name, "", optional=True) for name in placeholders(line)}
    having = [name for name, group in groups.items() if column in group.values()]
    if not having:
        yield line
        return
    numbers = {number for name in having for number in groups[name] if number is not None}
    if not numbers:
        yield from _line_without(line, lambda name: name in having)
        return
    for number in sorted({number for group in groups.values() for number in group if number is not None}):
        own = {name: group.get(None, group.get(number)) for name, group in groups.items()}
        if any(own[name] is not None for name, group in groups.items() if None not in group):
            explicit = PLACEHOLDER.sub(partial(_explicit, own=own), line)
            yield from _line_without(explicit, lambda name: name in ("", column))


def _explicit(token: re.Match[str], own: dict[str, str | None]) -> str:
    return token[0] if token[1] is None else "{" + (own[token[1]] or "") + "}"


def _line_without(line: str, is_gone: Callable[[str], bool]) -> Iterator[str]:
    """The line without some placeholders, and without the separators that would be left over."""
    kept = PLACEHOLDER.sub(lambda token: "\0" if token[1] is not None and is_gone(token[1]) else token[0], line)
    if not placeholders(kept.replace("\0", "")):
        return
    kept = re.sub(r"[ ,;]*\0(?=[ ,;]*$|[ ,;]*\0)", "", kept)
    kept = re.sub(r"(:|^)( ?)[ ,;]*\0[ ,;]*", r"\1\2", kept)
    yield re.sub(r"[ ,;]*\0", "", kept).rstrip()


def _without_in_sql(rule: Rule, column: str, columns: Columns) -> Rule | None:
    """NULL in place of the column, so that whatever the expression says of other columns still holds."""
    sql = str(rule["sql"])
    spelled = {name for name in named_columns(sql) if columns.find(name, "", optional=True) == column}
    if not spelled:
        return rule

    def replaced(token: re.Match[str]) -> str:
        text = token[0]
        if text.startswith('"'):
            name = text[1:-1].replace('""', '"')
        elif text.startswith("'") or sql[token.end() :].lstrip().startswith("("):
            return text
        else:
            name = text
        return _NULL if name in spelled else text

    without = _SQL.sub(replaced, sql)
    left = {columns.find(name, "", optional=True) for name in named_columns(without)} - {None}
    return {**rule, "sql": without} if left else None
