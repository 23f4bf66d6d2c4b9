"""Files → frames of strings; rows are numbered as a spreadsheet shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rotor_import.source.read import read_source, read_sources

__all__ = ["read_source", "read_sources"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the process that reads Parquet files needs neither."""
    if name not in __all__:
        raise AttributeError(f"module 'rotor_import.source' has no attribute {name!r}")
    from rotor_import.source import read  # noqa: PLC0415 - the point of this function

    return getattr(read, name)
