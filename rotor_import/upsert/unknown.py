"""Customers without phone and email whose create got no answer: first they are looked for in Rotor.

Rotor would create them again each time they are sent, so those about which nobody can tell stay unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.fields import KEY_FIELDS, UNREADABLE_FIELDS, Values
from rotor_import.upsert.payload import baselines

Search = Callable[[str], Sequence[Customer] | None]
"""Everybody that Rotor finds for a text; None if it cannot be asked or finds too many."""

_NAMES = ("first_name", "last_name", "company_name")
_NO_KEYS = dict.fromkeys(KEY_FIELDS, "")


def lookalikes(values: Values, customers: Iterable[Customer]) -> tuple[str, ...]:
    """The keyless ones of these customers that could be taken for a new customer with these values."""
    return tuple(customer.id for customer in _alike(_letters(values), customers))


def look_for(
    changes: Sequence[PendingChange], directory: Directory, outbox: Outbox, search: Search
) -> list[PendingChange]:
    """The changes that are left: those that were carried out are acknowledged, and left out.

    One that Rotor certainly does not hold may be sent again, and is no longer unknown.
    """
    alike: dict[tuple[str, ...], list[PendingChange]] = defaultdict(list)
    for change in changes:
        if change.unknown and change.keyless:
            alike[_letters(_values(change))].append(change)
    if not alike:
        return list(changes)
    claimed = outbox.claimed()
    decided: dict[str, PendingChange | None] = {}
    for letters, doubtful in alike.items():
        customers = directory.customers.values() if directory.complete else search(_longest_name(doubtful[0]))
        if customers is not None:
            free = [customer for customer in _alike(letters, customers) if customer.id not in claimed]
            decided |= _decide(doubtful, free, outbox)
    left = (decided.get(change.customer, change) for change in changes)
    return [change for change in left if change is not None]


def _decide(
    doubtful: Sequence[PendingChange], free: Sequence[Customer], outbox: Outbox
) -> dict[str, PendingChange | None]:
    """What is left of each of these changes that look alike: None if it was carried out; absent if nobody can tell.

    `free` are the customers that could be theirs: those that no row of any file belongs to.
    """
    complete = all(change.lookalikes is not None for change in doubtful)
    if complete:
        before = {id_ for change in doubtful for id_ in change.lookalikes or ()}
        free = [customer for customer in free if customer.id not in before]
    certain = complete and len(free) <= len(doubtful) and all(_is_as_sent(doubtful[0], customer) for customer in free)
    if free and not certain:
        return {}
    decided: dict[str, PendingChange | None] = {}
    for change, customer in zip(doubtful, free, strict=False):
        _acknowledge(change, customer, outbox)
        decided[change.customer] = None
    for change in doubtful[len(free) :]:
        decided[change.customer] = known = replace(change, unknown=False)
        outbox.revise(change, known, {})
    return decided


def _alike(letters: tuple[str, ...], customers: Iterable[Customer]) -> Iterator[Customer]:
    """Customers without phone and email whose names have these letters."""
    return (
        customer
        for customer in customers
        if not customer.phone and not customer.email and _letters(customer.values) == letters
    )


def _acknowledge(change: PendingChange, customer: Customer, outbox: Outbox) -> None:
    outcome = replace(change.ended("created"), id=customer.id)
    outbox.acknowledge(change, customer.values, _NO_KEYS, baselines(change, customer.values, _NO_KEYS), outcome)


def _values(change: PendingChange) -> Values:
    return {field.field: field.after for field in change.fields}


def _is_as_sent(change: PendingChange, customer: Customer) -> bool:
    """Whether Rotor holds just what was sent, as far as it can be read back."""
    readable = ((name, value) for name, value in _values(change).items() if name not in UNREADABLE_FIELDS)
    return all(customer.values.get(name, "") == value for name, value in readable)


def _letters(values: Mapping[str, object]) -> tuple[str, ...]:
    """The names without case, spaces and punctuation, which survive whatever Rotor makes of a spelling."""
    names = [values.get(name, "") for name in _NAMES]
    if not any(names):
        names = [value for name, value in sorted(values.items()) if name not in UNREADABLE_FIELDS]
    return tuple("".join(filter(str.isalnum, str(name).casefold())) for name in names)


def _longest_name(change: PendingChange) -> str:
    values = _values(change)
    return max((str(values.get(name, "")) for name in _NAMES), key=len)
