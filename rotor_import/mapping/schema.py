"""A whole mapping: what a YAML file may say, as a pydantic model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, assert_never

from pydantic import Field, PrivateAttr, field_validator, model_validator

from rotor_import.mapping.rules import (
    GROUP,
    AreaCode,
    IgnoreBlock,
    KeyRule,
    Model,
    RegionCode,
    RegionRule,
    Rule,
    SourceBlock,
    Text,
)
from rotor_import.mapping.yaml_document import Document
from rotor_import.model.fields import BOOLEAN_FIELD, FIELDS, ID_FIELD, KEY_FIELDS, TAGS_FIELD, UNIT_FIELDS, UNIT_OF
from rotor_import.model.policy import (
    MatchingPolicy,
    OnBoth,
    OnConflict,
    OnPartial,
    OnStranger,
    Policy,
    Survivor,
    Write,
    picks_one,
)
from rotor_import.model.rows import SourceOptions

TARGETS = (ID_FIELD, *FIELDS)
PLACES = ("zip", "state", "country")
"""Rules for the fields of an address that end with their names."""
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
"""A column in a template, or a doubled brace."""


@dataclass(frozen=True)
class Ordering:
    """A field or column that decides the order of sending; if `descending`, the largest is sent first."""

    name: str
    descending: bool = False


class Mapping(Model):
    """What becomes of a file: where each customer field comes from, and the rules for merging and writing."""

    version: Literal[1]
    feed: Annotated[Text, Field(min_length=1)] = ""
    source: SourceBlock = SourceBlock()
    key: KeyRule | None = None
    region: RegionCode | RegionRule = "US"
    area_code: AreaCode = ""
    fields: Annotated[dict[str, Rule], Field(min_length=1)]
    write: dict[str, Write] = Field(default_factory=dict)
    survivor: dict[str, Survivor] = Field(default_factory=dict)
    on_conflict: OnConflict = "hold"
    on_stranger: OnStranger = "hold"
    on_partial: OnPartial = "hold"
    on_both: OnBoth = "hold"
    ignore: IgnoreBlock = IgnoreBlock()
    fix_typos: bool = False
    invalid: dict[Literal["phone", "email"], Literal["drop", "reject"]] = Field(default_factory=dict)
    drop: Literal["full", "delta"] = "full"
    missing: Literal["report", "inactive"] = "report"
    order: tuple[Text, ...] = ()

    _document: Document = PrivateAttr(default=Document("the mapping", {}))

    @field_validator("survivor")
    @classmethod
    def _survivors_fit(cls, survivor: dict[str, Survivor]) -> dict[str, Survivor]:
        for name, rule in survivor.items():
            if name in (*KEY_FIELDS, ID_FIELD):
                raise ValueError(f"{name} can't be set here: Rotor matches customers by it")
            if not picks_one(rule) and name in (BOOLEAN_FIELD, TAGS_FIELD, "status", *UNIT_FIELDS):
                raise ValueError(f"{name} can't be joined: use first or last")
            unit = UNIT_OF.get(name, name)
            if unit != name and not picks_one(rule):
                raise ValueError(f"{name} can't be joined: all of {unit} comes from one row, so use first or last")
            others = [other for other in (unit, *UNIT_FIELDS.get(unit, ())) if survivor.get(other, rule) != rule]
            if others:
                raise ValueError(
                    f"{name} and {others[0]} have different rules, but all of {unit} comes from one row: "
                    f"set only {unit}"
                )
        return survivor

    @field_validator("write")
    @classmethod
    def _writes_fit(cls, write: dict[str, Write]) -> dict[str, Write]:
        if ID_FIELD in write:
            raise ValueError("id can't be set here: it only says who the customer is")
        for name, rule in write.items():
            match rule:
                case "always" | "if_empty":
                    pass
                case "clear":
                    if name == TAGS_FIELD:
                        raise ValueError("tags can't be cleared: Rotor's API can't remove tags")
                    if name in (BOOLEAN_FIELD, "status"):
                        raise ValueError(f"{name} can't be cleared: Rotor doesn't accept a blank for it")
                case unhandled:
                    assert_never(unhandled)
        return write

    @field_validator("order")
    @classmethod
    def _orders_name_something(cls, order: tuple[str, ...]) -> tuple[str, ...]:
        names = [_without_sign(item) for item in order]
        if not all(names):
            raise ValueError("each item must name a field or a column, with - before it to put the largest first")
        if len(set(names)) < len(names):
            raise ValueError("it names a field or a column twice")
        return order

    @model_validator(mode="after")
    def _rules_fit_their_fields(self) -> Mapping:
        for name, rule in self.fields.items():
            if rule.labels is not None and name not in KEY_FIELDS:
                raise ValueError(f"fields.{name}: labels can only be used for phone and email")
            if rule.rest is not None and name not in KEY_FIELDS:
                raise ValueError(f"fields.{name}: rest can only be used for phone and email")
            for place in PLACES:
                if getattr(rule, place) is not None and name not in (f"property_{place}", f"billing_{place}"):
                    raise ValueError(
                        f"fields.{name}: {place} can only be used for property_{place} and billing_{place}"
                    )
            if rule.add and name != TAGS_FIELD:
                raise ValueError(f"fields.{name}: add can only be used for tags")
        return self

    @property
    def name(self) -> str:
        """What errors call the mapping."""
        return self._document.name

    @property
    def fingerprint(self) -> str:
        """A hash that is equal for mappings that say the same."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def default_region(self) -> str:
        return self.region if isinstance(self.region, str) else self.region.otherwise

    @property
    def rest_fields(self) -> tuple[str, ...]:
        """Phone and email, if what is not used of their cells goes into the notes."""
        return tuple(name for name, rule in self.fields.items() if rule.rest is not None)

    @property
    def mapped_fields(self) -> tuple[str, ...]:
        filled = [rule.rest for rule in self.fields.values() if rule.rest is not None]
        return tuple(dict.fromkeys((*self.fields, *filled)))

    @property
    def orderings(self) -> tuple[Ordering, ...]:
        return tuple(Ordering(_without_sign(item), item.startswith("-")) for item in self.order)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """The columns that the mapping names, each once, without those with a `*`, which name none in particular."""
        return self._distinct_names(required_only=False)

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """Those of `columns_used` that the file must have."""
        return self._distinct_names(required_only=True)

    def _distinct_names(self, *, required_only: bool) -> tuple[str, ...]:
        names = self._column_names(required_only=required_only)
        return tuple(dict.fromkeys(name for name in names if name and not GROUP.search(name)))

    def _column_names(self, *, required_only: bool) -> Iterator[str]:
        from rotor_import.mapping.sql import named_columns  # noqa: PLC0415 - it knows polars, and few mappings need it

        if self.key is not None and not (required_only and len(self.key.columns) > 1):  # any one of several will do
            yield from self.key.columns
        if isinstance(self.region, RegionRule):
            yield self.region.column
        if self.source.where is not None:
            yield from named_columns(self.source.where)
        for rule in self.fields.values():
            if required_only and rule.optional:
                continue
            yield from (*rule.columns, *(rule.of or ()), *(rule.when or ()), *(rule.prefer or ()))
            yield from placeholders(rule.template or "")
            if rule.sql is not None:
                yield from named_columns(rule.sql)
        yield from (ordering.name for ordering in self.orderings if ordering.name not in self.fields)

    @property
    def source_options(self) -> SourceOptions:
        source = self.source
        return SourceOptions(
            encoding=source.encoding,
            delimiter=source.delimiter,
            sheet=source.sheet,
            header_row=None if source.header_row == "auto" else source.header_row,
            null_values=source.null_values,
            wanted=self.columns_used,
            needed=self.needed_columns,
        )

    def policy(self, *, hold_suspicious: bool = False, allow_keyless: bool = False) -> Policy:
        return Policy(
            write=self.write,
            survivor={UNIT_OF.get(name, name): rule for name, rule in self.survivor.items()},
            on_both=self.on_both,
            on_partial=self.on_partial,
            matching=MatchingPolicy(
                self.on_conflict, self.on_stranger, hold_suspicious=hold_suspicious, allow_keyless=allow_keyless
            ),
        )

    def placed(self, document: Document, feed: str) -> Mapping:
        """The same mapping, which now knows where each of its parts stands in the document."""
        placed = self if self.feed else self.model_copy(update={"feed": feed})
        placed._document = document  # noqa: SLF001 - its own class
        return placed

    def at(self, *path: str | int) -> str:
        """Where a part of the mapping stands, as `file:line:column`."""
        return self._document.at(path)


def placeholders(template: str) -> list[str]:
    """The columns that a template names."""
    return [token[1] for token in PLACEHOLDER.finditer(template) if token[1] is not None]


def _without_sign(item: str) -> str:
    return item.removeprefix("-").strip()
