"""Changes → outcomes: what is pending is sent, in an order in which keys are free, within the quota."""

from rotor_import.upsert.drain import GO_ON, GONE, OUT_OF_MEMORY, Drain, Drained
from rotor_import.upsert.refresh import refresh

__all__ = ["GONE", "GO_ON", "OUT_OF_MEMORY", "Drain", "Drained", "refresh"]
