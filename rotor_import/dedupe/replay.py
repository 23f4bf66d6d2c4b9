"""Replays Rotor's own rule over the rows, one after another, starting from what Rotor holds.

For each row: link, match, compute the keys that its customer shall have, check that nobody else holds them,
move. Checking when a key is taken, and not only when it is matched, is what keeps this free of special cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rotor_import.dedupe.decisions import BUSY, NO_KEY_LEFT, NOT_THERE, Rulings, parted, reopened
from rotor_import.dedupe.fold import strangers
from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.match import CONFLICT, Conflict, Match, match
from rotor_import.dedupe.merge_state import Member, PendingElsewhere
from rotor_import.model.change import HeldField, Hold, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import is_planned
from rotor_import.model.rows import Policy, Record, Reject
from rotor_import.model.three_way import Baseline, Verdict, decide

KEYLESS = "it has neither a valid phone nor a valid e-mail, so Rotor could never find it again"


class Replay:
    """The state of one replay; `run` is called once."""

    def __init__(
        self,
        directory: Directory,
        link_index: LinkIndex,
        policy: Policy,
        *,
        key_index: KeyIndex,
        baselines: Callable[[str, str], Baseline | None],
        new_customer: Callable[[], str],
        elsewhere: PendingElsewhere,
    ) -> None:
        self.key_index = key_index
        self.members: dict[str, Member] = {}
        self.owners: dict[RowRef, str] = {}
        self.unapplied: set[tuple[RowRef, str]] = set()
        self.sealed: dict[str, dict[str, str]] = {}
        self._successors: dict[str, str] = {}
        self.holds: list[Hold] = []
        self.rejects: list[Reject] = []
        self._directory = directory
        self._links = link_index
        self._policy = policy
        self._baseline = baselines
        self._new_customer = new_customer
        self._elsewhere = elsewhere
        self._source_keys: dict[str, str] = {}
        self.rulings = Rulings(key_index)

    def run(self, records: Sequence[Record]) -> None:
        """Held, refused and decided rows come late, for what they depend on may have changed, and keyless ones last.

        By then the customer of their source key is known, wherever in the file it stands.
        """
        waiting: list[Record] = []
        keyless: list[Record] = []
        for record in records:
            if self._links.keeps(record):
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
            done = {record.ref for record in released}
            waiting = [record for record in waiting if record.ref not in done]
        for record in waiting:
            self._keep(record)

    def _stays(self, record: Record) -> bool:
        link = self._links.keeps(record)
        return link is not None and all(
            self.key_index.keys(named.customer) == {"phone": named.phone, "email": named.email} for named in link.named
        )

    def _keep(self, record: Record) -> None:
        link = self._links.keeps(record)
        if link is None:
            return
        if link.fate == "refused":
            self.rejects.append(Reject(*record.ref, "", "", link.reason))
            return
        hold = Hold(record, link.reason, tuple(named.customer for named in link.named), link.field)
        if link.fate == "skipped":
            self.rulings.skip(hold)
        elif link.fate == "kept":
            self.rulings.keep(record, link)
            cells = self._changed(record, link.customer)
            unmoved = dict(link.unmoved)
            self._settle(record, Match(link.customer, "link"), {n: v for n, v in cells.items() if n not in unmoved})
        else:
            self._held(hold, kept=True)

    def _held(self, hold: Hold, *, kept: bool = False) -> None:
        """A person's decision counts; without one the row waits for it."""
        record, ruling = hold.record, self.rulings.of(hold, kept=kept)
        if ruling is None:
            self.rulings.withdraw(record)
            self.holds.append(reopened(hold, self._links.stored(record)))
            return
        if ruling.word == "skip":
            self.rulings.skip(hold)
            return
        customer = ruling.customer
        cells, unmoved = parted(self._changed(record, customer), customer, self.key_index)
        refusal = self._refusal(record, customer, cells)
        if refusal:
            self.rulings.refuse(record, refusal)
            self.holds.append(reopened(hold, self._links.stored(record)))
            return
        self.rulings.decide(hold, ruling, unmoved)
        self._settle(record, Match(customer, "link" if customer else "new"), cells)

    def _refusal(self, record: Record, customer: str, cells: Mapping[str, str]) -> str:
        """Why what a person decided cannot be done, '' where it can."""
        if self._elsewhere.meets(record, customer):
            return BUSY
        if customer and customer not in self.key_index and (is_planned(customer) or not self._is_there(customer)):
            return NOT_THERE
        if not customer and not any(name in cells for name in KEY_FIELDS) and not self._policy.allow_keyless:
            return NO_KEY_LEFT
        return ""

    def _place(self, record: Record) -> None:
        owner = self._owner(record)
        cells = self._changed(record, owner)
        found = match(owner, cells, self.key_index, self._policy.on_conflict)
        if isinstance(found, Conflict):
            self._hold(record, found)
            return
        if not found.customer and not record.has_key and not self._policy.allow_keyless:
            self.rejects.append(Reject(*record.ref, "", "", KEYLESS))
            return
        refusal = self._objection(record, found)
        if refusal is not None:
            self._held(refusal)
            return
        self._settle(record, found, cells)

    def _owner(self, record: Record) -> str:
        """Whose the row is known to be, '' if that is open. A planned customer that was dropped owns none."""
        link = self._links.find(record)
        candidates = [link.customer if link else None]
        if record.source_key:
            candidates += [self._source_keys.get(record.source_key), self._links.owner(record.source_key)]
        for customer in candidates:
            if customer and (customer in self.key_index or not is_planned(customer)):
                return customer
        return ""

    def _changed(self, record: Record, owner: str) -> dict[str, str]:
        """The row's keys that count: all of a new row, else those that changed since they were applied."""
        link = self._links.find(record)
        cells = {"id": record.id, "phone": record.phone, "email": record.email}
        if link is None or link.customer != owner:
            return {name: value for name, value in cells.items() if value}
        return {name: value for name, value in cells.items() if value and value != link.cell(name)}

    def _objection(self, record: Record, found: Match) -> Hold | None:
        customer = found.customer
        feed = self._elsewhere.meets(record, customer)
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
        customer, succeeds = self._latest(found.customer) or self._new_customer(), ""
        moves, verdicts = self._moves(customer, cells)
        if found.customer and (customer in self.sealed or self._loses_a_key(customer, moves)):
            self._seal(customer)
            succeeds = customer if found.by == "link" else ""
            customer = self._new_customer()
            moves, verdicts = self._moves(customer, cells)
        rivals = self.key_index.rivals(customer, moves.items())
        if rivals and self._policy.on_conflict == "hold":
            name = next(iter(moves))
            reason = CONFLICT.format(mine="row", theirs=name)
            self._held(Hold(record, reason, (customer, *sorted(rivals)), name))
            return
        strange = found.by == "phone" and self._looks_strange(record, customer)
        if customer not in self.key_index:
            self.key_index.add(customer)
        for name, value in moves.items():
            self.key_index.move(customer, name, value)
        self._join(record, customer, cells, verdicts, strange=strange)
        if succeeds:
            self.members[customer].succeeds = succeeds
            self._successors[succeeds] = customer

    def _latest(self, customer: str) -> str:
        """The record that a customer's further rows go into, where it had to be split."""
        while customer in self._successors:
            customer = self._successors[customer]
        return customer

    def _seal(self, customer: str) -> None:
        """Let nobody match this record any more: what comes now has to be sent after it."""
        self.sealed.setdefault(customer, self.key_index.keys(customer))
        for name in KEY_FIELDS:
            self.key_index.move(customer, name, "")

    def _loses_a_key(self, customer: str, moves: Mapping[str, str]) -> bool:
        """Without the whole directory a record must carry every key of its rows, or be sent before them."""
        if self._directory.complete or not is_planned(customer):
            return False
        return any(self.key_index.key(customer, name) not in ("", value) for name, value in moves.items())

    def _moves(self, customer: str, cells: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Verdict]]:
        """The keys that the customer shall have after this row, and why."""
        moves, verdicts = {}, {}
        for name in KEY_FIELDS:
            if value := cells.get(name):
                held = self._held_key(customer, name)
                verdict = decide(
                    value,
                    held,
                    self._baseline(customer, name),
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
        return normal or self.key_index.key(customer, name)

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
        self.owners[record.ref] = customer
        if record.source_key:
            self._source_keys[record.source_key] = customer
        if strange:
            member.suspicious.append(record.ref)
        for name, verdict in verdicts.items():
            member.key_baselines.pop(name, None)
            member.held_keys.pop(name, None)
            if verdict in (Verdict.SEND, Verdict.EQUAL):
                member.key_baselines[name] = cells[name]
            if verdict is Verdict.HOLD:
                held = self._held_key(customer, name) or ""
                member.held_keys[name] = HeldField(customer, record.ref, name, cells[name], held)
                self.unapplied.add((record.ref, name))

    def _hold(self, record: Record, conflict: Conflict) -> None:
        known = [customer for customer in conflict.named if is_planned(customer) or self._is_there(customer)]
        gone = len(known) < len(conflict.named)
        self._held(Hold(record, conflict.reason, conflict.named, conflict.field, sticky=not gone))

    def _is_there(self, customer: str) -> bool:
        return not self._directory.complete or customer in self._directory.customers
