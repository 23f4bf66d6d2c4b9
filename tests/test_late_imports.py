"""Packages whose names are imported when they are asked for: each name is there, and none hides a module."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

LATE = ("rotor_import.mapping", "rotor_import.normalize", "rotor_import.pipeline")


@pytest.mark.parametrize("package", LATE)
def test_each_name_that_a_package_promises_is_there(package):
    found = import_module(package)
    for name in found.__all__:
        assert getattr(found, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = found.nothing


@pytest.mark.parametrize("package", LATE)
def test_no_name_is_a_modules(package):
    """Once it is imported, a module stands in its package under its own name."""
    found = import_module(package)
    modules = {path.stem for path in Path(found.__path__[0]).iterdir()}
    assert modules & set(found.__all__) == set()


def test_a_plan_begins_to_read_before_what_comes_after_reading_is_loaded():
    script = (
        "import sys, rotor_import.pipeline.dry_run\n"
        "later = ('mapping.apply', 'normalize.columns', 'dedupe.split', 'report', 'pipeline.planning')\n"
        "print([name for name in later if f'rotor_import.{name}' in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
