"""Modules that are loaded while files are read: polars leaves the interpreter free meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread


@contextmanager
def loading(*modules: str) -> Iterator[None]:
    """Load these modules of the package. One that can't be loaded is left to whoever imports it: it raises there."""
    thread = Thread(target=_load, args=modules, name="loading")
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _load(*modules: str) -> None:
    for module in modules:
        with suppress(Exception):
            import_module(f"rotor_import.{module}")
