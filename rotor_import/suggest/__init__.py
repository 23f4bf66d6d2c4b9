"""Suggests a mapping for a file, by the headers of its columns and by what their cells hold."""

from rotor_import.suggest.choose_fields import choose_fields
from rotor_import.suggest.column_profile import profile_columns
from rotor_import.suggest.header_words import HEADERS
from rotor_import.suggest.write_yaml import write_mapping

__all__ = ["HEADERS", "choose_fields", "profile_columns", "write_mapping"]
