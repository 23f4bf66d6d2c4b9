"""The mapping from a file's columns to a customer's fields."""

from rotor_import.mapping.apply import apply_mapping, row_keys
from rotor_import.mapping.column_edits import Assign, Edit, SetOption, folded, with_edit
from rotor_import.mapping.column_places import TARGETS, Place, places
from rotor_import.mapping.column_uses import column_uses
from rotor_import.mapping.hints import null_note
from rotor_import.mapping.json_schema import mapping_schema
from rotor_import.mapping.load import load_mapping, parse_mapping
from rotor_import.mapping.presets import Preset, presets
from rotor_import.mapping.rewrite_yaml import rewritten
from rotor_import.mapping.rules import FieldRule
from rotor_import.mapping.schema import Mapping
from rotor_import.mapping.split_address import split_address
from rotor_import.mapping.split_name import kind_of_name
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
