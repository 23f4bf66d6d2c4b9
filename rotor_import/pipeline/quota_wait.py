"""Waiting for the quota, if that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from rotor_import.errors import QuotaExhausted, QuotaSpent
from rotor_import.pipeline.session import Session

T = TypeVar("T")


def patiently(session: Session, action: Callable[[], T]) -> T:
    """Try again once there is quota, if `--wait` or the patience allows it; else QuotaExhausted says when that is."""
    while True:
        try:
            return action()
        except QuotaExhausted as error:
            pause(session, error)


def pause(session: Session, error: QuotaExhausted) -> None:
    """Sleep until there is quota. Raises the error if the wait is too long or its end is unknown."""
    if not isinstance(error, QuotaSpent):
        error = session.quota.refused(error)
    if error.until is None:
        raise error
    away = error.until.timestamp() - session.world.clock.now()
    if not session.settings.wait and away > session.settings.patience:
        raise error
    session.world.clock.sleep(max(away, 0.001))
