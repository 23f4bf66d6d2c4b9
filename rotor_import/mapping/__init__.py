"""The mapping from a file's columns to a customer's fields.

Each name is imported when it is asked for, so that a file is being read before what comes after it is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotor_import.model.late_names import late_name

if TYPE_CHECKING:
    from rotor_import.mapping.address_parts import split_address
    from rotor_import.mapping.apply import apply_mapping, row_keys
    from rotor_import.mapping.column_edits import Assign, Edit, SetOption, folded, with_edit
    from rotor_import.mapping.column_places import TARGETS, Place, places
    from rotor_import.mapping.hints import null_note
    from rotor_import.mapping.json_schema import mapping_schema
    from rotor_import.mapping.load import load_mapping, parse_mapping
    from rotor_import.mapping.preset_files import Preset, presets
    from rotor_import.mapping.rewrite_yaml import rewritten
    from rotor_import.mapping.rules import FieldRule
    from rotor_import.mapping.schema import Mapping
    from rotor_import.mapping.split_name import kind_of_name
    from rotor_import.mapping.uses_of_columns import column_uses
    from rotor_import.mapping.yaml_document import parse_document

__all__ = [
    "TARGETS",
    "Assign",
    "Edit",
    "FieldRule",
    "Mapping",
    "Place",
    "Preset",
    "SetOption",
    "apply_mapping",
    "column_uses",
    "folded",
    "kind_of_name",
    "load_mapping",
    "mapping_schema",
    "null_note",
    "parse_document",
    "parse_mapping",
    "places",
    "presets",
    "rewritten",
    "row_keys",
    "split_address",
    "with_edit",
]

_HOMES = {
    "Assign": "mapping.column_edits",
    "Edit": "mapping.column_edits",
    "FieldRule": "mapping.rules",
    "Mapping": "mapping.schema",
    "Place": "mapping.column_places",
    "Preset": "mapping.preset_files",
    "SetOption": "mapping.column_edits",
    "TARGETS": "mapping.column_places",
    "apply_mapping": "mapping.apply",
    "column_uses": "mapping.uses_of_columns",
    "folded": "mapping.column_edits",
    "kind_of_name": "mapping.split_name",
    "load_mapping": "mapping.load",
    "mapping_schema": "mapping.json_schema",
    "null_note": "mapping.hints",
    "parse_document": "mapping.yaml_document",
    "parse_mapping": "mapping.load",
    "places": "mapping.column_places",
    "presets": "mapping.preset_files",
    "rewritten": "mapping.rewrite_yaml",
    "row_keys": "mapping.apply",
    "split_address": "mapping.address_parts",
    "with_edit": "mapping.column_edits",
}


def __getattr__(name: str) -> Any:
    return late_name(__name__, _HOMES, name)
