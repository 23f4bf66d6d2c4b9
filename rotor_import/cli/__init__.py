"""The command line: arguments to settings, errors to exit codes; no logic of its own."""

from rotor_import.cli.commands import cli
from rotor_import.cli.entry_point import main

__all__ = ["cli", "main"]
