"""How far an import is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal["reading Rotor", "sending"]


@dataclass(frozen=True)
class ProgressEvent:
    """So many customers of `total` are `done` in this stage.

    `reading Rotor` is told for each page of Rotor's list, `sending` for each answer of Rotor's. `total` may be 0, and
    may change while Rotor's list is read. An import may go through a stage again, or have nothing to do in it.
    """

    stage: Stage
    done: int
    total: int
