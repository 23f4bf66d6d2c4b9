"""Files → frames of strings, each row numbered as a spreadsheet shows it."""

from rotor_import.source.csv import read_source

__all__ = ["read_source"]
