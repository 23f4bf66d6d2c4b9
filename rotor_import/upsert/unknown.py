"""Customers without phone and e-mail whose create got no answer: looked for in Rotor, and only then decided.

Rotor would create them anew each time they are sent, so what cannot be decided stays unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import Pending
from rotor_import.model.change import Outcome
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.fields import KEY_FIELDS, UNREADABLE_FIELDS, Values
from rotor_import.upsert.payload import baselines

Search = Callable[[str], Sequence[Customer] | None]
"""Everybody whom Rotor finds for a text; None where it cannot be asked, or finds too many."""

_NAMES = ("first_name", "last_name", "company_name")
_NO_KEYS = dict.fromkeys(KEY_FIELDS, "")


def lookalikes(change_values: Values, customers: Iterable[Customer]) -> tuple[str, ...]:
    """Who was in Rotor before, and could be taken for the new customer."""
    wanted = _letters(change_values)
    return tuple(one.id for one in customers if not one.phone and not one.email and _letters(one.values) == wanted)


def look_for(changes: Sequence[Pending], directory: Directory, outbox: Outbox, search: Search) -> list[Pending]:
    """The changes that are still to be looked after: those that were carried out are acknowledged.

    One that Rotor certainly does not hold may be sent again, and is unknown no more.
    """
    doubtful = [change for change in changes if change.unknown and change.keyless]
    if not doubtful:
        return list(changes)
    alike: dict[tuple[str, ...], list[Pending]] = defaultdict(list)
    for change in doubtful:
        alike[_letters(_values(change))].append(change)
    claimed = outbox.claimed()
    left: dict[str, Pending | None] = {}
    for letters, group in alike.items():
        found = directory.customers.values() if directory.complete else search(_text(_values(group[0])))
        if found is None:
            continue
        fresh = [
            one
            for one in found
            if not one.phone and not one.email and _letters(one.values) == letters and one.id not in claimed
        ]
        left |= _decide(group, fresh, outbox)
    return [kept for change in changes if (kept := left.get(change.customer, change)) is not None]


def _decide(group: Sequence[Pending], fresh: Sequence[Customer], outbox: Outbox) -> dict[str, Pending | None]:
    """What is left of each change: None where it was carried out; one that is not named cannot be decided."""
    before = None if any(change.lookalikes is None for change in group) else _before(group)
    if before is not None:
        fresh = [one for one in fresh if one.id not in before]
    if fresh and (before is None or len(fresh) > len(group) or not all(_same(group[0], one) for one in fresh)):
        return {}
    left: dict[str, Pending | None] = {}
    for change, one in zip(group, fresh, strict=False):
        _acknowledge(change, one, outbox)
        left[change.customer] = None
    for change in group[len(fresh) :]:
        left[change.customer] = replace(change, unknown=False)
        outbox.revise(change, replace(change, unknown=False), {})
    return left


def _before(group: Iterable[Pending]) -> set[str]:
    return {id_ for change in group for id_ in change.lookalikes or ()}


def _acknowledge(change: Pending, one: Customer, outbox: Outbox) -> None:
    outcome = Outcome(change.customer, change.number, change.kind, "created", id=one.id)
    outbox.acknowledge(change, one.values, _NO_KEYS, baselines(change, one.values, _NO_KEYS), outcome)


def _values(change: Pending) -> Values:
    return {field.field: field.after for field in change.fields}


def _same(change: Pending, one: Customer) -> bool:
    """Whether Rotor holds just what was sent, as far as it can be read back."""
    sent = {name: value for name, value in _values(change).items() if name not in UNREADABLE_FIELDS}
    return all(one.values.get(name, "") == value for name, value in sent.items())


def _letters(values: Mapping[str, object]) -> tuple[str, ...]:
    """Names without case, spaces and signs: whatever Rotor makes of a spelling, these stay."""
    names = [values.get(name, "") for name in _NAMES]
    if not any(names):
        names = [value for name, value in sorted(values.items()) if name not in UNREADABLE_FIELDS]
    return tuple("".join(filter(str.isalnum, str(name).casefold())) for name in names)


def _text(values: Values) -> str:
    return max((str(values.get(name, "")) for name in _NAMES), key=len)
