"""What a run is told beside its files, by whoever starts it on behalf of somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rotor_import.model.plan import Plan

if TYPE_CHECKING:
    from rotor_import.ledger.runs import Drop


@dataclass(frozen=True)
class RunOptions:
    """What a sync adds to a run: whether its file is the whole truth, a guard, and the files it is done with then.

    `guard` is shown the plan and its summary before anything is kept, and raises Safeguard, or PlanError where
    the run carries out the saved plan whose id `plan` is.
    """

    whole: bool
    guard: Callable[[Plan, Mapping[str, Any]], None]
    done: Sequence[Drop]
    mode: Literal["sync", "run"] = "sync"
    plan: str = ""
