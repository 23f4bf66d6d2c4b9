"""Which error has which exit code, and which of several errors counts."""

from __future__ import annotations

from collections.abc import Sequence

from rotor_import import errors
from rotor_import.model.exit_code import (
    BUSY,
    DEFECT,
    DOWN,
    KEY_REFUSED,
    PAUSED,
    SAFEGUARD,
    WORST_FIRST,
    WRONG_INPUT,
)

_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (errors.Defect, DEFECT),
    (errors.InputError, WRONG_INPUT),
    (errors.KeyRefused, KEY_REFUSED),
    (errors.ScopeMissing, KEY_REFUSED),
    (errors.AccountBusy, BUSY),
    (errors.Safeguard, SAFEGUARD),
    (errors.QuotaExhausted, PAUSED),
    (errors.Unfinished, PAUSED),
    (errors.ApiError, DOWN),
    (MemoryError, WRONG_INPUT),  # once something may have been sent, a run makes an Unfinished of it
)


def code_of(error: BaseException) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), DEFECT)


def worst_first(found: Sequence[errors.RotorImportError]) -> list[errors.RotorImportError]:
    """Each error once, the one that counts first; of those with the same exit code, the one found first."""
    ordered = sorted(found, key=lambda error: WORST_FIRST.index(code_of(error)))
    words = [str(error) for error in ordered]
    return [error for at, error in enumerate(ordered) if words[at] not in words[:at]]
