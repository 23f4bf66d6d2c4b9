"""Files → frames of strings, each row numbered as a spreadsheet shows it."""

from rotor_import.source.read import read_source, read_sources

__all__ = ["read_source", "read_sources"]
