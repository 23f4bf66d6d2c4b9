"""Packages whose names are imported when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def late_name(package: str, homes: Mapping[str, str], name: str) -> Any:
    """What a package's `__getattr__` gives; `homes` are the modules of rotor_import that have its names.

    No name may be a module's: once that is imported, it stands in its package under its own name.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return getattr(import_module(f"rotor_import.{homes[name]}"), name)
