"""What a customer was before a run changed it, so that the way back can be planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rotor_import.model.fields import STATUS_FIELD

if TYPE_CHECKING:
    from rotor_import.model.fields import Value
    from rotor_import.model.row_link import RowKey, RowLink
    from rotor_import.model.three_way import Baseline


Links = tuple[tuple["RowKey", "RowLink | None"], ...]
"""Rows with the link that each had; None of a row that had none."""


@dataclass(frozen=True)
class FieldImage:
    """A field that a run changed: `before` is None where it isn't known, `left` what Rotor held afterwards."""

    field: str
    before: Value | None
    left: Value


@dataclass(frozen=True)
class BeforeImage:
    """One customer that a run created or changed.

    `baselines` and `links` are what the ledger had of the customer before: None where it had none. `undone_by` is the
    run that undid the change, '' if none did.
    """

    run: str
    feed: str
    customer: str
    is_created: bool
    fields: tuple[FieldImage, ...]
    baselines: Mapping[str, Baseline | None] = field(default_factory=dict)
    links: Links = ()
    undone_by: str = ""


# Why a field doesn't come back, in words.
EDITED = "edited in Rotor since"
TAKEN = "another customer has it now"

Fate = Literal["restored", "deactivated", "kept", "impossible"]
"""What an undo makes of a customer or of a field of one."""


@dataclass(frozen=True)
class UndoneField:
    """A field on its way back, from what the run `left` to what it was `before`; None where that isn't known.

    `field` is '' where it is about the customer as a whole.
    """

    field: str
    left: Value
    before: Value | None
    fate: Fate
    reason: str = ""


@dataclass(frozen=True)
class UndoneCustomer:
    """A customer on its way back, field by field."""

    customer: str
    number: int
    fields: tuple[UndoneField, ...]

    @property
    def is_back(self) -> bool:
        """Whether anything of it came back."""
        return any(one.fate in ("restored", "deactivated") for one in self.fields)

    @property
    def is_deactivated(self) -> bool:
        """Whether it is a new customer that is inactive now, even if something else of it didn't work."""
        return any(one.field == STATUS_FIELD and one.fate == "deactivated" for one in self.fields)

    @property
    def fate(self) -> Fate:
        """Each customer counts once: what needs a person's eye comes first."""
        fates = {one.fate for one in self.fields}
        order: tuple[Fate, ...] = ("kept", "impossible", "deactivated")
        return next((fate for fate in order if fate in fates), "restored")
