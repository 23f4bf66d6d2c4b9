"""Decides what has to be sent: for each field of each customer, whether the file's value counts or Rotor's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Literal, assert_never

from rotor_import.model.address_line import address_line
from rotor_import.model.change import Change, Difference, FieldChange, Group, HeldField, HeldKind, Kind, Unsent
from rotor_import.model.customer import Directory
from rotor_import.model.field_decisions import FieldDecisions
from rotor_import.model.fields import (
    ACTIVE,
    ADDRESSES,
    INACTIVE,
    KEY_FIELDS,
    STATUS_FIELD,
    TAGS_FIELD,
    UNIT_OF,
    UNREADABLE_FIELDS,
    Value,
    Values,
    blank,
)
from rotor_import.model.policy import Policy
from rotor_import.model.row_link import is_planned
from rotor_import.model.sameness import lacking_tags
from rotor_import.model.three_way import Baseline, BaselineOf, Verdict, decide, missing_tags
from rotor_import.plan.numbers import keys_before

STATUS, GONE = STATUS_FIELD, INACTIVE
SENT, LEFT = "sent", "Rotor's value was kept"
HELD, PARTIAL = "on hold: changed on both sides", "on hold: would be mixed with Rotor's address"
_Said = Literal["file", "rotor", "nothing"]
"""What a person said about a field that would be held."""


def plan_changes(  # noqa: PLR0913  # all that is known of customers, rules and a person's words meets here
    groups: Sequence[Group],
    directory: Directory,
    baseline: BaselineOf,
    policy: Policy,
    mapped: Collection[str],
    returned: Collection[str] = (),
    *,
    numbers: Sequence[int],
    decisions: FieldDecisions | None = None,
) -> tuple[Change, ...]:
    """A change for each group, by its number; `mapped` are the fields that the mapping fills.

    `returned` are customers that were missing from an earlier full file. `decisions` are told which of them were met.
    """
    decisions = decisions or FieldDecisions()
    in_order = sorted(zip(numbers, groups, strict=True), key=lambda numbered: numbered[0])
    return tuple(
        _Planner(
            _active_again(group, baseline, mapped) if group.customer in returned else group,
            baseline,
            policy,
            mapped,
            decisions,
            complete=directory.complete,
        ).change(number)
        for number, group in in_order
    )


def _active_again(group: Group, baseline: BaselineOf, mapped: Collection[str]) -> Group:
    """Whoever was set inactive for being missing is active again, unless the file itself says the status."""
    known = baseline(group.customer, STATUS)
    if STATUS in mapped or known is None or known.sent != GONE:
        return group
    return replace(group, values={**group.values, STATUS: ACTIVE})


def first_value(name: str, value: Value) -> FieldChange:
    """A field of a new customer."""
    return FieldChange(name, blank(name), value, value)


class _Planner:
    """Decides one customer's fields."""

    def __init__(
        self,
        group: Group,
        baseline: BaselineOf,
        policy: Policy,
        mapped: Collection[str],
        decisions: FieldDecisions,
        *,
        complete: bool,
    ) -> None:
        self._group = group
        self._complete = complete
        self._planned = is_planned(group.customer)
        self._baseline = baseline
        self._policy = policy
        self._mapped = mapped
        self._decisions = decisions
        self._equal: dict[str, Baseline] = {}
        self._held = list(group.held_keys)
        self._differences: list[Difference] = []
        self._unsent: dict[str, Unsent] = {}
        for held in group.held_keys:
            self._differ(held.field, held.rotor_value, held.file_value, HELD)

    def change(self, number: int) -> Change:
        group = self._group
        fields = (*self._changed_keys(), *self._other_changes())
        id_ = "" if self._planned else group.customer
        return Change(
            customer=group.customer,
            number=number,
            kind=self._kind(known=bool(id_), changed=bool(fields)),
            id=id_,
            fields=fields,
            refs=tuple(record.ref for record in group.records),
            source_keys=tuple(dict.fromkeys(record.source_key for record in group.records)),
            keys=group.keys,
            before_keys=keys_before(group.before),
            equal=self._equal,
            held_fields=tuple(self._held),
            lost=group.lost,
            shared=group.shared,
            unsent=self._unsent,
            suspicious=group.suspicious,
            succeeds=group.succeeds,
            differences=tuple(self._differences),
        )

    def _kind(self, *, known: bool, changed: bool) -> Kind:
        if not known:
            return "create" if self._complete else "undecided"
        return "update" if changed else "unchanged"

    def _changed_keys(self) -> Iterator[FieldChange]:
        """The replay has decided the keys; what is left is whether Rotor has them already."""
        before = self._group.before
        for name in KEY_FIELDS:
            value = self._group.keys[name]
            held = keys_before(before)[name]
            if value != held or (before is None and value and not self._planned):
                stored = "" if before is None else before.values.get(name, "")
                if not self._planned:
                    self._differ(name, stored, value, SENT)
                yield FieldChange(name, stored, value, self._group.key_baselines.get(name, value))
            elif name in self._group.key_baselines:
                self._equal[name] = Baseline(self._group.key_baselines[name], value)

    def _other_changes(self) -> Iterator[FieldChange]:
        values = dict(self._group.values)
        if self._planned:
            for name, value in values.items():
                yield first_value(name, value)
            return
        values |= {
            name: ""
            for name in self._policy.write
            if self._policy.clears(name) and name in self._mapped and name not in values and name not in KEY_FIELDS
        }
        partial = self._partial_addresses(values)
        for name, value in values.items():
            field = self._field(name, value, partial.get(UNIT_OF.get(name, "")))
            if field is not None:
                yield field

    def _partial_addresses(self, values: Values) -> dict[str, _Said]:
        """The addresses that would be mixed with Rotor's, with what a person said; the others of them are held."""
        partial: dict[str, _Said] = {}
        match self._policy.on_partial:
            case "send":
                return partial
            case "hold":
                pass
            case unhandled:
                assert_never(unhandled)
        for unit, parts in ADDRESSES.items():
            held = {name: value for name in parts if (value := self._held_value(name))}
            if self._is_partial(parts, values, held):
                said, in_rotor = address_line(values, unit), address_line(held, unit)
                partial[unit] = self._decisions.word(self._group.customer, unit, said, in_rotor) or "nothing"
                if partial[unit] == "nothing":
                    self._hold(unit, said, in_rotor, "partial")
        return partial

    def _is_partial(self, parts: Sequence[str], values: Values, held: Values) -> bool:
        """Whether a part would overwrite another value while a blank one leaves Rotor's standing beside it."""
        return any(name in self._mapped and name not in values for name in held) and any(
            values.get(name) and name in held and self._verdict(name, values[name]) in (Verdict.SEND, Verdict.HOLD)
            for name in parts
        )

    def _verdict(self, name: str, value: Value) -> Verdict:
        return decide(
            value,
            self._held_value(name),
            self._baseline(self._group.customer, name),
            write=self._policy.write_of(name),
            on_both=self._policy.on_both,
        )

    def _hold(self, name: str, value: Value, held: Value, kind: HeldKind = "both") -> None:
        ref = self._group.records[0].ref
        self._held.append(HeldField(self._group.customer, ref, name, value, held, kind))

    def _field(self, name: str, value: Value, said: _Said | None) -> FieldChange | None:
        """What is sent of a field, if anything; `said` is about its address, where that is a partial one."""
        held = self._held_value(name)
        if name == TAGS_FIELD:
            return self._tags(value, held or (), self._baseline(self._group.customer, name))
        match self._verdict(name, value):
            case Verdict.EQUAL:
                self._equal[name] = Baseline(value, held or "")
            case Verdict.LEAVE:
                self._leave(name, held, value)
            case Verdict.SEND if said is None:
                return self._send(name, value, held)
            case Verdict.HOLD if said is None:
                return self._both_changed(name, value, held)
            case Verdict.SEND | Verdict.HOLD:
                return self._as_said(name, value, held, said or "nothing", PARTIAL)
            case unhandled:
                assert_never(unhandled)
        return None

    def _both_changed(self, name: str, value: Value, held: Value | None) -> FieldChange | None:
        said = self._decisions.word(self._group.customer, name, value, held or "") or "nothing"
        if said == "nothing":
            self._hold(name, value, held or "")
        return self._as_said(name, value, held, said, HELD)

    def _as_said(self, name: str, value: Value, held: Value | None, said: _Said, waits: str) -> FieldChange | None:
        """Do with a held field what a person said, and remember it, so that the same is not asked again."""
        match said:
            case "file":
                if (baseline := self._baseline(self._group.customer, name)) is not None:
                    self._equal[name] = Baseline(baseline.sent, held or "")  # Rotor's edit is known and overruled
                return self._send(name, value, held)
            case "rotor":
                self._equal[name] = Baseline(value, held or "")
                self._leave(name, held, value)
            case "nothing":
                self._unsent[name] = "held"
                self._differ(name, held, value, waits)
            case unhandled:
                assert_never(unhandled)
        return None

    def _leave(self, name: str, held: Value | None, value: Value) -> None:
        self._unsent[name] = "left"
        self._differ(name, held, value, LEFT)

    def _send(self, name: str, value: Value, held: Value | None) -> FieldChange:
        self._differ(name, held, value, SENT)
        return FieldChange(name, held, value, value)

    def _tags(self, value: Value, held: Value, baseline: Baseline | None) -> FieldChange | None:
        """Rotor merges tags, so only those that it lacks are sent."""
        match self._policy.write_of(TAGS_FIELD):
            case "if_empty" if held:
                self._leave_tags(value, held)
                return None
            case "always" | "if_empty" | "clear":
                pass
            case unhandled:
                assert_never(unhandled)
        missing = missing_tags(value, held, baseline)
        self._leave_tags(value, (*held, *missing))
        said_before = baseline.sent if baseline else ()
        dropped = [tag for tag in lacking_tags(said_before, value) if not lacking_tags((tag,), held)]
        if dropped:
            self._differ(TAGS_FIELD, held, value, f"not removed (Rotor's API can't remove tags): {', '.join(dropped)}")
        if missing:
            self._differ(TAGS_FIELD, held, value, f"added: {', '.join(missing)}")
            return FieldChange(TAGS_FIELD, held, missing, value)
        self._equal[TAGS_FIELD] = Baseline(value, held)
        return None

    def _leave_tags(self, value: Value, result: Value) -> None:
        """Note whether Rotor will hold some or none of the file's tags."""
        lacking = lacking_tags(value, result)
        if lacking:
            self._unsent[TAGS_FIELD] = "partly" if len(lacking) < len(value) else "left"

    def _differ(self, name: str, held: Value | None, value: Value, done: str) -> None:
        baseline = self._baseline(self._group.customer, name)
        self._differences.append(Difference(name, baseline.sent if baseline else None, held, value, done))

    def _held_value(self, name: str) -> Value | None:
        """What Rotor holds: '' for blank, None where that is not known.

        A field that cannot be read back counts as it was last acknowledged.
        """
        before = self._group.before
        if before is not None and (name in before.values or name not in UNREADABLE_FIELDS):
            return before.values.get(name, "")
        baseline = self._baseline(self._group.customer, name)
        return baseline.acknowledged if baseline else None
