"""The people among whom probable duplicates are looked for: the customers of an import, and others in Rotor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.dedupe import DedupedRows
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.fields import FIELDS, KEY_FIELDS, NOTES_FIELD, TAGS_FIELD, Value
from rotor_import.model.independent import numbers_of, ref_numbers
from rotor_import.model.listed import frame_of
from rotor_import.model.question import Shown
from rotor_import.model.row_link import is_planned
from rotor_import.normalize import identified
from rotor_import.pipeline.other_contacts import contacts_in, other_contacts
from rotor_import.pipeline.reading import Inputs

_TEXTS = tuple(name for name in FIELDS if name != TAGS_FIELD)
_OWNER = {"ref": pl.UInt64, "id": pl.String}
_RECORD = {"id": pl.String, **dict.fromkeys(_TEXTS, pl.String)}

NaturalKeysOf = Callable[[Collection[str]], Mapping[str, Sequence[str]]]
"""Finds the natural keys of the feed's rows of these customers, by customer."""


@dataclass(frozen=True)
class Person:
    """Somebody of a pair: a customer of the import with its rows, or one whom only Rotor has, without any."""

    customer: str
    shown: Shown
    refs: tuple[RowRef, ...]
    names: frozenset[str]
    """All that the person may be remembered by, as in AskedPair."""

    @property
    def is_new(self) -> bool:
        return is_planned(self.customer)

    @property
    def name(self) -> str:
        return f"id:{self.customer}" if not self.is_new else min(self.names)


@dataclass(frozen=True)
class Everyone:
    """A frame of the import's customers and one of all others in Rotor: `id`, fields, and other phones and emails."""

    deduped: DedupedRows
    inputs: Inputs
    own: pl.DataFrame
    others: pl.DataFrame

    @classmethod
    def of(cls, deduped: DedupedRows, inputs: Inputs, directory: Directory) -> Everyone:
        own = _with_contacts(_people(deduped), deduped, inputs)
        return cls(deduped, inputs, own, _others_in_rotor(own, directory))

    def __len__(self) -> int:
        return self.own.height + self.others.height

    def persons(self, wanted: Collection[str], natural_keys_of: NaturalKeysOf) -> dict[str, Person]:
        """These people, by customer."""
        refs = _rows_of(self.deduped, wanted)
        keys = self._natural_keys([ref for own in refs.values() for ref in own])
        linked = natural_keys_of({customer for customer in wanted if not is_planned(customer)})
        every = pl.concat([self.own, self.others], how="diagonal").filter(pl.col("id").is_in(list(wanted)))
        persons = {}
        for line in every.iter_rows(named=True):
            customer, own = line["id"], refs.get(line["id"], ())
            names = {f"row:{keys[ref]}" for ref in own} | {f"row:{key}" for key in linked.get(customer, ())}
            names |= set() if is_planned(customer) else {f"id:{customer}"}
            persons[customer] = Person(customer, _shown(line, own), own, frozenset(names))
        return persons

    def _natural_keys(self, refs: Sequence[RowRef]) -> dict[RowRef, str]:
        rows = self.inputs.rows
        own = rows.filter(numbers_of(rows).is_in(ref_numbers(refs).implode()))
        lines = identified(own).select("file", "row", "natural_key").iter_rows()
        return {(file, row): key for file, row, key in lines}


def _people(deduped: DedupedRows) -> pl.DataFrame:
    """A line for each customer of the import: `id` and what is known of it, its keys in normal form."""
    groups = deduped.independent.groups
    named = [name for name in _RECORD if name in groups.columns]
    own = groups.select(pl.col("customer").alias("id"), *named)
    lines = []
    for group in deduped.contested.groups:
        texts = {name: str(value) for name, value in group.values.items() if name in _RECORD}
        keys = {name: group.keys[name] or None for name in KEY_FIELDS}
        lines.append({"id": group.customer, **texts, **keys})
    return pl.concat([own, pl.DataFrame(lines, schema=_RECORD)], how="diagonal")


def _others_in_rotor(people: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    """The customers in Rotor who are none of these people."""
    keys = (pl.coalesce(f"{name} key", name).alias(name) for name in KEY_FIELDS)
    texts = (name for name in _TEXTS if name not in KEY_FIELDS)
    others = frame_of(directory).select(pl.col("customer").alias("id"), *keys, *texts)
    others = others.join(people.select("id"), on="id", how="anti", maintain_order="left")
    found = contacts_in(others.get_column(NOTES_FIELD))
    more = found.select(others.get_column("id").gather(found.get_column("at")), pl.exclude("at"))
    return others.join(more, on="id", how="left", maintain_order="left")


def _with_contacts(people: pl.DataFrame, deduped: DedupedRows, inputs: Inputs) -> pl.DataFrame:
    """The people with the other phones and emails that stand in their rows."""
    found, independent = other_contacts(inputs), deduped.independent
    owners = independent.rows.select("group", numbers_of(independent.rows)).join(
        independent.groups.select("group", pl.col("customer").alias("id")), on="group", maintain_order="left"
    )
    contested = [(record.ref, group.customer) for group in deduped.contested.groups for record in group.records]
    more = {"ref": ref_numbers(ref for ref, _ in contested), "id": [customer for _, customer in contested]}
    owners = pl.concat([owners.select("ref", "id"), pl.DataFrame(more, schema=_OWNER)])
    lists = pl.exclude("id", "ref").explode()
    by_person = found.join(owners, on="ref").group_by("id", maintain_order=True).agg(lists)
    return people.join(by_person, on="id", how="left", maintain_order="left")


def _rows_of(deduped: DedupedRows, customers: Collection[str]) -> dict[str, tuple[RowRef, ...]]:
    """The rows of these customers, in their order."""
    found: dict[str, list[RowRef]] = defaultdict(list)
    independent = deduped.independent
    own = independent.groups.select("group", "customer").filter(pl.col("customer").is_in(list(customers)))
    rows = independent.rows.select("group", "file", "row").join(own, on="group", how="inner", maintain_order="left")
    for customer, file, row in rows.select("customer", "file", "row").iter_rows():
        found[customer].append((file, row))
    for group in deduped.contested.groups:
        if group.customer in customers:
            found[group.customer] += sorted(record.ref for record in group.records)
    return {customer: tuple(refs) for customer, refs in found.items()}


def _shown(line: Mapping[str, Any], refs: tuple[RowRef, ...]) -> Shown:
    values: dict[str, Value] = {name: str(line[name]) for name in _TEXTS if line.get(name)}
    new = is_planned(line["id"])
    return Shown.of(
        values,
        line["phone"] or "",
        line["email"] or "",
        id_="" if new else line["id"],
        ref=refs[0] if new and refs else None,
    )
