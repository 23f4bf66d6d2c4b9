"""The mapping from a file's columns to a customer's fields.

Each name is imported when it is asked for, so that a file is being read before what comes after it is loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    "Assign": "column_edits",
    "Edit": "column_edits",
    "FieldRule": "rules",
    "Mapping": "schema",
    "Place": "column_places",
    "Preset": "preset_files",
    "SetOption": "column_edits",
    "TARGETS": "column_places",
    "apply_mapping": "apply",
    "column_uses": "uses_of_columns",
    "folded": "column_edits",
    "kind_of_name": "split_name",
    "load_mapping": "load",
    "mapping_schema": "json_schema",
    "null_note": "hints",
    "parse_document": "yaml_document",
    "parse_mapping": "load",
    "places": "column_places",
    "presets": "preset_files",
    "rewritten": "rewrite_yaml",
    "row_keys": "apply",
    "split_address": "address_parts",
    "with_edit": "column_edits",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
