"""Suggests a mapping for a file, by the headers of its columns and by what their cells hold."""

from rotor_import.suggest.choose_fields import choose_fields
from rotor_import.suggest.column_profile import Judges, profile_columns
from rotor_import.suggest.header import HEADERS
from rotor_import.suggest.null_cells import null_cells, without_null_cells
from rotor_import.suggest.one_column import named_targets, private_columns, rule_for
from rotor_import.suggest.sensitive import is_private_header
from rotor_import.suggest.write_yaml import write_mapping

__all__ = [
    "HEADERS",
    "Judges",
    "choose_fields",
    "is_private_header",
    "named_targets",
    "null_cells",
    "private_columns",
    "profile_columns",
    "rule_for",
    "without_null_cells",
    "write_mapping",
]
