"""Decides what has to be sent: for each field of each customer, whether the file's value counts or Rotor's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from rotor_import.model.change import Change, Difference, FieldChange, Group, HeldField, Kind
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNREADABLE_FIELDS, Value
from rotor_import.model.policy import Policy
from rotor_import.model.row_link import is_planned
from rotor_import.model.sameness import lacking_tags
from rotor_import.model.three_way import Baseline, BaselineOf, Verdict, decide, missing_tags
from rotor_import.plan.numbers import keys_before

STATUS, ACTIVE, GONE = "status", "active", "inactive"
SENT, HELD = "sent", "held: changed on both sides"


def plan_changes(
    groups: Sequence[Group],
    directory: Directory,
    baseline: BaselineOf,
    policy: Policy,
    mapped: Collection[str],
    returned: Collection[str] = (),
    *,
    numbers: Sequence[int],
) -> tuple[Change, ...]:
    """A change for each group, by its number; `mapped` are the fields that the mapping fills.

    `returned` are customers that were missing from an earlier full file.
    """
    in_order = sorted(zip(numbers, groups, strict=True), key=lambda numbered: numbered[0])
    return tuple(
        _Planner(
            _active_again(group, baseline, mapped) if group.customer in returned else group,
            baseline,
            policy,
            mapped,
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
    return FieldChange(name, () if name == TAGS_FIELD else "", value, value)


class _Planner:
    """Decides one customer's fields."""

    def __init__(
        self,
        group: Group,
        baseline: BaselineOf,
        policy: Policy,
        mapped: Collection[str],
        *,
        complete: bool,
    ) -> None:
        self._group = group
        self._complete = complete
        self._planned = is_planned(group.customer)
        self._baseline = baseline
        self._policy = policy
        self._mapped = mapped
        self._equal: dict[str, Baseline] = {}
        self._held = list(group.held_keys)
        self._differences: list[Difference] = []
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
        for name, value in values.items():
            field = self._field(name, value)
            if field is not None:
                yield field

    def _field(self, name: str, value: Value) -> FieldChange | None:
        held, baseline = self._held_value(name), self._baseline(self._group.customer, name)
        if name == TAGS_FIELD:
            return self._tags(value, held or (), baseline)
        match decide(value, held, baseline, write=self._policy.write_of(name), on_both=self._policy.on_both):
            case Verdict.SEND:
                self._differ(name, held, value, SENT)
                return FieldChange(name, held, value, value)
            case Verdict.EQUAL:
                self._equal[name] = Baseline(value, held or "")
            case Verdict.LEAVE:
                self._differ(name, held, value, "left as it is in Rotor")
            case Verdict.HOLD:
                self._differ(name, held, value, HELD)
                ref = self._group.records[0].ref
                self._held.append(HeldField(self._group.customer, ref, name, value, held or ""))
            case unhandled:
                assert_never(unhandled)
        return None

    def _tags(self, value: Value, held: Value, baseline: Baseline | None) -> FieldChange | None:
        """Rotor merges tags, so only those that it lacks are sent."""
        match self._policy.write_of(TAGS_FIELD):
            case "if_empty" if held:
                return None
            case "always" | "if_empty" | "clear":
                pass
            case unhandled:
                assert_never(unhandled)
        missing = missing_tags(value, held, baseline)
        said_before = baseline.sent if baseline else ()
        dropped = [tag for tag in lacking_tags(said_before, value) if not lacking_tags((tag,), held)]
        if dropped:
            self._differ(TAGS_FIELD, held, value, f"left: Rotor's API cannot remove {', '.join(dropped)}")
        if missing:
            self._differ(TAGS_FIELD, held, value, f"added: {', '.join(missing)}")
            return FieldChange(TAGS_FIELD, held, missing, value)
        self._equal[TAGS_FIELD] = Baseline(value, held)
        return None

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
