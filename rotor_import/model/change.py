"""What an import would do to Rotor's customers, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, assert_never

from rotor_import.model.fields import TAGS_FIELD
from rotor_import.model.row_link import is_planned

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


def label_of(number: int) -> str:
    """What the report calls a customer of an import."""
    return f"C{number}"


def number_of(label: str) -> int:
    """The number of which `label_of` made this label."""
    return int(label[1:])


@dataclass(frozen=True)
class Hold:
    """A row that waits for a person's decision. `named` are the customers that it could belong to."""

    record: Record
    reason: str
    named: tuple[str, ...]
    field: str = ""
    sticky: bool = True
    """Whether it stays held in later imports until something that it depends on changes."""
    kind: Literal["conflict", "stranger", "household", "gone"] = "conflict"
    key: tuple[str, str] | None = None
    """The name and value of the key that several people share, if the row is held for one."""
    question: str = ""
    """The name of the question that all rows which are held for that key have in common."""
    firm: bool = False
    """Whether the row stays held without another look, as long as the customer that it named keeps its keys."""


HeldKind = Literal["both", "partial"]
"""Why a field is held: both sides changed it, or it is an address that would be mixed with Rotor's."""


@dataclass(frozen=True)
class HeldField:
    """A field that waits for a person's decision; the other fields of the row are sent.

    Either both the file and somebody in Rotor changed it, or it is a whole address: then `field` is the unit's name,
    and the values are the addresses in one line.
    """

    customer: str
    ref: RowRef
    field: str
    file_value: Value
    rotor_value: Value
    kind: HeldKind = "both"

    @property
    def reason(self) -> str:
        match self.kind:
            case "both":
                return "changed both in the file and in Rotor since the last sync; the other fields are sent"
            case "partial":
                return (
                    "the file's address differs from Rotor's and lacks parts that Rotor has, "
                    "so the two would be mixed; the other fields are sent"
                )
            case unhandled:
                assert_never(unhandled)


@dataclass(frozen=True)
class LostValue:
    """A value of a merged row that the customer's record does not carry."""

    ref: RowRef
    field: str
    lost: Value
    kept: Value


Unsent = Literal["left", "held", "partly"]
"""Why a value is not sent: Rotor's counts, a person has to decide, or Rotor keeps only some of its tags."""


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
    shared: tuple[LostValue, ...] = ()
    """Keys that rows left to others; what is kept instead is the notes where these tell of the key."""
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

    @property
    def result(self) -> Value:
        """What Rotor will hold: it adds the tags that are sent to those that it has."""
        if self.field != TAGS_FIELD or not self.before:
            return self.after
        return (*self.before, *(tag for tag in self.after if tag not in self.before))


@dataclass(frozen=True)
class Difference:
    """A field about which the last sync, Rotor and the file do not all agree; None where a value is not known."""

    field: str
    last_sent: Value | None
    rotor: Value | None
    file: Value
    done: str


@dataclass(frozen=True)
class Outcome:
    """What became of a change that was to be sent."""

    customer: str
    number: int
    kind: Kind
    state: State
    id: str = ""
    message: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    """What Rotor objected to: each field ('' for none in particular) and Rotor's words.

    Of a change that was carried out, the fields of which Rotor kept something else than was sent, and what it kept.
    """

    @property
    def label(self) -> str:
        return label_of(self.number)


@dataclass(frozen=True, kw_only=True)
class CustomerChange:
    """What one customer in Rotor is to become."""

    customer: str
    """Rotor's id, or `new:…` for one that Rotor does not have yet."""
    number: int
    """The customers of an import are numbered from 1."""
    kind: Kind
    fields: tuple[FieldChange, ...]
    keys: Mapping[str, str]
    """The phone and email, in normal form, that the customer has once the change is carried out."""
    before_keys: Mapping[str, str]
    succeeds: str = ""
    """The planned customer that this one really is: this change waits until that one has an id."""

    @property
    def label(self) -> str:
        return label_of(self.number)

    @property
    def keyless(self) -> bool:
        """Rotor could not find such a new customer again, so the change is never sent twice."""
        return is_planned(self.customer) and not any(self.keys.values())

    @property
    def taken_keys(self) -> dict[str, str]:
        """The keys that the customer does not have yet."""
        return {name: key for name, key in self.keys.items() if key and key != self.before_keys[name]}

    def ended(self, state: State, message: str = "", problems: tuple[tuple[str, str], ...] = ()) -> Outcome:
        id_ = "" if is_planned(self.customer) else self.customer
        return Outcome(self.customer, self.number, self.kind, state, id_, message, problems)


@dataclass(frozen=True, kw_only=True)
class Change(CustomerChange):
    """A customer's fate: what would be sent for it, if anything.

    `refs` are its rows, the kept one first, and `source_keys` all of theirs. `equal` are the baselines of fields
    that Rotor already agrees about.
    """

    id: str
    refs: tuple[RowRef, ...]
    source_keys: tuple[str, ...]
    equal: Mapping[str, Baseline] = field(default_factory=dict)
    held_fields: tuple[HeldField, ...] = ()
    lost: tuple[LostValue, ...] = ()
    shared: tuple[LostValue, ...] = ()
    """As in Group."""
    unsent: Mapping[str, Unsent] = field(default_factory=dict)
    """The fields of which Rotor keeps something else than the file says, and why."""
    suspicious: tuple[RowRef, ...] = ()
    differences: tuple[Difference, ...] = ()
    """Empty for a new customer, whose every field is new."""

    @property
    def sends(self) -> bool:
        return bool(self.fields) or is_new(self.kind)


@dataclass(frozen=True)
class LinkUpdate:
    """A row's new link, and the one that it gets back if Rotor refuses the change."""

    link: RowLink
    prior: RowLink | None = None
