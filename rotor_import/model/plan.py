"""All that an import would do, and what becomes of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, assert_never, get_args

from rotor_import.errors import Defect
from rotor_import.model.change import Change, Hold, Kind, LinkUpdate, RowRef, State
from rotor_import.model.customer import Directory
from rotor_import.model.decision import SKIPPED
from rotor_import.model.duplicates import AskedPair
from rotor_import.model.missing import Missing
from rotor_import.model.question import Question
from rotor_import.model.rows import Notice, Reject
from rotor_import.model.summary import ChangeCounts, RowCounts

if TYPE_CHECKING:
    from rotor_import.model.independent import Independent

Disposition = Literal["left_out", "rejected", "merged", "held", Kind]
"""What becomes of a row; a kept one has the kind of its customer's change."""

KEPT: tuple[Kind, ...] = get_args(Kind)


def lost_disposition(state: State) -> Literal["rejected", "held"]:
    """What a row is whose change was refused or held while it was sent."""
    match state:
        case "refused":
            return "rejected"
        case "held":
            return "held"
        case "created" | "updated" | "dropped" | "unknown" | "pending":
            raise Defect(
                f"A change that is {state} lost a row. This is an internal error (a bug in rotor-import); please "
                "report it."
            )
        case unhandled:
            assert_never(unhandled)


@dataclass(frozen=True)
class SourceFile:
    """`rows` counts data rows: no titles, blank lines or totals."""

    path: str
    sha256: str
    rows: int
    columns: tuple[str, ...]
    filled: tuple[int, ...] = ()
    """How many rows have something in each column."""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> SourceFile:
        """From the dictionary that a run keeps of it."""
        lists = {name: tuple(stored.get(name, ())) for name in ("columns", "filled")}
        return cls(**{**stored, **lists})


@dataclass(frozen=True)
class RowFate:
    ref: RowRef
    disposition: Disposition
    reason: str = ""
    customer: str = ""
    id: str = ""
    merged_into: RowRef | None = None


@dataclass(frozen=True)
class Plan:
    files: tuple[SourceFile, ...]
    changes: tuple[Change, ...]
    holds: tuple[Hold, ...]
    rejects: tuple[Reject, ...]
    notices: tuple[Notice, ...]
    left_out: tuple[RowRef, ...]
    links: tuple[LinkUpdate, ...]
    directory: Directory
    independent: Independent | None = None
    """The customers that needed no replay; `changes`, `holds` and `links` are those of the contested rows."""
    notes: tuple[str, ...] = ()
    """How the files were read."""
    missing: tuple[Missing, ...] = ()
    """Customers of the feed whom a full file no longer names; only a sync has any."""
    skipped: tuple[RowRef, ...] = ()
    """Rows that a person decided to leave out."""
    feed: str = ""
    mapping: str = ""
    """The mapping's name."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Decisions that were not applied: why, by their questions."""
    questions: tuple[Question, ...] = ()
    """All that needs a person, in the order of review.csv."""
    asked: tuple[AskedPair, ...] = ()
    """The pairs that are asked about, and those about which a person has said something now."""

    @property
    def new(self) -> Kind:
        """The kind of a customer whom Rotor's list does not show."""
        return "create" if self.directory.complete else "undecided"

    def counted(self) -> ChangeCounts:
        """How many customers there are of each kind."""
        counts: Counter[Kind] = Counter(change.kind for change in self.changes)
        if self.independent is not None:
            known = int(self.independent.groups.get_column("known").sum())
            counts["unchanged"] += known
            counts[self.new] += self.independent.groups.height - known
        return {
            "create": counts["create"],
            "update": counts["update"],
            "unchanged": counts["unchanged"],
            "undecided": counts["undecided"],
        }

    def requests(self) -> int:
        """How many POSTs the plan takes."""
        new = 0 if self.independent is None else int((~self.independent.groups.get_column("known")).sum())
        return new + sum(change.sends for change in (*self.changes, *self.absences))

    @property
    def absences(self) -> tuple[Change, ...]:
        """The changes of customers that are missing from a full file, of which no row is part."""
        return tuple(absent.change for absent in self.missing if absent.change is not None)

    def fates(self) -> Iterator[RowFate]:
        """The fates of all rows but the independent ones."""
        for ref in self.left_out:
            yield RowFate(ref, "left_out", "left out by the mapping's where")
        for ref in self.skipped:
            yield RowFate(ref, "left_out", SKIPPED)
        for ref, reasons in _by_ref(self.rejects).items():
            yield RowFate(ref, "rejected", "; ".join(reasons))
        for hold in self.holds:
            yield RowFate(hold.record.ref, "held", hold.reason)
        for change in self.changes:
            first, *merged = change.refs
            yield RowFate(first, change.kind, _held_fields(change), change.label, change.id)
            for ref in merged:
                yield RowFate(ref, "merged", "", change.label, change.id, first)


def _by_ref(rejects: Iterable[Reject]) -> Mapping[RowRef, list[str]]:
    """The reasons by row: one rejected for several has a single fate all the same."""
    found: dict[RowRef, list[str]] = {}
    for reject in rejects:
        text = f"{reject.field}: {reject.reason}" if reject.field else reject.reason
        found.setdefault((reject.file, reject.row), []).append(text)
    return found


def _held_fields(change: Change) -> str:
    both, partial = (
        ", ".join(held.field for held in change.held_fields if held.kind == kind) for kind in ("both", "partial")
    )
    reasons = [
        f"not sent, because changed both in the file and in Rotor: {both}" if both else "",
        f"not sent, because it would be mixed with Rotor's address: {partial}" if partial else "",
    ]
    return "; ".join(filter(None, reasons))


def count_rows(plan: Plan) -> RowCounts:
    """The contract's `rows`; raises Defect if a row has no fate or two."""
    read = sum(file.rows for file in plan.files)
    fates = list(plan.fates())
    counts: Counter[str] = Counter(fate.disposition for fate in fates)
    counts.update(kept=sum(counts[kind] for kind in KEPT))
    refs = [fate.ref for fate in fates]
    count = len(refs)
    if plan.independent is not None:
        rows, groups = plan.independent.rows.height, plan.independent.groups.height
        count += rows
        counts.update(kept=groups, merged=rows - groups)
    if _distinct(set(refs), plan.independent) != count or count != read:
        raise Defect(
            f"{read} rows were read, but the outcome of {count} is known. Nothing was sent. "
            "This is an internal error (a bug in rotor-import); please report it."
        )
    return {
        "read": read,
        "left_out": counts["left_out"],
        "rejected": counts["rejected"],
        "merged": counts["merged"],
        "held": counts["held"],
        "kept": counts["kept"],
    }


def _distinct(refs: Collection[RowRef], independent: Independent | None) -> int:
    """How many different rows there are in both."""
    if independent is None:
        return len(refs)
    from rotor_import.model.independent import numbers_of, ref_numbers  # noqa: PLC0415 - whoever has one has polars

    own = numbers_of(independent.rows)
    in_order = (own.slice(1) > own.head(-1)).all()
    in_both = int(own.is_in(ref_numbers(refs).implode()).sum()) if refs else 0
    return len(refs) + (len(own) if in_order else own.n_unique()) - in_both
