"""A whole directory as a frame; customers are made of its lines one by one, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import polars as pl

from rotor_import.model.customer import Customer, Directory
from rotor_import.model.fields import FIELDS, TAGS_FIELD, value_from

_KEYS = {"phone": "phone key", "email": "email key"}
KINDS = {name: pl.List(pl.String) if name == TAGS_FIELD else pl.String for name in FIELDS}
"""The types of the fields' columns."""
SCHEMA = {"customer": pl.String, **dict.fromkeys(_KEYS.values(), pl.String), **KINDS}
"""Columns of a directory's frame: Rotor's id, the keys' normal forms, and the fields as stored; blank is null."""


class Listed(Mapping[str, Customer]):
    """Customers by id, over a frame in `SCHEMA`."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {id_: at for at, id_ in enumerate(self.frame.get_column("customer").to_list())}

    def __getitem__(self, id_: str) -> Customer:
        return _customer(self.frame.row(self._positions[id_], named=True))

    def __contains__(self, id_: object) -> bool:
        return id_ in self._positions

    def __iter__(self) -> Iterator[str]:
        return iter(self.frame.get_column("customer").to_list())

    def __len__(self) -> int:
        return self.frame.height


def frame_of(directory: Directory) -> pl.DataFrame:
    """The directory in `SCHEMA`."""
    customers = directory.customers
    if isinstance(customers, Listed):
        return customers.frame
    rows = [_line(customer) for customer in customers.values()]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def narrowed(directory: Directory, ids: Collection[str], keys: Mapping[str, Collection[str]]) -> Directory:
    """The part of the directory with one of the ids, one of the `keys` (by name), or a key of those customers."""
    if not isinstance(directory.customers, Listed):
        return directory
    frame = directory.customers.frame
    if not ids and not any(keys.values()):
        return replace(directory, customers={})
    found = frame.filter(pl.col("customer").is_in(text_set(ids)) | _has_key(keys))
    if found.height:
        both = {name: {*keys.get(name, ()), *found.get_column(column).drop_nulls()} for name, column in _KEYS.items()}
        found = frame.filter(pl.col("customer").is_in(found.get_column("customer").implode()) | _has_key(both))
    return replace(directory, customers=_customers(found))


def keyless(directory: Directory) -> list[Customer]:
    """Customers whom Rotor could not find by a phone or an email."""
    if not isinstance(directory.customers, Listed):
        return [customer for customer in directory.customers.values() if not customer.phone and not customer.email]
    none = pl.all_horizontal(pl.col(column).is_null() for column in _KEYS.values())
    return [_customer(line) for line in directory.customers.frame.filter(none).iter_rows(named=True)]


def some(directory: Directory, ids: Collection[str]) -> Mapping[str, Customer]:
    """The customers with these ids, by id, as far as they are in the directory."""
    customers = directory.customers
    if not ids:
        return {}
    if not isinstance(customers, Listed):
        return {id_: customers[id_] for id_ in ids if id_ in customers}
    return _customers(customers.frame.filter(pl.col("customer").is_in(text_set(ids))))


def _has_key(keys: Mapping[str, Collection[str]]) -> pl.Expr:
    return pl.any_horizontal(
        pl.col(column).is_in(text_set(keys.get(name, ()))).fill_null(value=False) for name, column in _KEYS.items()
    )


def text_set(texts: Iterable[str]) -> pl.Expr:
    """Texts as `is_in` takes them."""
    return pl.lit(pl.Series(sorted(texts), dtype=pl.String)).implode()


def _line(customer: Customer) -> list[object]:
    cells = (customer.values.get(name) for name in FIELDS)
    values = [list(cell) if isinstance(cell, tuple) else cell for cell in cells]
    return [customer.id, customer.phone or None, customer.email or None, *values]


def _customers(lines: pl.DataFrame) -> dict[str, Customer]:
    return {line["customer"]: _customer(line) for line in lines.iter_rows(named=True)}


def _customer(line: Mapping[str, str | list[str] | None]) -> Customer:
    values = {name: value_from(cell) for name in FIELDS if (cell := line[name])}
    phone, email = (str(line[column] or "") for column in _KEYS.values())
    return Customer(str(line["customer"]), values, phone, email)
