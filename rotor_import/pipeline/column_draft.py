"""A mapping while somebody assigns columns: the text that it began as, and what was done since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rotor_import.errors import MappingError
from rotor_import.mapping import (
    Assign,
    Edit,
    Mapping,
    SetOption,
    apply_mapping,
    folded,
    parse_document,
    parse_mapping,
    rewritten,
    with_edit,
)
from rotor_import.pipeline.column_table import ColumnTable, every
from rotor_import.pipeline.suggesting import judges, spelling_of
from rotor_import.suggest import profile_columns, rule_for

_TRIED = 50
"""Rows on which a mapping is tried."""
_LOOKED_AT = 800
_NO_NOTE = "{column!r} can't be named in the notes, because of the signs in its name. Rename the column in the file."
_KINDS: dict[str, type[Edit]] = {"assign": Assign, "set": SetOption}


@dataclass(frozen=True)
class Draft:
    """`text` is `base` after the edits; whoever takes an edit back comes back to what was there before."""

    text: str
    base: str
    edits: tuple[Edit, ...] = ()

    @classmethod
    def saved(cls, text: str, kept: str) -> Draft:
        """The draft of a mapping's file; `kept` is what `as_json` said, and counts if nobody changed the file since."""
        try:
            found = json.loads(kept)
            edits = tuple(_KINDS[one.pop("kind")](**one) for one in found["edits"])
            return cls(text, found["base"], edits) if found["text"] == text else cls(text, text)
        except (ValueError, TypeError, KeyError):
            return cls(text, text)

    @property
    def as_json(self) -> str:
        kinds = {kind: name for name, kind in _KINDS.items()}
        edits = [{"kind": kinds[type(edit)], **asdict(edit)} for edit in self.edits]
        return json.dumps({"text": self.text, "base": self.base, "edits": edits})

    def chosen(self, column: str) -> bool:
        """Whether a person said where the column goes."""
        return any(isinstance(edit, Assign) and edit.column == column for edit in self.edits)

    def edited(self, edit: Edit, names: Sequence[str]) -> Draft:
        """Raises MappingError where the edit can't be made."""
        base = parse_document(self.base, "the mapping").value
        edits = with_edit(base, self.edits, edit, names)
        return Draft(rewritten(self.base, folded(base, edits, names)), self.base, edits)


def checked(text: str, name: str, table: ColumnTable, known: Mapping | None = None) -> Mapping:
    """The mapping, tried on the file's first rows. Raises MappingError, with line and column.

    Of a mapping that is like a `known` one, which works, only the fields that changed are tried.
    """
    mapping = parse_mapping(text, name, name.rpartition(".")[0])
    tried = mapping
    if known is not None and _rest(known) == _rest(mapping):
        changed = {field: rule for field, rule in mapping.fields.items() if known.fields.get(field) != rule}
        if not changed:
            return mapping
        tried = mapping.model_copy(update={"fields": changed, "order": ()})
    apply_mapping(tried, table.head(_TRIED), 0)
    return mapping


def _rest(mapping: Mapping) -> dict[str, object]:
    """What a mapping says besides its fields."""
    return {name: one for name, one in mapping if name != "fields"}


def assignment(table: ColumnTable, column: str, target: str) -> Assign:
    """The column goes to the target, with what the suggestion would do to its cells. Raises MappingError."""
    frame = every(table.source.frame.get_column(column).drop_nulls().to_frame(), _LOOKED_AT)
    (profile,) = profile_columns(frame, judges())
    rule = rule_for(target, profile, lambda name: spelling_of(name, table.names))
    if rule is None:
        raise MappingError(_NO_NOTE.format(column=column))
    return Assign(column, target, rule)
