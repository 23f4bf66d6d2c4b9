"""When people are told: of a night once its feed's state changes, of a run each time.

The state is saved before anybody is told, so that the beginning of a trouble is known, and again after somebody was. A
crash in between tells twice rather than never, and what nobody could be told is told by the next night. Other machines
may end a run of the same feed meanwhile, so each time it is changed as the ledger has it then.
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
from rotor_import.monitoring.trouble import Trouble, begun, named, proves_nothing, text_of, troubles_after

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
        states, now = _states(job, stack), job.world.clock.now()
        after, is_remembered = _changed(states, lambda state: _state_after(ending, state, now))
        if not is_remembered:
            warn(_NO_PLACE if job.settings is None else _FORGETFUL)
        trouble, told = (named(after.trouble), named(after.told)) if after else (frozenset(), frozenset())
        event = _event(ending, job, trouble, told)
        if event is None:
            return
        since = after.since if after else now
        if channels.tell(message_of(News(event, trouble, told, since, is_remembered), ending, job)) and is_remembered:
            # A run's message says what that run came to; what nobody was told before is left to the next night.
            said = trouble if job.command == "sync" else trouble & (told | frozenset(begun(ending)))
            _changed(states, lambda state: _state_told(said, state, since, now))


def _state_after(ending: Ending, before: FeedState | None, now: float) -> FeedState | None:
    """The state after an ending; an ending that says nothing new of a feed leaves it as it was."""
    was = named(before.trouble) if before else frozenset()
    trouble = troubles_after(ending, was)
    if trouble == was and proves_nothing(ending):
        return before
    told = named(before.told) if before else frozenset()
    if not trouble and not told:
        return None
    # One that is over while another lasts needs no all-clear of its own, but an alarm if it comes again.
    believed = told & trouble or told
    since = before.since if before and (was or not trouble) else now
    return FeedState(text_of(trouble), text_of(believed), since, now)


def _state_told(told: frozenset[Trouble], state: FeedState | None, since: float, now: float) -> FeedState | None:
    """The state once people were told of these troubles; meanwhile another run may have changed it."""
    trouble = named(state.trouble) if state else frozenset()
    if not trouble and not told:
        return None
    return FeedState(
        text_of(trouble),
        text_of(told & trouble or told),
        state.since if state else since,
        state.seen_at if state else now,
    )


def _event(ending: Ending, job: Job, trouble: frozenset[Trouble], told: frozenset[Trouble]) -> Event | None:
    """What to tell, if anything: of a night, only what people don't know yet."""
    if told and not trouble:
        return "all_clear"
    if job.command == "run":
        return "ended" if ending.code in (exit_code.DONE, exit_code.PAUSED) else "alarm"
    return "alarm" if trouble - told else None


def _states(job: Job, stack: ExitStack) -> FeedStates | None:
    from rotor_import.ledger.store import Ledger  # noqa: PLC0415 - only where somebody is told

    if job.settings is None:
        return None
    try:
        ledger: Ledger = stack.enter_context(Ledger(job.settings.ledger_url))
    except LedgerError:
        return None
    return job.states(ledger)


def _changed(
    states: FeedStates | None, to: Callable[[FeedState | None], FeedState | None]
) -> tuple[FeedState | None, bool]:
    """The changed state, and whether the ledger has it: if it fails, the next run tells again."""
    try:
        if states is not None:
            return states.change(to), True
    except LedgerError:
        pass
    return to(None), False
