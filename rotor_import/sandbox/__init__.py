"""A local Rotor over one SQLite file: strict where the API's document speaks, and an option where it is silent.

It shares no code with the client, so that no one mistake can hide in both.
"""

from rotor_import.sandbox.app import Sandbox
from rotor_import.sandbox.faults import BadFault, ConnectionDropped, Fault, NoAnswer
from rotor_import.sandbox.options import BadOptions, Options
from rotor_import.sandbox.server import serve
from rotor_import.sandbox.store import Store

__all__ = [
    "BadFault",
    "BadOptions",
    "ConnectionDropped",
    "Fault",
    "NoAnswer",
    "Options",
    "Sandbox",
    "Store",
    "serve",
]
