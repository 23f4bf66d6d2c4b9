"""Keeps compiled templates in the package's `__pycache__`, as Python keeps its modules: compiling them took 0.1 s."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from rotor_import.config import version
from rotor_import.files import write_ordinary

_FOLDER = Path(__file__).parent / "__pycache__"
_SUFFIX = f"{sys.implementation.cache_tag}-jinja-{jinja2.__version__}-{version()}"
"""jinja2 may work constants out with our filters."""


class CompiledTemplates(jinja2.BytecodeCache):
    """jinja2 checks that what it gets was made of the same text; what can't be kept is compiled each time."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            with self._path(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except Exception:  # noqa: BLE001 - of a damaged file jinja2 lets through whatever its parts raise
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode or not os.access(self._folder, os.W_OK):
            return
        with suppress(OSError):
            write_ordinary(self._path(bucket), bucket.write_bytecode)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{_SUFFIX}"
