"""When people are told: of a night once its feed's state changes, of a run each time.

The state is saved before anybody is told, so that the beginning of a trouble is known, and again after somebody was. A
crash in between tells twice rather than never, and what nobody could be told is told by the next night.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rotor_import.errors import LedgerError
from rotor_import.ledger.feed_states import FeedState, FeedStates
from rotor_import.model import exit_code
from rotor_import.monitoring.channels import Channels
from rotor_import.monitoring.ending import Ending
from rotor_import.monitoring.job import Job
from rotor_import.monitoring.message import Event, News, message_of
from rotor_import.monitoring.trouble import trouble_after

if TYPE_CHECKING:
    from rotor_import.ledger.store import Ledger

_FORGETFUL = (
    "The ledger can't be used, so it isn't known what --notify has told before: every run tells it until the ledger "
    "can be used again."
)
_NO_PLACE = (
    "It isn't known which ledger this is about, so it isn't known what --notify has told before: every run tells it."
)


def tell(channels: Channels, ending: Ending, job: Job, warn: Callable[[str], None]) -> None:
    """Tell people what is new. A ledger that can't be used is a warning, and everything is then new."""
    with ExitStack() as stack:
        states = _states(job, stack)
        before, states = _found(states)
        if states is None:
            warn(_NO_PLACE if job.settings is None else _FORGETFUL)
        now = job.world.clock.now()
        told = before.told if before else ""
        trouble = trouble_after(ending, before.trouble if before else "")
        since = before.since if before else now
        if states is not None and (trouble or before):
            states = _saved(states, FeedState(trouble, told, since, now) if trouble or told else None)
        event = _event(ending, job, trouble, told)
        if event is None:
            return
        news = News(event, told if event == "all_clear" else trouble, since)
        if channels.tell(message_of(news, ending, job)) and states is not None:
            _saved(states, FeedState(trouble, trouble, since, now) if trouble else None)


def _event(ending: Ending, job: Job, trouble: str, told: str) -> Event | None:
    """What to tell, if anything: of a night, only what people don't know yet."""
    if told and not trouble:
        return "all_clear"
    if job.command == "run":
        return "ended" if ending.code in (exit_code.DONE, exit_code.PAUSED) else "alarm"
    return "alarm" if trouble != told else None


def _states(job: Job, stack: ExitStack) -> FeedStates | None:
    from rotor_import.ledger.store import Ledger  # noqa: PLC0415 - only where somebody is told

    if job.settings is None:
        return None
    try:
        ledger: Ledger = stack.enter_context(Ledger(job.settings.ledger_url))
    except LedgerError:
        return None
    return job.states(ledger)


def _found(states: FeedStates | None) -> tuple[FeedState | None, FeedStates | None]:
    """The state, and where it was found; None if the ledger fails."""
    if states is None:
        return None, None
    try:
        return states.find(), states
    except LedgerError:
        return None, None


def _saved(states: FeedStates, state: FeedState | None) -> FeedStates | None:
    """The same states, or None if the ledger fails: then the next run tells again."""
    try:
        states.save(state)
    except LedgerError:
        return None
    return states
