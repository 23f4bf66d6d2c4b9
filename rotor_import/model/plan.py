"""The whole of what an import would do, and every row's fate in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rotor_import.errors import Defect
from rotor_import.model.change import Change, Hold, PinUpdate, Place
from rotor_import.model.customer import Directory
from rotor_import.model.rows import Notice, Reject

Disposition = Literal["left_out", "rejected", "merged", "held", "create", "update", "unchanged", "undecided"]
KEPT: tuple[Disposition, ...] = ("create", "update", "unchanged", "undecided")


@dataclass(frozen=True)
class SourceFile:
    """`rows` counts data rows: no titles, blank lines or totals."""

    path: str
    sha256: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class RowFate:
    place: Place
    disposition: Disposition
    reason: str = ""
    customer: str = ""
    id: str = ""
    merged_into: Place | None = None


@dataclass(frozen=True)
class Plan:
    files: tuple[SourceFile, ...]
    changes: tuple[Change, ...]
    holds: tuple[Hold, ...]
    rejects: tuple[Reject, ...]
    notices: tuple[Notice, ...]
    left_out: tuple[Place, ...]
    pins: tuple[PinUpdate, ...]
    directory: Directory
    notes: tuple[str, ...] = ()
    """How the files were read."""

    @property
    def sending(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.sends)

    def fates(self) -> Iterator[RowFate]:
        for place in self.left_out:
            yield RowFate(place, "left_out", "the mapping's where leaves it out")
        for place, reasons in _by_place(self.rejects).items():
            yield RowFate(place, "rejected", "; ".join(reasons))
        for hold in self.holds:
            yield RowFate(hold.record.place, "held", hold.reason)
        for change in self.changes:
            first, *merged = change.places
            yield RowFate(first, change.kind, _held_fields(change), change.label, change.id)
            for place in merged:
                yield RowFate(place, "merged", "", change.label, change.id, first)


def _by_place(rejects: Iterable[Reject]) -> Mapping[Place, list[str]]:
    """A row may be rejected for several reasons; it has one fate all the same."""
    found: dict[Place, list[str]] = {}
    for reject in rejects:
        text = f"{reject.field}: {reject.reason}" if reject.field else reject.reason
        found.setdefault((reject.file, reject.row), []).append(text)
    return found


def _held_fields(change: Change) -> str:
    names = ", ".join(held.field for held in change.held_fields)
    return f"changed both in the file and in Rotor, so not sent: {names}" if names else ""


def count_rows(fates: Iterable[RowFate], read: int) -> dict[str, int]:
    """The contract's `rows`; raises Defect if a row has no fate or two."""
    fates = list(fates)
    counts = Counter(fate.disposition for fate in fates)
    kept = sum(counts[kind] for kind in KEPT)
    if len({fate.place for fate in fates}) != len(fates) or len(fates) != read:
        raise Defect(
            f"{read} rows were read but {len(fates)} have a fate: this is a mistake of rotor-import's, "
            "nothing was sent; please report it"
        )
    names: tuple[Disposition, ...] = ("left_out", "rejected", "merged", "held")
    return {"read": read} | {name: counts[name] for name in names} | {"kept": kept}
