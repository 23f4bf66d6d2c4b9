"""Customers of a feed that its full file has no more, and those that are back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rotor_import.model.change import Change, Difference, FieldChange, PinUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.missing import Missing
from rotor_import.model.pin import Pin, is_planned
from rotor_import.model.rows import Policy
from rotor_import.model.threeway import Memory, Verdict, decide
from rotor_import.plan import GONE, STATUS, MemoryOf


@dataclass(frozen=True)
class Present:
    """What a full file still has: `customers` that some row belongs to or names.

    `elsewhere` are customers that other feeds have, `busy` those of whom one has a change pending. `sure` is False
    where a rejected row could be anybody's.
    """

    customers: Collection[str]
    elsewhere: Collection[str]
    sure: bool
    busy: Collection[str] = ()


def find_missing(
    pins: Iterable[PinUpdate],
    present: Present,
    directory: Directory,
) -> list[tuple[str, list[Pin]]]:
    """Each customer whose every row is gone, with those rows' pins; one who is gone from Rotor too is nobody's.

    `pins` are all those of customers of whose rows the file has none.
    """
    rows: dict[str, list[Pin]] = defaultdict(list)
    for update in pins:
        rows[update.pin.customer].append(update.pin)
    return [
        (customer, own)
        for customer, own in rows.items()
        if customer
        and not is_planned(customer)
        and customer not in present.customers
        and (customer in directory.customers or not directory.complete)
    ]


class Absence:
    """Decides about customers that are missing; `inactive` says whether they are set so."""

    def __init__(self, directory: Directory, memory: MemoryOf, policy: Policy, *, inactive: bool) -> None:
        self._directory = directory
        self._memory = memory
        self._policy = policy
        self._inactive = inactive

    def of(self, found: Sequence[tuple[str, list[Pin]]], present: Present) -> tuple[Missing, ...]:
        """Numbered among themselves."""
        return tuple(
            self._one(number, customer, pins, present) for number, (customer, pins) in enumerate(found, start=1)
        )

    def _one(self, number: int, customer: str, pins: Sequence[Pin], present: Present) -> Missing:
        change, done = None, "reported"
        held = self._directory.customers.get(customer)
        if self._inactive and held is not None:
            if customer in present.elsewhere:
                done = "left: another feed has the customer"
            elif customer in present.busy:
                done = "left: another feed's change of the customer is pending"
            elif not present.sure:
                done = "left: a row that was rejected could be this customer's"
            else:
                change, done = self._decided(number, held, pins)
        return Missing(
            customer=customer,
            slots=tuple(pin.slot for pin in pins),
            source_keys=_source_keys(pins),
            new=any(not pin.gone for pin in pins),
            change=change,
            done=done,
        )

    def _decided(self, number: int, held: Customer, pins: Sequence[Pin]) -> tuple[Change, str]:
        status = held.values.get(STATUS, "")
        memory = self._memory(held.id, STATUS)
        verdict = decide(GONE, status, memory, on_both=self._policy.on_both)
        fields: tuple[FieldChange, ...] = ()
        equal: Mapping[str, Memory] = {}
        if verdict is Verdict.SEND:
            fields, done = (FieldChange(STATUS, status, GONE, GONE),), "set inactive"
        elif verdict is Verdict.EQUAL:
            equal, done = {STATUS: Memory(GONE, status)}, "inactive already"
        else:
            done = "left: somebody changed its status in Rotor"
        keys = {name: held.phone if name == "phone" else held.email for name in KEY_FIELDS}
        change = Change(
            customer=held.id,
            number=number,
            kind="update" if fields else "unchanged",
            id=held.id,
            fields=fields,
            places=(),
            source_keys=_source_keys(pins),
            keys=keys,
            before_keys=keys,
            equal=equal,
            differences=() if equal else (Difference(STATUS, memory.sent if memory else None, status, GONE, done),),
        )
        return change, done


def renumbered(missing: Iterable[Missing], numbers: Iterable[int]) -> tuple[Missing, ...]:
    """With their numbers among all of the import's customers."""
    return tuple(
        one if one.change is None else replace(one, change=replace(one.change, number=number))
        for one, number in zip(missing, numbers, strict=True)
    )


def _source_keys(pins: Iterable[Pin]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pin.ident.removeprefix("k:") for pin in pins if pin.ident.startswith("k:")))
