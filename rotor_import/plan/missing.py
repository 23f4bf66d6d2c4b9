"""Finds customers of a feed that its full file no longer has, and decides what that means for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from rotor_import.model.change import Change, Difference, FieldChange, LinkUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.missing import Missing
from rotor_import.model.policy import Policy
from rotor_import.model.row_link import RowLink, is_planned
from rotor_import.model.three_way import Baseline, BaselineOf, Verdict, decide
from rotor_import.plan.changes import GONE, STATUS


@dataclass(frozen=True)
class Present:
    """What a full file still has: `customers` that some row belongs to or names.

    `elsewhere` are customers that other feeds have, `pending_elsewhere` those of whom another feed has a change
    pending. `sure` is False where a rejected row could be anybody's.
    """

    customers: Collection[str]
    elsewhere: Collection[str]
    sure: bool
    pending_elsewhere: Collection[str] = ()


def find_missing(
    links: Iterable[LinkUpdate],
    present: Present,
    directory: Directory,
) -> list[tuple[str, list[RowLink]]]:
    """The customers of whom every row is gone, in the order of their rows, each with those rows' links.

    `links` are all links of customers of whose rows the file has none. Customers who are gone from Rotor too do not
    count.
    """
    rows: dict[str, list[RowLink]] = defaultdict(list)
    for update in sorted(links, key=lambda update: update.link.row_key):
        rows[update.link.customer].append(update.link)
    return [
        (customer, own)
        for customer, own in rows.items()
        if customer
        and not is_planned(customer)
        and customer not in present.customers
        and (customer in directory.customers or not directory.complete)
    ]


class Absence:
    """Decides what happens to customers that are missing; `inactive` says whether they are set inactive."""

    def __init__(self, directory: Directory, baseline: BaselineOf, policy: Policy, *, inactive: bool) -> None:
        self._directory = directory
        self._baseline = baseline
        self._policy = policy
        self._inactive = inactive

    def of(self, found: Sequence[tuple[str, list[RowLink]]], present: Present) -> tuple[Missing, ...]:
        """What becomes of each customer that was found, numbered among themselves."""
        return tuple(
            self._missing(number, customer, links, present) for number, (customer, links) in enumerate(found, start=1)
        )

    def _missing(self, number: int, customer: str, links: Sequence[RowLink], present: Present) -> Missing:
        change, done = None, "reported"
        held = self._directory.customers.get(customer)
        if self._inactive and held is not None:
            if customer in present.elsewhere:
                done = "left as is: another feed has this customer"
            elif customer in present.pending_elsewhere:
                done = "left as is: another feed's change of this customer is pending"
            elif not present.sure:
                done = "left as is: a rejected row could be this customer"
            else:
                change, done = self._decided(number, held, links)
        return Missing(
            customer=customer,
            row_keys=tuple(link.row_key for link in links),
            source_keys=_source_keys(links),
            new=any(not link.gone for link in links),
            change=change,
            done=done,
        )

    def _decided(self, number: int, held: Customer, links: Sequence[RowLink]) -> tuple[Change, str]:
        status = held.values.get(STATUS, "")
        baseline = self._baseline(held.id, STATUS)
        fields: tuple[FieldChange, ...] = ()
        equal: Mapping[str, Baseline] = {}
        match decide(GONE, status, baseline, on_both=self._policy.on_both):
            case Verdict.SEND:
                fields, done = (FieldChange(STATUS, status, GONE, GONE),), "set inactive"
            case Verdict.EQUAL:
                equal, done = {STATUS: Baseline(GONE, status)}, "already inactive"
            case Verdict.LEAVE | Verdict.HOLD:
                done = "left as is: its status was changed in Rotor"
            case unhandled:
                assert_never(unhandled)
        change = Change(
            customer=held.id,
            number=number,
            kind="update" if fields else "unchanged",
            id=held.id,
            fields=fields,
            refs=(),
            source_keys=_source_keys(links),
            keys=held.keys,
            before_keys=held.keys,
            equal=equal,
            differences=() if equal else (Difference(STATUS, baseline.sent if baseline else None, status, GONE, done),),
        )
        return change, done


def renumbered(missing: Iterable[Missing], numbers: Iterable[int]) -> tuple[Missing, ...]:
    """The same with their numbers among all customers of the import."""
    return tuple(
        absent if absent.change is None else replace(absent, change=replace(absent.change, number=number))
        for absent, number in zip(missing, numbers, strict=True)
    )


def _source_keys(links: Iterable[RowLink]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(link.natural_key.removeprefix("k:") for link in links if link.natural_key.startswith("k:"))
    )
