"""The one run that may send to an account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rotor_import.config import Settings
from rotor_import.pipeline.quota_wait import patiently
from rotor_import.pipeline.session import READ, Session, World, need_key

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account


@contextmanager
def drainer(settings: Settings, world: World, run: str) -> Iterator[tuple[Session, Account]]:
    """The account, locked: nobody else sends to it until the block ends. Raises AccountBusy."""
    with Session(settings, world, run) as session:
        account = account_of(session)
        with session.only_one(account):
            longest = max(window.seconds for window in settings.quota_windows)
            session.attempts.settle_lost(account.id, world.clock.now(), longest)
            yield session, account


def account_of(session: Session) -> Account:
    """The key's account; Rotor is asked where the ledger does not know it."""
    need_key(session)
    scope = READ if session.settings.directory == "api" else ""
    return patiently(session, lambda: session.account(scope=scope))
