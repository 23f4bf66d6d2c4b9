"""Keeps rows from joining somebody else by one key, while the replay goes through them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import assert_never

from rotor_import.dedupe.everybody import Everybody
from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.losers import Losers
from rotor_import.dedupe.lost_keys import FIRM, Key, carried, cell, held_for
from rotor_import.dedupe.match import Match
from rotor_import.dedupe.meetings import Apart, Joined, Meetings
from rotor_import.dedupe.row_owners import RowOwners
from rotor_import.dedupe.shared_keys import Barred, SharedKeys
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import RowLink
from rotor_import.model.rows import Record


class Strangers:
    """Who joined whom in one pass of the replay, and who was kept apart."""

    def __init__(self, directory: Directory, links: LinkIndex, key_index: KeyIndex, shared: SharedKeys) -> None:
        self.meetings = Meetings()
        self.firm: dict[RowRef, str] = {}
        """Rows that are held as before without another look, and as what."""
        self.links = links
        self.key_index = key_index
        self.shared = shared
        self.everybody = Everybody(directory)
        self._directory = directory
        self.owners = RowOwners(links, shared, key_index)
        self._new: set[str] = set()
        self._records: Sequence[Record] = ()
        self._losers: dict[Key, Losers] = defaultdict(Losers)
        for key, customers in shared.lost.losers.items():
            for customer in customers:
                self._losers[key].add(customer, self.everybody.traits(customer))
        self._held_for: dict[RowRef, Key] = {}

    def create(self, customer: str) -> None:
        """Tell a customer that this import makes from those that were known."""
        self._new.add(customer)

    def vouch(self, customer: str) -> None:
        """A row about which nothing is to be asked is the customer's, who counts as known from now on."""
        self._new.discard(self.everybody.root(customer))

    def is_new(self, customer: str) -> bool:
        """Whether nobody knew the customer before this import."""
        return self.everybody.root(customer) in self._new

    def is_settled(self, record: Record, found: Match) -> bool:
        """Whether nothing is to be asked about the row: it was imported as it is, or a person decided about its key.

        A row that keeps its key because of the decision `separate` is still compared with everyone else who has it.
        """
        if self.owners.is_as_applied(record):
            return True
        word = self.shared.words.get(record.ref)
        if word not in ("same", "separate") or record.ref in self.shared.leaving:
            return False
        key = self.deciding_key(record, found)
        said = key in self.shared.decided[record.ref] or self.owners.is_said(record, found.customer)
        return key is None or (word == "same" and said)

    def is_decided_or_applied(self, record: Record) -> bool:
        return record.ref in self.shared.words or self.owners.is_as_applied(record)

    def is_same(self, record: Record) -> bool:
        """Whether a person said of the row as it is that it belongs to its customer."""
        if record.ref in self.shared.words:
            return self.shared.words[record.ref] == "same"
        link = self.links.stored(record)
        return link is not None and link.decision == "same" and self.owners.is_as_applied(record)

    def known_keys(self, customer: str) -> set[Key]:
        """The keys that Rotor says the customer has."""
        known = self._directory.customers.get(customer)
        return {("phone", known.phone), ("email", known.email), ("id", customer)} if known is not None else set()

    def hold_as_before(self, records: Sequence[Record]) -> None:
        """Hold rows again that were held because nobody knew whose their key is, if nobody has it now."""
        self._records = records
        groups: dict[tuple[str, Key], list[Record]] = defaultdict(list)
        for record in records:
            link = self.keeps(record)
            key = held_for(link) if link is not None and not link.named else None
            if link is not None and key is not None:
                groups[link.group, key].append(record)
        having = self._having(records) if groups else Counter()
        for (_, key), rows in groups.items():
            if not self._holder(key) and (key[0] == "link" or having[key] > 1):
                self._held_for.update((record.ref, key) for record in rows)
                self.shared.closed.add(key)

    def _having(self, records: Sequence[Record]) -> Counter[Key]:
        """How many rows still have each key: others that had it may have lost it since."""
        lost = self.shared.lost
        return Counter(key for record in records for key in carried(record) if key[0] not in lost.of(record))

    @cached_property
    def carried(self) -> Counter[Key]:
        """How many rows have each key."""
        return Counter(key for record in self._records for key in carried(record))

    def keeps(self, record: Record) -> RowLink | None:
        """The link of a row that stays as the last import left it, unless something was decided about it since."""
        link = None if record.ref in self.shared.words else self.links.keeps(record)
        key = held_for(link) if link is not None else None
        return None if key is not None and key[0] in self.shared.lost.of(record) else link

    def comes_late(self, record: Record) -> bool:
        """Whether the row depends on what becomes of others."""
        if record.ref in self.shared.words:
            return record.ref in self.shared.leaving and self.links.find(record) is not None
        return record.ref in self._held_for or self.keeps(record) is not None

    def waits(self, record: Record, customer: str, *, late: bool) -> bool:
        """Whether the row has a key of which nobody knows whose it is, and would be a new customer's."""
        closed = self.shared.closed_key(record) if not customer or self.is_new(customer) else None
        if closed is None:
            return False
        self._held_for[record.ref] = closed
        if late:
            self.meetings.keep_apart(Apart(record, closed))
        return True

    def stays_apart(self, record: Record) -> bool | None:
        """Whether a row that was held for a shared key is held still; None if it was held for something else."""
        key = self._held_for.get(record.ref)
        if key is not None:
            holder = self._holder(key)
            return not holder or self.is_apart(record, key, holder)
        link = self.keeps(record)
        key = held_for(link) if link is not None else None
        if link is None or key is None:
            return None
        if not link.named:
            return False
        kind = dict(link.unmoved).get(FIRM)
        if kind is not None:
            self.firm[record.ref] = kind
            return True
        return self.is_apart(record, key, link.named[0].customer)

    def keep_apart(self, record: Record) -> bool:
        """Hold the row again, if it was held for a shared key."""
        key = self._held_for.get(record.ref)
        customer = self._holder(key) if key is not None else ""
        link = self.keeps(record)
        if key is None and link is not None and link.named:
            key, customer = held_for(link), link.named[0].customer
        if key is not None:
            self.meetings.keep_apart(Apart(record, key, customer))
        return key is not None

    def bar(self, record: Record, barred: Barred) -> None:
        """Keep a row apart from whoever has its key by now, whether it fits them or not."""
        self.firm[record.ref] = barred.kind
        self.meetings.keep_apart(Apart(record, barred.key, self.holder(barred.key)))

    def holder(self, key: Key) -> str:
        """The customer that has a key after all, '' where there is none, or several."""
        name, value = key
        if name == "source_key":
            return self.owners.of_source_key(value)
        holders = self.key_index.holders(name, value) if name in KEY_FIELDS else ()
        return next(iter(holders)) if len(holders) == 1 else ""

    def _holder(self, key: Key) -> str:
        """The customer from before this import that has a key, '' where there is none."""
        name, value = key
        holders = sorted(self.key_index.holders(name, value)) if name in KEY_FIELDS else []
        if name == "source_key":
            holders = [customer for customer in [self.owners.of_source_key(value)] if customer in self.key_index]
        return next((one for one in holders if not self.is_new(one)), "")

    def keep_without_key(self, record: Record) -> bool:
        """Hold a row that lost its only key by the mapping's word; a person's lets it be created."""
        lost = self.shared.lost.of(record)
        key = next(((name, loss.value) for name, loss in lost.items() if loss.word == "separate"), None)
        if key is not None:
            self.meetings.keep_apart(Apart(record, key, keyless=True))
        return key is not None

    def may_find_others(self, record: Record) -> bool:
        """Whether rows that come later may be the same person, who lost the same key."""
        return any(loss.word == "separate" for loss in self.shared.lost.of(record).values())

    def waits_for_its_source_key(self, record: Record) -> bool:
        """Whether nothing but the source key can say whose the row is, and no row said it so far."""
        waits = not record.has_key and bool(record.source_key) and not self.owners.owner(record)
        return waits and not self.may_find_others(record)

    def may_be_keyless(self, record: Record, *, late: bool) -> bool:
        """Whether the row may be a new customer's without phone and email; for now not, if it may find others."""
        if not late and self.may_find_others(record):
            return False
        return self.shared.matching.allow_keyless or self._is_created_without_key(record)

    def _is_created_without_key(self, record: Record) -> bool:
        """Whether a person said that the row is somebody, whose keys are others' or who has none but the source key."""
        lost = self.shared.lost.of(record).values()
        parted = any(loss.word == "separate" and loss.by_person for loss in lost)
        return parted or self.shared.words.get(record.ref) == "separate"

    def is_apart(self, record: Record, key: Key, customer: str) -> bool:
        if record.ref in self.shared.strange:
            return True
        if record.ref in self.shared.fitting or not self.shared.compares:
            return False
        return not self.shared.fits(self.everybody.compare(customer, record, key[0]))

    def deciding_key(self, record: Record, found: Match) -> Key | None:
        """The key that alone made the row join a customer, None where it joins nobody."""
        match found.by:
            case "new" | "lost":
                return None
            case "phone" | "email" | "id":
                return found.by, cell(record, found.by)
            case "link":
                if record.source_key and "source_key" not in self.shared.lost.of(record):
                    return "source_key", record.source_key
                return self._key_of_cells(record, found.customer)
            case unhandled:
                assert_never(unhandled)

    def _key_of_cells(self, record: Record, customer: str) -> Key:
        """Which of its cells makes known a row that has no source key and is not as it was."""
        if record.phone and self.key_index.key(customer, "phone") == record.phone:
            return "phone", record.phone
        if record.email and self.key_index.key(customer, "email") == record.email:
            return "email", record.email
        return "link", " ".join(filter(None, record.cells.values()))

    def among_losers(self, record: Record) -> Match | None:
        """The customer of rows that lost a key together with this one, if they are the same or a household."""
        for name, loss in self.shared.lost.of(record).items():
            best = ""
            if loss.word != "separate":
                continue
            for customer in self._losers[name, loss.value].near(self.everybody.traits(record)):
                comparison = self.everybody.compare(customer, record, name)
                if customer not in self.key_index or comparison is None:
                    continue
                if comparison.verdict == "same":
                    return Match(customer, "lost")
                if comparison.verdict == "household" and loss.kin:
                    best = best or customer
            if best:
                return Match(best, "lost")
        return None

    def join(self, record: Record, key: Key | None, customer: str) -> None:
        """Take note of a row that joined a customer, and of the keys that it lost on its way there."""
        if key is not None:
            self.meetings.join(Joined(record, key, customer, self.everybody.count(customer)))

    def add(self, record: Record, customer: str) -> None:
        self.everybody.add(customer, record)
        self.owners.join(record, customer)
        for name, loss in self.shared.lost.of(record).items():
            if loss.word == "separate":
                self._losers[name, loss.value].add(customer, self.everybody.traits(record))
