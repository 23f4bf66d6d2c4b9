"""Waiting until the quota is back, where that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from rotor_import.errors import QuotaExhausted, QuotaSpent
from rotor_import.pipeline.session import Session

T = TypeVar("T")


def patiently(session: Session, action: Callable[[], T]) -> T:
    """Try again when the quota is back, where `--wait` says so. Raises QuotaExhausted with its time."""
    while True:
        try:
            return action()
        except QuotaExhausted as error:
            pause(session, error)


def pause(session: Session, error: QuotaExhausted) -> None:
    """Sleep until the quota is back, or raise where that is not wanted or nobody knows when."""
    if not isinstance(error, QuotaSpent):
        error = session.quota.refused(error)
    if error.until is None:
        raise error
    away = error.until.timestamp() - session.world.clock.now()
    if not session.settings.wait and away > session.settings.patience:
        raise error
    session.world.clock.sleep(max(away, 0.001))
