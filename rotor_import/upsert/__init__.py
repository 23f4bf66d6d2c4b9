"""Changes → outcomes: sends what is pending, in an order in which keys are free, within the quota."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Literal, Protocol

from rotor_import.api import Upserted
from rotor_import.directory import KeyForms, customer_values
from rotor_import.errors import (
    ApiDown,
    FatalApiError,
    Interrupted,
    QuotaExhausted,
    QuotaSpent,
    RecordRefused,
    RetriableApiError,
)
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import Pending
from rotor_import.model.change import Outcome, State, is_new
from rotor_import.model.customer import Directory
from rotor_import.model.fields import ID_FIELD, KEY_FIELDS, Values
from rotor_import.model.row_link import Named, is_planned
from rotor_import.upsert.payload import baselines, payload
from rotor_import.upsert.refresh import refresh
from rotor_import.upsert.schedule import Blocked, Holders, Ready, Schedule

__all__ = ["Drain", "Drained", "refresh"]

DOWN_AFTER = 10
"""Different changes that fail in a row before the API counts as down."""

_GONE = 404


class Sender(Protocol):
    def upsert(self, payload: Mapping[str, object], *, change: str) -> Upserted: ...


@dataclass(frozen=True)
class Drained:
    """Why sending ended: `error` is what stopped it; with a QuotaExhausted or Interrupted it may go on later."""

    state: Literal["complete", "paused", "stopped"]
    error: Exception | None = None


class Drain:
    """Sends the changes of one account; `run` is called once.

    Workers only talk to Rotor; every other step is taken in the calling thread. `forms` are those of phones and
    e-mails, by field.
    """

    def __init__(
        self,
        client: Sender,
        outbox: Outbox,
        directory: Directory,
        *,
        forms: Mapping[str, KeyForms],
        concurrency: int = 4,
        progress: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._directory = directory
        self._forms = forms
        self._concurrency = concurrency
        self._progress = progress
        self._stopping = stopping
        self._answered = False
        self._answers: SimpleQueue[Future[Upserted]] = SimpleQueue()
        self._holders = Holders()
        for customer in directory.customers.values():
            self._holders.put(customer.id, {"phone": customer.phone, "email": customer.email})
        self._failing: set[str] = set()
        self._error: Exception | None = None

    def run(self, changes: list[Pending]) -> Drained:
        """A keyless change whose request may have been carried out is never sent again."""
        safe = [change for change in changes if not (change.unknown and change.keyless)]
        schedule = Schedule(safe, self._holders, whole_directory=self._directory.complete)
        out: dict[Future[Upserted], Ready] = {}
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="rotor") as pool:
            while schedule and (self._error is None or out):
                if not self._start(schedule, pool, out):
                    self._outbox.flush()  # else the intent of what was started carries it
                if out:
                    future = self._answers.get()
                    self._finish(schedule, out.pop(future), future)
        self._outbox.flush()
        return Drained(self._state(), self._error)

    def _state(self) -> Literal["complete", "paused", "stopped"]:
        if self._error is None:
            return "complete"
        return "paused" if isinstance(self._error, QuotaExhausted | Interrupted) else "stopped"

    def _start(self, schedule: Schedule, pool: ThreadPoolExecutor, out: dict[Future[Upserted], Ready]) -> int:
        """How many requests were started."""
        before = len(out)
        if self._stopping():
            self._stop(Interrupted("Stopped, as asked. Nothing is lost: the same command, or resume, goes on."))
        # One careful request comes first: after a refusal nobody knows whether Rotor takes requests again.
        while self._error is None and len(out) < (self._concurrency if self._answered else 1):
            turn = schedule.next()
            if turn is None:
                break
            if isinstance(turn, Blocked):
                self._block(schedule, turn)
                continue
            change = turn.change
            body = payload(change, turn.without)
            future = pool.submit(self._client.upsert, body, change=change.customer)
            out[future] = turn
            future.add_done_callback(self._answers.put)
        return len(out) - before

    def _finish(self, schedule: Schedule, turn: Ready, future: Future[Upserted]) -> None:
        try:
            answer = future.result()
        except RecordRefused as error:
            self._answered = True
            self._failing.clear()
            self._refuse(schedule, turn.change, error)
        except RetriableApiError as error:
            self._fail(schedule, turn.change, error)
        except (QuotaExhausted, FatalApiError, Interrupted) as error:
            self._stop(error)
        else:
            self._answered = True
            self._failing.clear()
            self._acknowledge(schedule, turn, answer)

    def _acknowledge(self, schedule: Schedule, turn: Ready, answer: Upserted) -> None:
        change, held = turn.change, customer_values(answer.customer)
        id_ = str(answer.customer["id"])
        keys = self._keys(held)
        known = baselines(change, held, keys, turn.without)
        schedule.done(change, id_, keys)
        if turn.without:
            rest = tuple(field for field in change.fields if field.field in turn.without)
            left = replace(change, customer=id_, fields=rest, before_keys=keys, unknown=answer.created)
            self._outbox.revise(change, left, known)
            schedule.succeed(left)
            return
        self._outbox.acknowledge(change, held, keys, known, _done(change, id_, held, answer))
        self._progress()

    def _refuse(self, schedule: Schedule, change: Pending, error: RecordRefused) -> None:
        words = "; ".join(f"{field}: {text}" if field else text for field, text in error.problems)
        if not is_planned(change.customer) and _nobody(error):
            outcome = _outcome(change, "held", "its customer is gone from Rotor")
        else:
            outcome = _outcome(change, "refused", f"Rotor refused it: {words}", error.problems)
        self._give_up(schedule, change, outcome)

    def _block(self, schedule: Schedule, turn: Blocked) -> None:
        reason = "it takes a phone or e-mail from a customer whose own change failed"
        outcome = _outcome(turn.change, "held", reason)
        keys = self._holders.keys.get(turn.by, dict.fromkeys(KEY_FIELDS, ""))
        self._give_up(schedule, turn.change, outcome, Named(turn.by, keys["phone"], keys["email"]))

    def _give_up(self, schedule: Schedule, change: Pending, outcome: Outcome, *named: Named) -> None:
        schedule.failed(change)
        own = Named(change.customer, change.before_keys["phone"], change.before_keys["email"])
        names = named if is_planned(change.customer) else (own, *named)
        self._outbox.give_up(change, outcome, outcome.message, names)
        self._progress()

    def _fail(self, schedule: Schedule, change: Pending, error: RetriableApiError) -> None:
        if error.maybe_written and change.keyless:
            schedule.leave(change)
        else:
            schedule.again(replace(change, unknown=change.unknown or error.maybe_written))
        self._failing.add(change.customer)
        if len(self._failing) >= DOWN_AFTER:
            self._stop(ApiDown(f"{len(self._failing)} changes failed one after another: {error}"))

    def _stop(self, error: Exception) -> None:
        """The first reason to stop counts, but for one that outranks a mere pause."""
        soft = isinstance(self._error, QuotaSpent | Interrupted) or self._error is None
        if soft or not isinstance(error, QuotaExhausted | Interrupted):
            self._error = error

    def _keys(self, held: Values) -> dict[str, str]:
        stored = {name: str(held.get(name, "")) for name in KEY_FIELDS}
        return {name: self._forms[name]([value]).get(value, "") if value else "" for name, value in stored.items()}


def _nobody(error: RecordRefused) -> bool:
    """Whether it was the id that Rotor does not know: how it says so is not documented."""
    return error.status == _GONE or all(field == ID_FIELD for field, _ in error.problems)


def _done(change: Pending, id_: str, held: Values, answer: Upserted) -> Outcome:
    """A create that a retry, or the rest of a change sent in two steps, confirmed counts as created."""
    meant = is_new(change.kind)
    before = change.unknown or (answer.lost_reply and is_planned(change.customer))
    created = answer.created or (meant and before)
    drifted = change.kind == "create" and not created
    kept = [field.field for field in change.fields if field.after == "" and held.get(field.field)]
    remarks = ["Rotor found an existing customer that its list did not show"] if drifted else []
    if kept:
        remarks.append(f"Rotor did not clear {', '.join(kept)}")
    return replace(_outcome(change, "created" if created else "updated", "; ".join(remarks)), id=id_)


def _outcome(change: Pending, state: State, message: str, problems: tuple[tuple[str, str], ...] = ()) -> Outcome:
    return Outcome(
        customer=change.customer,
        number=change.number,
        kind=change.kind,
        state=state,
        id="" if is_planned(change.customer) else change.customer,
        message=message,
        problems=problems,
    )
