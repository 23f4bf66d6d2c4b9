"""Customers → changes: what has to be sent for each customer, in which order, and what the ledger keeps.

`numbers` puts all customers in the order in which they are sent, `changes` decides the contested ones field by field,
`independent` and `settled` make changes, links and baselines of the others, and `missing` finds who is gone.
"""

from __future__ import annotations

from rotor_import.plan.changes import GONE, STATUS, plan_changes
from rotor_import.plan.independent import new_changes
from rotor_import.plan.missing import Absence, Present, find_missing, renumbered
from rotor_import.plan.numbers import numbered
from rotor_import.plan.settled import agreed, kept_links

__all__ = [
    "GONE",
    "STATUS",
    "Absence",
    "Present",
    "agreed",
    "find_missing",
    "kept_links",
    "new_changes",
    "numbered",
    "plan_changes",
    "renumbered",
]
