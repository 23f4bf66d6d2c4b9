"""What a run is about to send, for somebody to say yes or no to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rotor_import.model.summary import Summary


@dataclass(frozen=True)
class Proposal:
    """`summary` is what the dry run would have printed; `customers` counts those to send.

    If the run `goes_on`, the summary is that of the run as it stands, and the customers are those that are left.
    """

    summary: Summary
    customers: int
    goes_on: bool = False


Confirm = Callable[[Proposal], bool]
"""Whether a proposal is to be sent. Asked once, between planning and sending, while nothing is in the ledger yet."""
