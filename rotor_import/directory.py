"""What Rotor holds, read page by page or from the ledger's mirror."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import polars as pl

from rotor_import.api import Page
from rotor_import.errors import ApiDown
from rotor_import.model.customer import Customer, Directory, DirectorySource
from rotor_import.model.fields import BOOLEAN_FIELD, FIELDS, TAGS_FIELD, TEXT_FIELDS, UNREADABLE_FIELDS, Value, Values
from rotor_import.model.item_columns import item_columns
from rotor_import.model.listed import KINDS, SCHEMA, Listed

PAGE = 1000
_READS = 3
_PAST = 1
"""Pages that are still read once a list has said as many customers as it first announced: it may have grown."""
_PROPERTY = "property_"
_BETWEEN = "\0"
"""No text of Rotor's has a NUL."""
_ADDRESS = ("street1", "street2", "city", "state", "zip", "country")

KeyForms = Callable[[Sequence[str]], Mapping[str, str]]
"""Values as Rotor stores them → their normal forms, '' where a value has none."""

ColumnForms = Callable[[pl.Series], pl.Series]
"""The same for a column without nulls, value by value."""


class Pages(Protocol):
    def customers_page(self, page: int, *, limit: int) -> Page: ...


def pages_of(customers: int) -> int:
    """How many requests it takes to read so many customers."""
    return max(1, -(-customers // PAGE))


def pull(
    client: Pages,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    tell: Callable[[str], None] = lambda _words: None,
) -> pl.DataFrame:
    """Every customer, archived ones too, read again if pages shifted meanwhile. Raises ApiDown.

    The columns are `customer` and each of FIELDS; a blank is null. A list that says that it goes on, but has just as
    many customers as it announces, is whole.
    """
    for _ in range(_READS):
        customers, totals, ends = _read(client, progress)
        if totals == {customers.height}:
            if not ends:
                tell(
                    f"Rotor's customer list has the {customers.height} customers that it announced, but says there are "
                    "more. Reading stopped there."
                )
            return customers
        if not ends and len(totals) == 1:
            raise ApiDown(
                f"Rotor's customer list doesn't end: it announced {max(totals)} customers, returned {customers.height} "
                "different ones, and said there were more. Nothing was sent. Try again later."
            )
    raise ApiDown(
        f"Rotor's customer list kept changing while it was read ({customers.height} read, {max(totals)} announced). "
        "Nothing was sent. Try again when no one is importing or editing."
    )


def _read(client: Pages, progress: Callable[[int, int], None]) -> tuple[pl.DataFrame, set[int], bool]:
    """The customers, how many the pages announced, and whether the pages came to an end.

    A deletion meanwhile hides a customer, but changes the total.
    """
    frames = [frame_of_items(())]
    totals: list[int] = []
    number = done = past = 0
    more = True
    while more and past <= _PAST:
        number += 1
        page = client.customers_page(number, limit=PAGE)
        frames.append(_frame(page.columns, len(page.items)))
        done += len(page.items)
        totals.append(page.total)
        progress(done, page.total)
        more = page.has_more and bool(page.items)
        past += done >= totals[0]
    customers = pl.concat(frames, rechunk=True)
    repeated = customers.get_column("customer").n_unique() < customers.height
    if repeated:
        customers = customers.unique("customer", keep="last", maintain_order=True)
    return customers, set(totals), not more


def frame_of_items(items: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Customers as the API shows them, in the columns of `pull`, with the values that `customer_values` finds."""
    return _frame(item_columns(items), len(items))


def _frame(shown: Mapping[str, Sequence[Any]], height: int) -> pl.DataFrame:
    """The same of customers as columns."""
    addresses = item_columns([address or {} for address in shown.get("address", ())])
    columns = [pl.Series("customer", list(map(str, shown.get("id", ()))), dtype=pl.String)]
    for name in FIELDS:
        cells = shown.get(name, ())
        nested = addresses.get(name.removeprefix(_PROPERTY), ()) if name.startswith(_PROPERTY) else ()
        if cells and nested:
            cells = [part if cell is None else cell for cell, part in zip(cells, nested, strict=True)]
        columns.append(_column(name, cells or nested, height))
    return pl.DataFrame(columns)


@lru_cache(maxsize=len(FIELDS))
def _blank_column(name: str, height: int) -> pl.Series:
    """Pages have the same height and most of them lack the same fields, so they share one."""
    return pl.Series(name, [None], dtype=KINDS[name]).new_from_index(0, height)


def _column(name: str, cells: Sequence[Any], height: int) -> pl.Series:
    """A column with these cells, or a blank one if they are none."""
    kinds = set(map(type, cells)) - {type(None)}
    if not kinds:
        return _blank_column(name, height)
    if kinds == {str} and name in TEXT_FIELDS:
        texts = pl.Series(name, cells, dtype=pl.String)
        return texts.replace("", None) if "" in cells else texts
    if name == TAGS_FIELD:
        return _tags([[*map(str, cell)] if cell else None for cell in cells])
    return pl.Series(name, [None if cell is None else _value(name, cell) or None for cell in cells], dtype=pl.String)


def _tags(values: Sequence[list[str] | None]) -> pl.Series:
    """Polars takes twenty times as long for lists of texts as for one text that it then splits."""
    texts = [_BETWEEN.join(tags) if tags else None for tags in values]
    split = pl.Series(TAGS_FIELD, texts, dtype=pl.String).str.split(_BETWEEN)
    as_they_were = split.list.len().sum() == sum(len(tags) for tags in values if tags)
    return split if as_they_were else pl.Series(TAGS_FIELD, values, dtype=KINDS[TAGS_FIELD])


def customer_values(item: Mapping[str, Any]) -> Values:
    """A customer as the API shows it, flat or with its nested property address; blank fields are left out."""
    address = item.get("address") or {}
    nested = {f"{_PROPERTY}{part}": address.get(part) for part in _ADDRESS}
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


def with_unreadable(shown: pl.DataFrame, mirror: pl.DataFrame) -> pl.DataFrame:
    """Customers that Rotor showed, with the fields that it never shows as it last acknowledged them."""
    hidden = sorted(name for name in UNREADABLE_FIELDS if mirror.get_column(name).null_count() < mirror.height)
    if not hidden:
        return shown
    known = mirror.select("customer", *(pl.col(name).alias(f"known {name}") for name in hidden))
    joined = shown.join(known, on="customer", how="left", maintain_order="left")
    filled = (pl.coalesce(name, f"known {name}").alias(name) for name in hidden)
    return joined.with_columns(filled).select(shown.columns)


def listed_directory(
    customers: pl.DataFrame,
    phones: ColumnForms,
    emails: ColumnForms,
    *,
    source: DirectorySource,
    complete: bool,
    note: str = "",
) -> Directory:
    """A directory of customers in the columns of `pull`, with their keys in normal form."""
    forms = [
        _forms(customers.get_column(name), find).alias(f"{name} key")
        for name, find in (("phone", phones), ("email", emails))
    ]
    frame = customers.with_columns(forms).select(list(SCHEMA))
    return Directory(Listed(frame), source, complete, note)


def _forms(stored: pl.Series, find: ColumnForms) -> pl.Series:
    """The normal form of each value, null where there is none."""
    if stored.null_count() == len(stored):
        return stored
    normal = find(stored.drop_nulls()).cast(pl.String).replace("", None)
    if len(normal) == len(stored):
        return normal
    filled = stored.is_not_null()
    places = pl.select(pl.when(filled).then(filled.cum_sum() - 1)).to_series()
    return normal.gather(places)


def directory_of(
    customers: Mapping[str, Values],
    phones: KeyForms,
    emails: KeyForms,
    *,
    source: DirectorySource,
    complete: bool,
    note: str = "",
) -> Directory:
    """A directory of customers by id, with their keys in normal form."""
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
