"""What an import would do to Rotor's customers, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rotor_import.model.customer import Customer
    from rotor_import.model.fields import Value, Values
    from rotor_import.model.row_link import RowLink
    from rotor_import.model.rows import Record
    from rotor_import.model.three_way import Baseline

Kind = Literal["create", "update", "unchanged", "undecided"]
State = Literal["created", "updated", "refused", "held", "dropped", "unknown", "pending"]

RowRef = tuple[int, int]
"""The index of the file and the row in it."""


@dataclass(frozen=True)
class Hold:
    """A row that a person has to decide about. `named` are the customers between which it stands."""

    record: Record
    reason: str
    named: tuple[str, ...]
    field: str = ""
    sticky: bool = True
    """Whether it stays held until something that it depends on changes."""


@dataclass(frozen=True)
class HeldField:
    """A field that both the file and somebody in Rotor changed; the rest of its row goes on."""

    customer: str
    ref: RowRef
    field: str
    file_value: Value
    rotor_value: Value


@dataclass(frozen=True)
class LostValue:
    """A value of a merged row that the customer's record does not carry."""

    ref: RowRef
    field: str
    lost: Value
    kept: Value


@dataclass(frozen=True)
class Group:
    """The rows of one customer, folded into one record.

    `customer` is Rotor's id or `new:…`; `before` is what Rotor holds, None where it holds nothing or nobody
    can know. `keys` are the phone and e-mail that the customer shall have. `remember` are the keys' baselines
    to keep where Rotor already agrees (or once it has acknowledged the change). `follows` is the planned
    customer that this one is in truth: it was split only to be sent in steps.
    """

    customer: str
    records: tuple[Record, ...]
    values: Values
    keys: Mapping[str, str]
    before: Customer | None
    key_baselines: Mapping[str, Value] = field(default_factory=dict)
    held_keys: tuple[HeldField, ...] = ()
    lost: tuple[LostValue, ...] = ()
    suspicious: tuple[RowRef, ...] = ()
    succeeds: str = ""


@dataclass(frozen=True)
class FieldChange:
    field: str
    before: Value | None
    """None where nobody can know it; '' where it is blank."""
    after: Value
    sent: Value
    """What the file says as a whole: it differs from `after` only for tags, of which only new ones are sent."""


@dataclass(frozen=True)
class Difference:
    """A field about which the last sync, Rotor and the file do not all agree; None where nobody can know."""

    field: str
    last_sent: Value | None
    rotor: Value | None
    file: Value
    done: str


@dataclass(frozen=True)
class Change:
    """A customer's fate: what would be sent for it, if anything.

    `number` counts the customers of an import from 1. `equal` are the baselines of fields that Rotor already
    agrees about. `places` are its rows, the kept one first, and `source_keys` all of theirs.
    """

    customer: str
    number: int
    kind: Kind
    id: str
    fields: tuple[FieldChange, ...]
    refs: tuple[RowRef, ...]
    source_keys: tuple[str, ...]
    keys: Mapping[str, str]
    before_keys: Mapping[str, str]
    equal: Mapping[str, Baseline] = field(default_factory=dict)
    held_fields: tuple[HeldField, ...] = ()
    lost: tuple[LostValue, ...] = ()
    suspicious: tuple[RowRef, ...] = ()
    succeeds: str = ""
    differences: tuple[Difference, ...] = ()
    """None for a new customer, whose every field is new."""

    @property
    def label(self) -> str:
        return f"C{self.number}"

    @property
    def sends(self) -> bool:
        return bool(self.fields) or self.kind in ("create", "undecided")


@dataclass(frozen=True)
class LinkUpdate:
    """A row's new link, and the one that it gets back if Rotor refuses the change."""

    link: RowLink
    prior: RowLink | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a change that was, or was to be, sent."""

    customer: str
    number: int
    kind: Kind
    state: State
    id: str = ""
    message: str = ""
    problems: tuple[tuple[str, str], ...] = ()
