"""Replays Rotor's own rule over the rows, one after another, starting from what Rotor holds.

For each row: pin, match, compute the keys that its customer shall have, check that nobody else holds them,
move. Checking when a key is taken, and not only when it is matched, is what keeps this free of special cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rotor_import.dedupe.book import PinBook
from rotor_import.dedupe.decided import BUSY, NO_KEY_LEFT, NOT_THERE, Rulings
from rotor_import.dedupe.fold import strangers
from rotor_import.dedupe.match import CONFLICT, Conflict, Match, match
from rotor_import.dedupe.picture import Picture
from rotor_import.model.change import HeldField, Hold, Place
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS, Value
from rotor_import.model.pin import is_planned
from rotor_import.model.rows import Policy, Record, Reject
from rotor_import.model.threeway import Memory, Verdict, decide

KEYLESS = "it has neither a valid phone nor a valid e-mail, so Rotor could never find it again"


@dataclass(frozen=True)
class Busy:
    """What another feed's pending changes touch: rows that meet it wait."""

    customers: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def meets(self, record: Record, customer: str) -> str:
        """The other feed's name, '' where nothing is in the way."""
        if not self.customers and not self.keys:
            return ""
        touched = [self.keys.get((name, record.key(name)), "") for name in KEY_FIELDS]
        return next(filter(None, [self.customers.get(customer, ""), *touched]), "")


@dataclass
class Member:
    """A customer that rows belong to, as the replay goes."""

    records: list[Record] = field(default_factory=list)
    remember: dict[str, Value] = field(default_factory=dict)
    held_keys: dict[str, HeldField] = field(default_factory=dict)
    suspicious: list[Place] = field(default_factory=list)
    follows: str = ""


class Replay:
    """The state of one replay; `run` is called once."""

    def __init__(
        self,
        directory: Directory,
        book: PinBook,
        policy: Policy,
        *,
        picture: Picture,
        memories: Callable[[str, str], Memory | None],
        new_customer: Callable[[], str],
        busy: Busy,
    ) -> None:
        self.picture = picture
        self.members: dict[str, Member] = {}
        self.owners: dict[Place, str] = {}
        self.unapplied: set[tuple[Place, str]] = set()
        self.closed: dict[str, dict[str, str]] = {}
        self._heirs: dict[str, str] = {}
        self.holds: list[Hold] = []
        self.rejects: list[Reject] = []
        self._directory = directory
        self._book = book
        self._policy = policy
        self._memory = memories
        self._new_customer = new_customer
        self._busy = busy
        self._source_keys: dict[str, str] = {}
        self.rulings = Rulings(picture)

    def run(self, records: Sequence[Record]) -> None:
        """Held, refused and decided rows come late, for what they depend on may have changed, and keyless ones last.

        By then the customer of their source key is known, wherever in the file it stands.
        """
        waiting: list[Record] = []
        keyless: list[Record] = []
        for record in records:
            if self._book.keeps(record):
                waiting.append(record)
            elif not record.has_key and record.source_key and not self._owner(record):
                keyless.append(record)
            else:
                self._place(record)
        self._place_released(waiting)
        for record in keyless:
            self._place(record)

    def _place_released(self, waiting: list[Record]) -> None:
        """Look at held rows again where a customer that they named has other keys now."""
        while released := [record for record in waiting if not self._stays(record)]:
            for record in released:
                self._place(record)
            done = {record.place for record in released}
            waiting = [record for record in waiting if record.place not in done]
        for record in waiting:
            self._keep(record)

    def _stays(self, record: Record) -> bool:
        pin = self._book.keeps(record)
        return pin is not None and all(
            self.picture.keys(named.customer) == {"phone": named.phone, "email": named.email} for named in pin.named
        )

    def _keep(self, record: Record) -> None:
        pin = self._book.keeps(record)
        if pin is None:
            return
        if pin.fate == "refused":
            self.rejects.append(Reject(*record.place, "", "", pin.reason))
            return
        hold = Hold(record, pin.reason, tuple(named.customer for named in pin.named), pin.field)
        if pin.fate == "skipped":
            self.rulings.skip(hold)
        elif pin.fate == "kept":
            self.rulings.keep(record, pin)
            cells = self._changed(record, pin.customer)
            unmoved = dict(pin.unmoved)
            self._settle(record, Match(pin.customer, "pin"), {n: v for n, v in cells.items() if n not in unmoved})
        else:
            self._held(hold, kept=True)

    def _held(self, hold: Hold, *, kept: bool = False) -> None:
        """A person's decision counts; without one the row waits for it."""
        record, ruling = hold.record, self.rulings.of(hold, kept=kept)
        if ruling is None:
            self.rulings.withdraw(record)
            self.holds.append(self._reopened(hold))
            return
        if ruling.word == "skip":
            self.rulings.skip(hold)
            return
        customer = ruling.customer
        cells, unmoved = self._free(record, customer)
        refusal = self._refusal(record, customer, cells)
        if refusal:
            self.rulings.refuse(record, refusal)
            self.holds.append(self._reopened(hold))
            return
        self.rulings.decide(hold, ruling, unmoved)
        self._settle(record, Match(customer, "pin" if customer else "new"), cells)

    def _free(self, record: Record, customer: str) -> tuple[dict[str, str], dict[str, str]]:
        """The cells that count and may go to the customer, and those that stay with others."""
        cells = self._changed(record, customer)
        others = {
            name for name, value in cells.items() if name in KEY_FIELDS and self._is_others(customer, name, value)
        }
        if cells.get("id", customer) != customer:
            others.add("id")
        return {name: cells[name] for name in cells if name not in others}, {
            name: cells[name] for name in sorted(others)
        }

    def _is_others(self, customer: str, name: str, value: str) -> bool:
        holders = self.picture.holders(name, value)
        return bool(holders) and customer not in holders

    def _refusal(self, record: Record, customer: str, cells: Mapping[str, str]) -> str:
        """Why what a person decided cannot be done, '' where it can."""
        if self._busy.meets(record, customer):
            return BUSY
        if customer and customer not in self.picture and (is_planned(customer) or not self._is_there(customer)):
            return NOT_THERE
        if not customer and not any(name in cells for name in KEY_FIELDS) and not self._policy.allow_keyless:
            return NO_KEY_LEFT
        return ""

    def _reopened(self, hold: Hold) -> Hold:
        """In words, where a person had decided about other keys than the row and its customers have now."""
        pin = self._book.stored(hold.record)
        if pin is None or not pin.decision:
            return hold
        return replace(hold, reason=f"{hold.reason}; your decision, {pin.decision}, was about other keys")

    def _place(self, record: Record) -> None:
        owner = self._owner(record)
        cells = self._changed(record, owner)
        found = match(owner, cells, self.picture, self._policy.on_conflict)
        if isinstance(found, Conflict):
            self._hold(record, found)
            return
        if not found.customer and not record.has_key and not self._policy.allow_keyless:
            self.rejects.append(Reject(*record.place, "", "", KEYLESS))
            return
        refusal = self._objection(record, found)
        if refusal is not None:
            self._held(refusal)
            return
        self._settle(record, found, cells)

    def _owner(self, record: Record) -> str:
        """Whose the row is known to be, '' if that is open. A planned customer that was dropped owns none."""
        pin = self._book.find(record)
        candidates = [pin.customer if pin else None]
        if record.source_key:
            candidates += [self._source_keys.get(record.source_key), self._book.owner(record.source_key)]
        for customer in candidates:
            if customer and (customer in self.picture or not is_planned(customer)):
                return customer
        return ""

    def _changed(self, record: Record, owner: str) -> dict[str, str]:
        """The row's keys that count: all of a new row, else those that changed since they were applied."""
        pin = self._book.find(record)
        cells = {"id": record.id, "phone": record.phone, "email": record.email}
        if pin is None or pin.customer != owner:
            return {name: value for name, value in cells.items() if value}
        return {name: value for name, value in cells.items() if value and value != pin.cell(name)}

    def _objection(self, record: Record, found: Match) -> Hold | None:
        customer = found.customer
        feed = self._busy.meets(record, customer)
        if feed:
            reason = f"it touches a customer or key with a change pending from the feed {feed}"
            return Hold(record, reason, (customer,) if customer else (), sticky=False)
        known = customer and not is_planned(customer)
        if known and self._directory.complete and customer not in self._directory.customers:
            what = "Rotor does not know its id" if found.by == "id" else "its customer is gone from Rotor"
            return Hold(record, what, (customer,), "id", sticky=False)
        if found.by == "phone" and self._policy.hold_suspicious and self._looks_strange(record, customer):
            reason = "it shares its phone with another row or customer, but neither last name nor e-mail"
            return Hold(record, reason, (customer,), "phone")
        return None

    def _looks_strange(self, record: Record, customer: str) -> bool:
        members = self.members.get(customer, Member()).records
        return strangers(record, members, self._directory.customers.get(customer))

    def _settle(self, record: Record, found: Match, cells: Mapping[str, str]) -> None:
        customer, follows = self._latest(found.customer) or self._new_customer(), ""
        moves, verdicts = self._moves(customer, cells)
        if found.customer and (customer in self.closed or self._loses_a_key(customer, moves)):
            self._close(customer)
            follows = customer if found.by == "pin" else ""
            customer = self._new_customer()
            moves, verdicts = self._moves(customer, cells)
        rivals = self.picture.rivals(customer, moves.items())
        if rivals and self._policy.on_conflict == "hold":
            name = next(iter(moves))
            reason = CONFLICT.format(mine="row", theirs=name)
            self._held(Hold(record, reason, (customer, *sorted(rivals)), name))
            return
        strange = found.by == "phone" and self._looks_strange(record, customer)
        if customer not in self.picture:
            self.picture.add(customer)
        for name, value in moves.items():
            self.picture.move(customer, name, value)
        self._join(record, customer, cells, verdicts, strange=strange)
        if follows:
            self.members[customer].follows = follows
            self._heirs[follows] = customer

    def _latest(self, customer: str) -> str:
        """The record that a customer's further rows go into, where it had to be split."""
        while customer in self._heirs:
            customer = self._heirs[customer]
        return customer

    def _close(self, customer: str) -> None:
        """Let nobody match this record any more: what comes now has to be sent after it."""
        self.closed.setdefault(customer, self.picture.keys(customer))
        for name in KEY_FIELDS:
            self.picture.move(customer, name, "")

    def _loses_a_key(self, customer: str, moves: Mapping[str, str]) -> bool:
        """Without the whole directory a record must carry every key of its rows, or be sent before them."""
        if self._directory.complete or not is_planned(customer):
            return False
        return any(self.picture.key(customer, name) not in ("", value) for name, value in moves.items())

    def _moves(self, customer: str, cells: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Verdict]]:
        """The keys that the customer shall have after this row, and why."""
        moves, verdicts = {}, {}
        for name in KEY_FIELDS:
            if value := cells.get(name):
                held = self._held_key(customer, name)
                verdict = decide(
                    value,
                    held,
                    self._memory(customer, name),
                    write=self._policy.write.get(name, "always"),
                    on_both=self._policy.on_both,
                )
                verdicts[name] = verdict
                moves[name] = value if verdict in (Verdict.SEND, Verdict.EQUAL) else self._stored(customer, name)
        return moves, verdicts

    def _held_key(self, customer: str, name: str) -> str | None:
        known = self._directory.customers.get(customer)
        if known is not None:
            return known.key(name)
        return "" if is_planned(customer) else None

    def _stored(self, customer: str, name: str) -> str:
        known = self._directory.customers.get(customer)
        normal = "" if known is None else known.phone if name == "phone" else known.email
        return normal or self.picture.key(customer, name)

    def _join(
        self,
        record: Record,
        customer: str,
        cells: Mapping[str, str],
        verdicts: Mapping[str, Verdict],
        *,
        strange: bool,
    ) -> None:
        member = self.members.setdefault(customer, Member())
        member.records.append(record)
        self.owners[record.place] = customer
        if record.source_key:
            self._source_keys[record.source_key] = customer
        if strange:
            member.suspicious.append(record.place)
        for name, verdict in verdicts.items():
            member.remember.pop(name, None)
            member.held_keys.pop(name, None)
            if verdict in (Verdict.SEND, Verdict.EQUAL):
                member.remember[name] = cells[name]
            if verdict is Verdict.HOLD:
                held = self._held_key(customer, name) or ""
                member.held_keys[name] = HeldField(customer, record.place, name, cells[name], held)
                self.unapplied.add((record.place, name))

    def _hold(self, record: Record, conflict: Conflict) -> None:
        known = [customer for customer in conflict.named if is_planned(customer) or self._is_there(customer)]
        gone = len(known) < len(conflict.named)
        self._held(Hold(record, conflict.reason, conflict.named, conflict.field, sticky=not gone))

    def _is_there(self, customer: str) -> bool:
        return not self._directory.complete or customer in self._directory.customers


def clear_keys(replay: Replay, names: Iterable[str], memories: Callable[[str, str], Memory | None]) -> None:
    """Where the mapping clears a key, take it from customers whose rows all leave it blank."""
    for customer, member in replay.members.items():
        for name in names:
            blank = not any(record.key(name) for record in member.records)
            held = replay.picture.key(customer, name)
            if blank and held and decide("", held, memories(customer, name)) is Verdict.SEND:
                replay.picture.move(customer, name, "")
                member.remember[name] = ""
