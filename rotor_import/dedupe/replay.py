"""Replays Rotor's own rule over the rows, one after another, starting from what Rotor holds.

For each row: find its link, match it, work out the keys that its customer shall have, check that nobody else holds
them, and move them. Keys are checked when they are taken, and not only when they are matched: so no case is special.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from rotor_import.dedupe.background import Background
from rotor_import.dedupe.decisions import (
    KEYLESS,
    NO_KEY_LEFT,
    NOT_THERE,
    WAITS,
    Choice,
    Decisions,
    asked_again,
    split_by_holder,
)
from rotor_import.dedupe.gone import GoneCustomers
from rotor_import.dedupe.key_moves import KeyMoves
from rotor_import.dedupe.match import Conflict, Match, match_row
from rotor_import.dedupe.meetings import Apart
from rotor_import.dedupe.merge_state import Member
from rotor_import.dedupe.strangers import Strangers
from rotor_import.model.change import Hold, RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.policy import Policy
from rotor_import.model.row_link import is_planned
from rotor_import.model.rows import Record, Reject
from rotor_import.model.three_way import Verdict


class Replay:
    """The state of one replay; `run` is called once."""

    def __init__(
        self,
        directory: Directory,
        policy: Policy,
        strangers: Strangers,
        *,
        background: Background,
        decisions: Decisions,
        new_customer: Callable[[], str],
    ) -> None:
        self.links = strangers.links
        self.key_index = strangers.key_index
        self.strangers = strangers
        self.decisions = decisions
        self.members: dict[str, Member] = {}
        self.owners: dict[RowRef, str] = {}
        self.unapplied: set[tuple[RowRef, str]] = set()
        self.sealed: dict[str, dict[str, str]] = {}
        """Customers that take no more rows, with the keys that their record sends."""
        self.holds: list[Hold] = []
        self.named: set[str] = set()
        """The customers that held rows name."""
        self.rejects: list[Reject] = []
        self._directory = directory
        self._policy = policy
        self._background = background
        self._skipped = strangers.shared.skipped
        self._owners = strangers.owners
        self._new_name = new_customer
        self._key_moves = KeyMoves(directory, self.key_index, policy, background.baseline, decisions.about_keys)
        self._gone = GoneCustomers(self.links.links, directory, self.key_index)
        self._successors: dict[str, str] = {}

    def run(self, records: Sequence[Record]) -> None:
        """Held, refused and decided rows come late, since what they depend on may have changed, and keyless rows last.

        By then the customer of their source key is known, wherever in the file it stands.
        """
        self.strangers.hold_as_before(records)
        waiting: list[Record] = []
        keyless: list[Record] = []
        for record in records:
            if record.ref in self._skipped:
                self.decisions.skip(self._skipped[record.ref])
            elif self.strangers.comes_late(record):
                waiting.append(record)
            elif self.strangers.waits_for_its_source_key(record):
                keyless.append(record)
            elif not self._place_row(record):
                waiting.append(record)
        self._look_again_at_gone()
        self._place_released(waiting)
        for record in keyless:
            self._place_row(record, late=True)

    def _look_again_at_gone(self) -> None:
        """Look again at rows held for a gone customer's key, which a decision about a later row may have given away."""
        gone = [hold for hold in self.holds if hold.kind == "gone"]
        if gone and self.decisions.decided:
            self.holds = [hold for hold in self.holds if hold.kind != "gone"]
            self.named = {customer for hold in self.holds for customer in hold.named}
            for hold in gone:
                self._place_row(hold.record, late=True)

    def _place_released(self, waiting: list[Record]) -> None:
        """Look at held rows again where a customer that they named has other keys now."""
        while released := [record for record in waiting if not self._stays_held(record)]:
            for record in released:
                self._place_row(record, late=True)
            done = {record.ref for record in released}
            waiting = [record for record in waiting if record.ref not in done]
        for record in waiting:
            self._keep(record)

    def _stays_held(self, record: Record) -> bool:
        apart = self.strangers.stays_apart(record)
        link = self.strangers.keeps(record)
        if apart is not None and (not apart or link is None):
            return apart
        if link is None or (link.fate == "kept" and link.customer in self._gone):
            return False
        return all(
            self.key_index.keys(named.customer) == {"phone": named.phone, "email": named.email} for named in link.named
        )

    def _keep(self, record: Record) -> None:
        """Leave a row as the run that held, refused or decided it left it."""
        link = self.strangers.keeps(record)
        if self.strangers.keep_apart(record) or link is None:
            return
        hold = Hold(record, link.reason, link.named_customers, link.field)
        match link.fate:
            case "refused":
                self.rejects.append(Reject(*record.ref, "", "", link.reason))
            case "skipped":
                self.decisions.skip(hold)
            case "held":
                self._decide_or_hold(hold, kept=True)
            case "kept":
                self.decisions.keep(record, link)
                unmoved = dict(link.unmoved)
                changed = self._owners.changed(record, link.customer).items()
                cells = {name: value for name, value in changed if name not in unmoved}
                self._settle(record, Match(link.customer, "link"), cells)
            case unhandled:
                assert_never(unhandled)

    def _decide_or_hold(self, hold: Hold, *, kept: bool = False) -> None:
        """Apply a person's decision; without one the row waits for it."""
        record, choice = hold.record, self.decisions.choice(hold, kept=kept)
        if choice is None:
            self.decisions.withdraw(record)
            self.hold(hold)
            return
        match choice.word:
            case "skip":
                self.decisions.skip(hold)
            case "create" | "use A" | "use B":
                self._carry_out(hold, choice)
            case unhandled:
                assert_never(unhandled)

    def hold(self, hold: Hold) -> None:
        """Keep a row on hold, and tell what a person decided about it before."""
        asked = asked_again(hold, self.links.stored(hold.record))
        self.holds.append(asked)
        self.named.update(asked.named)

    def _carry_out(self, hold: Hold, choice: Choice) -> None:
        record, owner = hold.record, self._owners.owner(hold.record)
        customer = choice.customer or self._gone.created_for(owner)
        cells, unmoved = split_by_holder(self._owners.changed(record, customer), customer, self.key_index)
        refusal = self._refusal(record, customer, cells)
        if refusal:
            self.decisions.refuse(record, refusal)
            self.hold(hold)
            return
        self.decisions.decide(hold, choice, unmoved)
        self._settle(record, Match(customer, "link" if customer else "new"), cells)
        if hold.kind == "gone" and record.ref in self.owners:
            self._gone.settle(cells, owner, "" if choice.customer else self.owners[record.ref])

    def _refusal(self, record: Record, customer: str, cells: Mapping[str, str]) -> str:
        """Why what a person decided cannot be done, '' where it can."""
        if self._background.elsewhere.feed_in_the_way(record, customer):
            return WAITS
        if customer and customer not in self.key_index and (is_planned(customer) or customer in self._gone):
            return NOT_THERE
        if not customer and not any(name in cells for name in KEY_FIELDS) and not self._policy.matching.allow_keyless:
            return NO_KEY_LEFT
        return ""

    def place(self, record: Record) -> bool:
        """Place a row anew; whether it has a customer then."""
        return self._place_row(record) and record.ref in self.owners

    def _place_row(self, record: Record, *, late: bool = False) -> bool:
        """Whether the row has its place; one with a key that may be anybody's waits, unless it is `late`."""
        owner = self._owners.owner(record)
        cells = self._owners.changed(record, owner)
        known = owner or cells.get("id", "")
        is_gone = Match(known, "link" if owner else "id") if known in self._gone else None
        found = is_gone or match_row(owner, cells, self.key_index, self._policy.matching.on_conflict)
        if isinstance(found, Conflict):
            self._hold_conflict(record, found)
            return True
        if not found.customer:
            found = self.strangers.among_losers(record) or found
        objection = self._objection(record, found, cells)
        if objection is not None:
            self._decide_or_hold(objection)
        elif not found.customer and not record.has_key and not self.strangers.may_be_keyless(record, late=late):
            return self._keep_without_key(record, late=late)
        elif self.strangers.is_settled(record, found):
            self._settle(record, found, cells)
            self.strangers.vouch(self.owners.get(record.ref, ""))
        elif self.strangers.waits(record, found.customer, late=late):
            return late
        else:
            self._join(record, found, cells)
        return True

    def _keep_without_key(self, record: Record, *, late: bool) -> bool:
        if not late and self.strangers.may_find_others(record):
            return False
        if self.strangers.waits(record, "", late=late):
            return late
        if not self.strangers.keep_without_key(record):
            self.rejects.append(Reject(*record.ref, "", "", KEYLESS))
        return True

    def _join(self, record: Record, found: Match, cells: Mapping[str, str]) -> None:
        """Let a row join those whom it fits."""
        key = self.strangers.deciding_key(record, found)
        if key is not None and self.strangers.is_apart(record, key, found.customer):
            self.strangers.meetings.keep_apart(Apart(record, key, found.customer))
            return
        self._settle(record, found, cells)
        if record.ref in self.owners:
            self.strangers.join(record, key, found.customer)

    def _objection(self, record: Record, found: Match, cells: Mapping[str, str]) -> Hold | None:
        """Why a row that matched a customer must not join it, None where it may."""
        customer = found.customer
        feed = self._background.elsewhere.feed_in_the_way(record, customer)
        if feed:
            reason = f"waiting for a change of the same customer, phone or email from the feed {feed}"
            return Hold(record, reason, (customer,) if customer else (), sticky=False)
        return self._gone.hold(record, customer, cells, by_id=found.by == "id")

    def _settle(self, record: Record, found: Match, cells: Mapping[str, str]) -> None:
        customer, succeeds = self._latest_record(found.customer) or self._new_customer(), ""
        moves, verdicts = self._key_moves.after(customer, cells)
        if found.customer and (customer in self.sealed or self._key_moves.lose_a_key(customer, moves)):
            self._seal(customer)
            succeeds, before = (customer if found.by == "link" else ""), customer
            customer = self._new_customer()
            self.strangers.everybody.follow(customer, before)
            moves, verdicts = self._key_moves.after(customer, cells)
        conflict = self._key_moves.conflict(record, customer, moves)
        if conflict is not None:
            self._decide_or_hold(conflict)
            return
        if customer not in self.key_index:
            self.key_index.add(customer)
        for name, value in moves.items():
            self.key_index.move(customer, name, value)
        self._add_row(record, customer, verdicts)
        if succeeds:
            self.members[customer].succeeds = succeeds
            self._successors[succeeds] = customer

    def _new_customer(self) -> str:
        customer = self._new_name()
        self.strangers.create(customer)
        return customer

    def _latest_record(self, customer: str) -> str:
        """The record that a customer's further rows go into, where it had to be split."""
        while customer in self._successors:
            customer = self._successors[customer]
        return customer

    def _seal(self, customer: str) -> None:
        """Take a record's keys away, so that no further row joins it: rows that follow have to be sent after it."""
        self.sealed.setdefault(customer, self.key_index.keys(customer))
        for name in KEY_FIELDS:
            self.key_index.move(customer, name, "")

    def _add_row(self, record: Record, customer: str, verdicts: Mapping[str, Verdict]) -> None:
        held = {name: self._key_moves.held(customer, name) or "" for name in verdicts}
        unapplied = self.members.setdefault(customer, Member()).add(record, customer, verdicts, held)
        self.unapplied.update((record.ref, name) for name in unapplied)
        self.owners[record.ref] = customer
        self.strangers.add(record, customer)

    def _hold_conflict(self, record: Record, conflict: Conflict) -> None:
        gone = any(customer in self._gone for customer in conflict.named)
        self._decide_or_hold(Hold(record, conflict.reason, conflict.named, conflict.field, sticky=not gone))
