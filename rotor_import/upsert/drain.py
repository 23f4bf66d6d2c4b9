"""Sends pending changes: workers talk to Rotor, and each answer goes into the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from rotor_import.api import Upserted
from rotor_import.directory import KeyForms, customer_values
from rotor_import.errors import (
    ApiDown,
    DoubtfulRefusal,
    FatalApiError,
    Interrupted,
    QuotaExhausted,
    QuotaSpent,
    RecordRefused,
    RetriableApiError,
    Unfinished,
)
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange
from rotor_import.model.change import Outcome, is_new
from rotor_import.model.customer import Directory
from rotor_import.model.fields import ID_FIELD, KEY_FIELDS, Values
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import Named, is_planned
from rotor_import.upsert.answered import Known, is_anothers, left_aside
from rotor_import.upsert.doubtful import Doubt, Doubts, Precedent, refusal_in_words
from rotor_import.upsert.kept import kept_otherwise, not_said
from rotor_import.upsert.payload import baselines, payload
from rotor_import.upsert.schedule import Blocked, Ready, Schedule
from rotor_import.upsert.workers import Ended, Workers

DOWN_AFTER = 10
"""How many different changes fail in a row before the API counts as down."""

# Why sending stopped, and what to do.
GO_ON = "What was sent is saved. To go on, run the same command or: rotor-import resume"
AT_YOUR_REQUEST = "Paused at your request. Nothing is lost. To go on, run the same command or: rotor-import resume"
OUT_OF_MEMORY = "This computer ran out of memory. Close other programs, or use --concurrency 1."
# What became of a change.
GONE = "its customer is gone from Rotor"
_WAITED_FOR = "needs the phone or email of another customer, whose own change failed"
_GONE = 404


class Sender(Protocol):
    def upsert(self, payload: Mapping[str, object], *, change: str) -> Upserted: ...


@dataclass(frozen=True)
class Drained:
    """How sending ended. `error` is what stopped it; after a QuotaExhausted or Interrupted it may go on later.

    `misnamed` are the changes that Rotor answered with another customer's id.
    """

    state: Literal["complete", "paused", "stopped"]
    error: Exception | None = None
    misnamed: int = 0


class Drain:
    """Sends the changes of one account. `run` is called once.

    Workers talk to Rotor at the same time; every other step is done by one of them at a time. `forms` finds the normal
    forms of phones and emails, by field. `known` says whether Rotor held a customer before, and `precedent` whether
    earlier runs tell whose a doubtful refusal is. The changes of `refused` customers were refused before: they go last.
    """

    def __init__(  # noqa: PLR0913 - what it asks others about is handed in
        self,
        client: Sender,
        outbox: Outbox,
        directory: Directory,
        *,
        forms: Mapping[str, KeyForms],
        concurrency: int = 4,
        progress: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
        known: Callable[[str], bool] | None = None,
        precedent: Precedent = lambda _customers: False,
        refused: Collection[str] = (),
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._directory = directory
        self._forms = forms
        self._concurrency = concurrency
        self._ended = Ended(progress)
        self._stopping = stopping
        self._answered = False
        self._key_index = KeyIndex.holding(directory.customers.values())
        self._failing: set[str] = set()
        self._kept: dict[str, tuple[tuple[str, str], ...]] = {}
        """What Rotor kept otherwise of the first part of a change that is sent in two, by customer."""
        self._error: Exception | None = None
        self._ids = Known(known or directory.customers.__contains__, self._key_index)
        self._doubts = Doubts(precedent)
        self._refused = refused
        self._misnamed = 0

    def run(self, changes: list[PendingChange]) -> Drained:
        # A keyless change whose request may have been carried out is never sent again.
        safe = [change for change in changes if not change.unfindable]
        if self._directory.complete:  # else their order says whose a key is
            safe.sort(key=lambda change: change.customer in self._refused)
        schedule = Schedule(safe, self._key_index, whole_directory=self._directory.complete)
        for change in changes:
            if change.unfindable:
                schedule.leave(change)
        workers = Workers(
            lambda under_way: self._next(schedule, under_way),
            self._send,
            lambda turn, done: self._finish(schedule, turn, done),
        )
        workers.run(self._concurrency, self._ended.tell)
        self._outbox.flush()
        if self._state() != "stopped":
            self._reject(schedule, self._doubts.own())
        self._ended.tell()
        return Drained(self._state(), self._error, self._misnamed)

    def _state(self) -> Literal["complete", "paused", "stopped"]:
        if self._error is None:
            return "complete"
        return "paused" if isinstance(self._error, QuotaExhausted | Interrupted) else "stopped"

    def _next(self, schedule: Schedule, under_way: int) -> Ready | None:
        """What may be sent now."""
        if schedule and self._stopping():
            self._stop(Interrupted(AT_YOUR_REQUEST))
        # The first request goes alone: after a refusal, nobody knows whether Rotor accepts requests again.
        while self._error is None and (self._answered or not under_way):
            turn = schedule.next()
            if turn is None:
                break
            if isinstance(turn, Blocked):
                self._block(schedule, turn)
                continue
            if self._is_rejected(schedule, turn.change):
                continue
            possible = self._possible(schedule, turn)
            if possible is not None:
                return possible
        self._outbox.flush()  # a request that is sent would have written it with its own transaction
        return None

    def _send(self, turn: Ready) -> Upserted:
        return self._client.upsert(payload(turn.change, turn.without), change=turn.change.customer)

    def _possible(self, schedule: Schedule, turn: Ready) -> Ready | None:  # noqa: ARG002 - for whoever overrides it
        """The turn, without what can't be sent now after all; None if nothing of it can."""
        return turn

    def _finish(self, schedule: Schedule, turn: Ready, done: Future[Upserted]) -> None:
        try:
            answer = done.result()
        except RecordRefused as error:
            self._answered = True
            self._failing.clear()
            self._refuse(schedule, turn.change, error)
        except RetriableApiError as error:
            self._fail(schedule, turn.change, error)
        except DoubtfulRefusal as error:
            self._doubt(schedule, turn.change, error)
        except (QuotaExhausted, FatalApiError, Interrupted) as error:
            self._stop(error)
        except MemoryError:  # the answers of the other workers still count; the next run asks what became of this one
            self._stop(Unfinished(f"{OUT_OF_MEMORY} {GO_ON}"))
        else:
            self._answered = True
            self._failing.clear()
            self._reject(schedule, self._doubts.came_through())
            if is_anothers(turn.change, answer, self._ids, schedule.find):
                self._disbelieve(schedule, turn.change)
            else:
                self._acknowledge(schedule, turn, answer)

    def _acknowledge(self, schedule: Schedule, turn: Ready, answer: Upserted) -> None:
        change, id_ = turn.change, str(answer.customer["id"])
        aside, told = left_aside(answer, self._directory.customers.get(id_))
        held = {**aside, **not_said(change, answer.customer, turn.without), **customer_values(answer.customer)}
        keys = self._keys(change, held)
        self._ids.add(id_)
        known = baselines(change, held, keys, turn.without)
        kept = (*self._kept.pop(change.customer, ()), *kept_otherwise(change, held, keys, turn.without), *told)
        if turn.without:
            rest = tuple(field for field in change.fields if field.field in turn.without)
            left = replace(change, customer=id_, fields=rest, before_keys=keys, unknown=answer.created)
            self._outbox.revise(change, left, known, "created" if answer.created else "updated")
            self._kept[id_] = kept
            schedule.send_rest(left)
            schedule.done(change, id_, keys)
            return
        schedule.done(change, id_, keys)
        done = _done(change, id_, held, answer, kept)
        self._outbox.acknowledge(
            change, held, keys, known, done, is_certain=answer.created or change.kind != "undecided"
        )
        self._ended.add()

    def _disbelieve(self, schedule: Schedule, change: PendingChange) -> None:
        """Rotor carried it out, but nobody knows for whom: the next run looks the customer up."""
        self._outbox.revise(change, replace(change, unknown=True), {})
        schedule.leave(change)
        self._misnamed += 1

    def _doubt(self, schedule: Schedule, change: PendingChange, error: DoubtfulRefusal) -> None:
        self._doubts.add(change, error)
        schedule.last(change)
        if self._answered and change.customer in self._refused:
            return  # others came through and this one never did, so it says nothing about the others
        self._failing.add(change.customer)
        if len(self._failing) >= DOWN_AFTER:
            self._stop(error)

    def _is_rejected(self, schedule: Schedule, change: PendingChange) -> bool:
        """Whether a change is not sent because of a doubtful refusal, or nothing more is."""
        try:
            doubt = self._doubts.decide(change)
        except DoubtfulRefusal as error:
            self._stop(error)
            return True
        self._reject(schedule, [doubt] if doubt else [])
        return doubt is not None

    def _reject(self, schedule: Schedule, doubts: Iterable[Doubt]) -> None:
        for doubt in doubts:
            words = refusal_in_words(doubt.error)
            outcome = doubt.change.ended("refused", words, doubt.error.problems or (("", words),))
            self._give_up(schedule, doubt.change, outcome)

    def _refuse(self, schedule: Schedule, change: PendingChange, error: RecordRefused) -> None:
        words = "; ".join(f"{field}: {text}" if field else text for field, text in error.problems)
        if not is_planned(change.customer) and _id_is_unknown(error):
            outcome = change.ended("held", GONE)
        else:
            outcome = change.ended("refused", f"Rotor refused it: {words}", error.problems)
        self._give_up(schedule, change, outcome)

    def _block(self, schedule: Schedule, turn: Blocked) -> None:
        outcome = turn.change.ended("held", _WAITED_FOR)
        self._give_up(schedule, turn.change, outcome, Named(turn.by, **self._key_index.keys(turn.by)))

    def _give_up(self, schedule: Schedule, change: PendingChange, outcome: Outcome, *named: Named) -> None:
        schedule.failed(change)
        own = Named(change.customer, **change.before_keys)
        names = named if is_planned(change.customer) else (own, *named)
        self._outbox.give_up(change, outcome, outcome.message, names)
        self._ended.add()

    def _fail(self, schedule: Schedule, change: PendingChange, error: RetriableApiError) -> None:
        if error.maybe_written and change.keyless:
            schedule.leave(change)
        else:
            schedule.again(replace(change, unknown=change.unknown or error.maybe_written))
        self._failing.add(change.customer)
        if len(self._failing) >= DOWN_AFTER:
            self._stop(ApiDown(f"{len(self._failing)} changes in a row failed: {error}"))

    def _stop(self, error: Exception) -> None:
        """The first reason to stop counts, unless it is a mere pause and this one is worse."""
        mild = self._error is None or isinstance(self._error, QuotaSpent | Interrupted)
        if mild or not isinstance(error, QuotaExhausted | Interrupted):
            self._error = error

    def _keys(self, change: PendingChange, held: Values) -> dict[str, str]:
        """The normal forms of the keys that Rotor holds now. Most are what was sent, whose normal form is known."""
        stored = {name: str(held.get(name, "")) for name in KEY_FIELDS}
        return {
            name: value if value in ("", change.keys[name]) else self._forms[name]([value]).get(value, "")
            for name, value in stored.items()
        }


def _id_is_unknown(error: RecordRefused) -> bool:
    """Whether Rotor does not know the id: how it says so is not documented."""
    return error.status == _GONE or all(field == ID_FIELD for field, _ in error.problems)


def _done(
    change: PendingChange, id_: str, held: Values, answer: Upserted, kept: tuple[tuple[str, str], ...]
) -> Outcome:
    """Something that a retry, or the second part of a change sent in two parts, found created counts as created."""
    meant = is_new(change.kind)
    before = change.unknown or (answer.lost_reply and is_planned(change.customer))
    created = answer.created or (meant and before)
    not_cleared = [field.field for field in change.fields if field.after == "" and held.get(field.field)]
    remarks = []
    if change.kind == "create" and not created:
        remarks.append("Rotor updated an existing customer that wasn't in its list")
    if not_cleared:
        remarks.append(f"Rotor didn't clear {', '.join(not_cleared)}")
    remarks += [f"{name}: {words}" for name, words in kept]
    return replace(change.ended("created" if created else "updated", "; ".join(remarks), kept), id=id_)
