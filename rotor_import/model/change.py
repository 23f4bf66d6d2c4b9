"""What an import would do to Rotor's customers, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, assert_never

if TYPE_CHECKING:
    from rotor_import.model.customer import Customer
    from rotor_import.model.fields import Value, Values
    from rotor_import.model.row_link import RowLink
    from rotor_import.model.rows import Record
    from rotor_import.model.three_way import Baseline

Kind = Literal["create", "update", "unchanged", "undecided"]
"""What an import means for a customer; `undecided` is a new one whom Rotor may turn out to know."""

State = Literal["created", "updated", "refused", "held", "dropped", "unknown", "pending"]
"""What became of a change."""

RowRef = tuple[int, int]
"""A row: the index of its file, and its number there."""


def is_new(kind: Kind) -> bool:
    """Whether Rotor's customer list shows nobody who is this customer."""
    match kind:
        case "create" | "undecided":
            return True
        case "update" | "unchanged":
            return False
        case unhandled:
            assert_never(unhandled)


@dataclass(frozen=True)
class Hold:
    """A row that waits for a person's decision. `named` are the customers that it could belong to."""

    record: Record
    reason: str
    named: tuple[str, ...]
    field: str = ""
    sticky: bool = True
    """Whether it stays held in later imports until something that it depends on changes."""


@dataclass(frozen=True)
class HeldField:
    """A field that both the file and somebody in Rotor changed; the other fields of the row are sent."""

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

    `customer` is Rotor's id or `new:…`. `values` are the record's fields, `keys` the phone and email that the customer
    should end up with. `before` is the customer as Rotor holds it, None for a new one or where that is not known.
    `key_baselines` are what the file says of the keys, kept as baselines once Rotor agrees. A customer that had to be
    split to be sent in steps `succeeds` the planned customer that its earlier rows are.
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
    """'' where it is blank, None where that is not known."""
    after: Value
    sent: Value
    """All that the file says; only for tags it differs from `after`, since only new tags are sent."""


@dataclass(frozen=True)
class Difference:
    """A field about which the last sync, Rotor and the file do not all agree; None where a value is not known."""

    field: str
    last_sent: Value | None
    rotor: Value | None
    file: Value
    done: str


@dataclass(frozen=True)
class Change:
    """What an import means for one customer, and what it sends, if anything.

    `number` counts the customers of an import from 1. `refs` are the customer's rows, the kept one first, and
    `source_keys` all of theirs. `equal` are the baselines of fields that Rotor already agrees about.
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
    """Empty for a new customer, all of whose fields are new."""

    @property
    def label(self) -> str:
        return f"C{self.number}"

    @property
    def sends(self) -> bool:
        return bool(self.fields) or is_new(self.kind)


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
