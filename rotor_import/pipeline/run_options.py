"""What a run is told besides its files, by a sync or by the saved plan that it carries out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rotor_import.model.plan import Plan
from rotor_import.model.summary import Summary

if TYPE_CHECKING:
    from rotor_import.ledger.runs import Drop


def _unguarded(_plan: Plan, _summary: Summary) -> None:
    """Every plan may be sent."""


@dataclass(frozen=True)
class RunOptions:
    """`whole` files are the whole truth: customers that they no longer name are missing.

    `guard` is shown the plan and its summary before anything is kept, and raises Safeguard, or PlanError where
    the run carries out the saved plan whose id is `plan`. `done` are files of a drop folder that the sync is done with.
    """

    whole: bool = False
    guard: Callable[[Plan, Summary], None] = _unguarded
    done: Sequence[Drop] = ()
    mode: Literal["sync", "run"] = "run"
    plan: str = ""
