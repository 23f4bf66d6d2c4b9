"""What Rotor holds: read page by page, or as the ledger remembers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import polars as pl

from rotor_import.api import Page
from rotor_import.errors import ApiDown
from rotor_import.model.customer import Customer, Directory, DirectorySource
from rotor_import.model.fields import BOOLEAN_FIELD, FIELDS, TAGS_FIELD, UNREADABLE_FIELDS, Value, Values
from rotor_import.model.listed import SCHEMA, Listed

PAGE = 1000
_READS = 3
_ADDRESS = ("street1", "street2", "city", "state", "zip", "country")

KeyForms = Callable[[Sequence[str]], Mapping[str, str]]
"""Values as Rotor stores them → their normal forms, '' where a value has none."""


class Pages(Protocol):
    def customers_page(self, page: int, *, limit: int) -> Page: ...


def pages_of(customers: int) -> int:
    """Requests that reading so many customers costs."""
    return max(1, -(-customers // PAGE))


def pull(client: Pages, progress: Callable[[int, int], None] = lambda _done, _total: None) -> dict[str, Values]:
    """Every customer, archived ones too; read again where pages shifted meanwhile. Raises ApiDown."""
    for _ in range(_READS):
        found, totals = _read(client, progress)
        if totals == {len(found)}:
            return found
    raise ApiDown(
        f"Rotor's customer list kept changing while it was read ({len(found)} read, {max(totals)} announced). "
        "Nothing was sent. Try again when nobody imports or edits."
    )


def _read(client: Pages, progress: Callable[[int, int], None]) -> tuple[dict[str, Values], set[int]]:
    """The customers, and how many each page announced: one deleted meanwhile hides another, but changes the total."""
    found: dict[str, Values] = {}
    totals: set[int] = set()
    number = 0
    while True:
        number += 1
        page = client.customers_page(number, limit=PAGE)
        found.update((str(item["id"]), customer_values(item)) for item in page.items)
        totals.add(page.total)
        progress(len(found), page.total)
        if not page.has_more or not page.items:
            return found, totals


def customer_values(item: Mapping[str, Any]) -> Values:
    """A customer as the API shows it, flat or with its nested property address; blank fields are left out."""
    address = item.get("address") or {}
    nested = {f"property_{part}": address.get(part) for part in _ADDRESS}
    flat = {name: item[name] for name in FIELDS if item.get(name) is not None}
    shown = nested | flat
    values = {name: _value(name, shown[name]) for name in shown if shown[name] is not None}
    return {name: value for name, value in values.items() if value not in ("", ())}


def _value(name: str, shown: Any) -> Value:
    if name == TAGS_FIELD:
        return tuple(str(tag) for tag in shown)
    if name == BOOLEAN_FIELD:
        return "true" if shown else "false"
    return str(shown)


def frame_of_values(customers: Mapping[str, Values]) -> pl.DataFrame:
    """`customer`, and a column for each of FIELDS; blank is null."""
    columns = {name: [_cell(values.get(name)) for values in customers.values()] for name in FIELDS}
    kinds = {name: pl.List(pl.String) if name == TAGS_FIELD else pl.String for name in FIELDS}
    return pl.DataFrame({"customer": list(customers), **columns}, schema={"customer": pl.String, **kinds})


def with_unreadable(shown: pl.DataFrame, mirror: pl.DataFrame) -> pl.DataFrame:
    """What Rotor does not show is as it was last acknowledged."""
    hidden = sorted(UNREADABLE_FIELDS)
    known = mirror.select("customer", *(pl.col(name).alias(f"known {name}") for name in hidden))
    both = shown.join(known, on="customer", how="left", maintain_order="left")
    filled = (pl.coalesce(name, f"known {name}").alias(name) for name in hidden)
    return both.with_columns(filled).select(shown.columns)


def listed_directory(
    customers: pl.DataFrame,
    phones: KeyForms,
    emails: KeyForms,
    *,
    source: DirectorySource,
    complete: bool,
    note: str = "",
) -> Directory:
    """Customers as `frame_of_values` has them, with their keys in normal form."""
    forms = [
        _forms(customers.get_column(name), of).alias(f"{name} key")
        for name, of in (("phone", phones), ("email", emails))
    ]
    frame = customers.with_columns(forms).select(list(SCHEMA))
    return Directory(Listed(frame), source, complete, note)


def _forms(stored: pl.Series, of: KeyForms) -> pl.Series:
    found = of(stored.drop_nulls().unique().to_list())
    normal = [form or None for form in found.values()]
    if not found:
        return pl.Series([None] * len(stored), dtype=pl.String)
    return stored.replace_strict(pl.Series(list(found)), pl.Series(normal, dtype=pl.String), default=None)


def _cell(value: Value | None) -> list[str] | str | None:
    return list(value) if isinstance(value, tuple) else value


def directory_of(
    customers: Mapping[str, Values],
    phones: KeyForms,
    emails: KeyForms,
    *,
    source: DirectorySource,
    complete: bool,
    note: str = "",
) -> Directory:
    """Customers with their keys in normal form, found in bulk."""
    phone = phones([str(values["phone"]) for values in customers.values() if "phone" in values])
    email = emails([str(values["email"]) for values in customers.values() if "email" in values])
    return Directory(
        customers={
            id_: Customer(
                id_,
                values,
                phone.get(str(values.get("phone", "")), ""),
                email.get(str(values.get("email", "")), ""),
            )
            for id_, values in customers.items()
        },
        source=source,
        complete=complete,
        note=note,
    )
