"""New customers without phone and email that Rotor may hold already: first they are looked for there.

A request for one may have got no answer; or this ledger is an older copy of one that has sent it. Rotor would create
them again each time they are sent, so those about which nobody can tell stay unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange
from rotor_import.model.change import FieldChange
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNREADABLE_FIELDS, Values, blank
from rotor_import.model.row_link import is_planned
from rotor_import.model.sameness import lacking_tags
from rotor_import.upsert.payload import baselines

Search = Callable[[str], Sequence[Customer] | None]
"""Everybody that Rotor finds for a text; None if it cannot be asked or finds too many."""

_NAMES = ("first_name", "last_name", "company_name")
_NO_KEYS = dict.fromkeys(KEY_FIELDS, "")


@dataclass
class LookedFor:
    """The changes that are `left`. Of those that this ledger never sent, `proven` are in Rotor, `unclear` may be."""

    left: list[PendingChange] = field(default_factory=list)
    proven: int = 0
    unclear: int = 0


def lookalikes(values: Values, customers: Iterable[Customer]) -> tuple[str, ...]:
    """The keyless ones of these customers that could be taken for a new customer with these values."""
    return tuple(customer.id for customer in _alike(_letters(values), customers))


def look_for(changes: Sequence[PendingChange], directory: Directory, outbox: Outbox, search: Search) -> LookedFor:
    """Those that were carried out are acknowledged, and left out; of what changed since, an update is left.

    One that Rotor certainly does not hold may be sent again, and is no longer unknown. What may be sent now is
    looked for later by what it says now.
    """
    groups: dict[tuple[str, ...], list[PendingChange]] = defaultdict(list)
    for change in changes:
        if change.unfindable or (_is_unfindable_once_sent(change) and directory.complete):
            groups[_letters(change.sought)].append(change)
    return _Looking(directory, outbox, search).run(changes, groups)


def _is_unfindable_once_sent(change: PendingChange) -> bool:
    """It was planned when Rotor's list showed who was there, so whoever is new there may be it."""
    keyless = change.keyless or change.attempted is not None
    return keyless and is_planned(change.customer) and change.lookalikes is not None


class _Looking:
    """One pass over changes whose names are alike, group by group."""

    def __init__(self, directory: Directory, outbox: Outbox, search: Search) -> None:
        self._directory = directory
        self._outbox = outbox
        self._search = search
        self._shown = _by_letters(directory.customers.values()) if directory.complete else None
        """The customers that these might be, by the letters of their names; None if nobody knows all of them."""
        self._decided: dict[str, PendingChange | None] = {}
        """What is left of a change: None if it was carried out; absent if it stays as it is."""
        self._found = LookedFor()

    def run(self, changes: Sequence[PendingChange], groups: Mapping[tuple[str, ...], list[PendingChange]]) -> LookedFor:
        claimed = self._outbox.claimed() if groups else set()
        for letters, group in groups.items():
            customers = self._asked(letters, group) if self._shown is None else self._shown.get(letters, ())
            if customers is not None:
                # Lost answers first: of changes that are alike, those were sent before the others.
                group.sort(key=lambda change: not change.unknown)
                self._decide(group, [customer for customer in customers if customer.id not in claimed])
        left = (self._decided.get(change.customer, change) for change in changes)
        self._found.left = [self._renewed(change) for change in left if change is not None]
        return self._found

    def _renewed(self, change: PendingChange) -> PendingChange:
        """What an earlier plan may have sent was looked for; if the answer is lost now, it is to what is sent now."""
        return change if change.unknown or change.attempted is None else self._never_sent(change)

    def _asked(self, letters: tuple[str, ...], group: Sequence[PendingChange]) -> Sequence[Customer] | None:
        customers = self._search(_longest_name(group[0]))
        return None if customers is None else list(_alike(letters, customers))

    def _decide(self, group: Sequence[PendingChange], free: Sequence[Customer]) -> None:
        """`free` are the customers that could be theirs: those that no row of any file belongs to."""
        complete = all(change.lookalikes is not None for change in group)
        if complete:
            before = {id_ for change in group for id_ in change.lookalikes or ()}
            free = [customer for customer in free if customer.id not in before]
        theirs = _theirs(group, free)
        if theirs is None or (free and not complete):
            self._leave([change for change in group if not change.unknown])
            return
        for change in group:
            if change.customer in theirs:
                self._found.proven += not change.unknown
                self._decided[change.customer] = self._carried_out(change, theirs[change.customer])
            elif change.unknown:
                self._decided[change.customer] = self._never_sent(change)

    def _leave(self, changes: Sequence[PendingChange]) -> None:
        """Nobody can tell whether Rotor holds these, so they are not sent."""
        for change in changes:
            self._found.unclear += 1
            self._decided[change.customer] = self._revised(change, replace(change, unknown=True))

    def _never_sent(self, change: PendingChange) -> PendingChange:
        known = replace(change, unknown=False, attempted=None)
        if change.attempted is not None:
            alike = None if self._shown is None else self._shown.get(_letters(known.sought), ())
            known = replace(known, lookalikes=None if alike is None else tuple(customer.id for customer in alike))
        return self._revised(change, known)

    def _carried_out(self, change: PendingChange, customer: Customer) -> PendingChange | None:
        """What is left to send, if the change said something else when it was sent."""
        tried = change if change.attempted is None else replace(change, fields=change.attempted)
        held = baselines(tried, customer.values, _NO_KEYS)
        fields = () if change.attempted is None else tuple(_since(change))
        if not fields:
            outcome = replace(change.ended("created"), id=customer.id)
            self._outbox.acknowledge(change, customer.values, _NO_KEYS, held, outcome)
            return None
        update = replace(
            change, customer=customer.id, fields=fields, before_keys=_NO_KEYS, unknown=True, attempted=None
        )
        self._outbox.revise(change, update, held, "created")
        return update

    def _revised(self, change: PendingChange, known: PendingChange) -> PendingChange:
        self._outbox.revise(change, known, {})
        return known


def _theirs(group: Sequence[PendingChange], free: Sequence[Customer]) -> Mapping[str, Customer] | None:
    """The customer of each change that was carried out; None where one of them is nobody's for certain."""
    theirs: dict[str, Customer] = {}
    for customer in free:
        waiting = (change for change in group if change.customer not in theirs and _is_as_sent(change, customer))
        change = next(waiting, None)
        if change is None:
            return None
        theirs[change.customer] = customer
    return theirs


def _since(change: PendingChange) -> Iterator[FieldChange]:
    """The fields of which the change says something else than was sent."""
    tried = change.sought
    for own in change.fields:
        before = tried.get(own.field, blank(own.field))
        if own.field == TAGS_FIELD:
            if lacking := lacking_tags(own.after, before):
                yield replace(own, before=before, after=lacking)
        elif own.after != before:
            yield replace(own, before=before)


def _by_letters(customers: Iterable[Customer]) -> Mapping[tuple[str, ...], Sequence[Customer]]:
    """The customers without phone and email, by the letters of their names."""
    found: dict[tuple[str, ...], list[Customer]] = defaultdict(list)
    for customer in customers:
        if not customer.phone and not customer.email:
            found[_letters(customer.values)].append(customer)
    return found


def _alike(letters: tuple[str, ...], customers: Iterable[Customer]) -> Iterator[Customer]:
    """Customers without phone and email whose names have these letters."""
    return (
        customer
        for customer in customers
        if not customer.phone and not customer.email and _letters(customer.values) == letters
    )


def _is_as_sent(change: PendingChange, customer: Customer) -> bool:
    """Whether Rotor holds just what was sent, as far as it can be read back."""
    readable = ((name, value) for name, value in change.sought.items() if name not in UNREADABLE_FIELDS)
    return all(customer.values.get(name, "") == value for name, value in readable)


def _letters(values: Mapping[str, object]) -> tuple[str, ...]:
    """The names without case, spaces and punctuation, which survive whatever Rotor makes of a spelling."""
    names = [values.get(name, "") for name in _NAMES]
    if not any(names):
        names = [value for name, value in sorted(values.items()) if name not in UNREADABLE_FIELDS]
    return tuple("".join(filter(str.isalnum, str(name).casefold())) for name in names)


def _longest_name(change: PendingChange) -> str:
    values = change.sought
    return max((str(values.get(name, "")) for name in _NAMES), key=len)
