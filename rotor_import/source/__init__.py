"""Files → frames of strings; rows are numbered as a spreadsheet shows them."""

from rotor_import.source.read import read_source, read_sources

__all__ = ["read_source", "read_sources"]
