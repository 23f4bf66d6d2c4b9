"""A local Rotor: the upsert rule, the list, the quota, over one SQLite file.

It shares no code with the client, so that no one mistake can hide in both.
"""

from rotor_import.sandbox.app import Options, Sandbox
from rotor_import.sandbox.server import serve
from rotor_import.sandbox.store import Store

__all__ = ["Options", "Sandbox", "Store", "serve"]
