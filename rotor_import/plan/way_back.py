"""Plans the way back: what Rotor has to be told so that it holds again what it held before some runs.

Rotor has no way to delete a customer or a tag, so a new customer is set inactive, and a new tag stays. What somebody
has changed since a run stays too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rotor_import.model.before_image import EDITED, TAKEN, BeforeImage, FieldImage, UndoneCustomer, UndoneField
from rotor_import.model.change import CustomerChange, FieldChange
from rotor_import.model.customer import Customer
from rotor_import.model.fields import (
    ACTIVE,
    BOOLEAN_FIELD,
    FIELDS,
    KEY_FIELDS,
    TAGS_FIELD,
    UNREADABLE_FIELDS,
    Value,
    blank,
)
from rotor_import.model.sameness import NormalForm, lacking_tags, same_field
from rotor_import.plan.changes import GONE, STATUS

GONE_FROM_ROTOR = "its customer is gone from Rotor"
TAGS_STAY = "Rotor's API can't remove tags"
NOT_KNOWN = "it isn't known what Rotor held before"
NOT_CLEARED = "this field can't be cleared"
NOT_DONE = "an earlier undo couldn't restore it"
ELSEWHERE = "another feed has this customer"
PENDING = "another import's change of this customer is still to be sent"


@dataclass(frozen=True)
class WayBack:
    """The way back of one customer: what is told of each field, and what is sent."""

    customer: UndoneCustomer
    fields: tuple[FieldChange, ...] = ()
    held: Customer | None = None
    keys: Mapping[str, str] | None = None
    """The phone and email, in normal form, that the customer ends up with."""

    @property
    def change(self) -> CustomerChange | None:
        if not self.fields or self.held is None or self.keys is None:
            return None
        return CustomerChange(
            customer=self.held.id,
            number=self.customer.number,
            kind="update",
            fields=self.fields,
            keys=self.keys,
            before_keys=self.held.keys,
        )


def ways_back(
    images: Iterable[BeforeImage],
    customers: Mapping[str, Customer],
    normal: NormalForm,
    runs: Collection[str],
    busy: Collection[str] = (),
    elsewhere: Collection[str] = (),
) -> list[WayBack]:
    """The way back of each customer that the runs changed.

    `images` are those of all runs, the newest run first; `customers` all that Rotor holds. `busy` are customers of whom
    another import has a change still to be sent, `elsewhere` those who belong to rows of other feeds too.
    """
    by_customer: dict[str, list[BeforeImage]] = {}
    for image in images:
        by_customer.setdefault(image.customer, []).append(image)
    ways = [
        _Planner(
            own, customers.get(name), normal, number, runs, is_busy=name in busy, is_elsewhere=name in elsewhere
        ).plan()
        for number, (name, own) in enumerate(by_customer.items(), start=1)
    ]
    return _with_free_keys(ways, customers)


class _Planner:
    """Decides one customer's fields; `images` are in the runs' order, the newest first."""

    def __init__(
        self,
        images: Sequence[BeforeImage],
        held: Customer | None,
        normal: NormalForm,
        number: int,
        runs: Collection[str],
        *,
        is_busy: bool,
        is_elsewhere: bool,
    ) -> None:
        # What an undo among the runs had taken back comes again with it, and is then taken back.
        self._open = [image for image in images if not image.undone_by or image.undone_by in runs]
        self._images = self._open or list(images)
        self._is_undone = not self._open
        self._held = held
        self._normal = normal
        self._number = number
        self._is_busy = is_busy
        self._is_elsewhere = is_elsewhere
        self._is_created = any(image.is_created for image in self._images)

    def plan(self) -> WayBack:
        if self._is_busy:
            return self._told([UndoneField("", "", None, "impossible", PENDING)])
        if self._held is None:
            return self._told([UndoneField("", "", None, "impossible", GONE_FROM_ROTOR)])
        if self._is_created:
            return self._deactivated(self._held)
        fields = [self._field(name) for name in self._names()]
        changes = [] if self._is_undone else [change for one in fields if (change := self._change(one)) is not None]
        return self._told(fields, changes)

    def _told(self, fields: Sequence[UndoneField], changes: Sequence[FieldChange] = ()) -> WayBack:
        customer = UndoneCustomer(self._images[0].customer, self._number, tuple(fields))
        if self._held is None:
            return WayBack(customer)
        after = {change.field: str(change.after) for change in changes if change.field in KEY_FIELDS}
        keys = self._held.keys | {name: self._normal(name, value) for name, value in after.items()}
        return WayBack(customer, tuple(changes), self._held, keys)

    def _deactivated(self, held: Customer) -> WayBack:
        """A new customer is set inactive, unless somebody works with it.

        It gives up its phone and email: nobody is taken for it then, and who had them before gets them back.
        """
        status = self._now(STATUS) or ACTIVE
        if self._is_elsewhere:
            return self._told([UndoneField(STATUS, status, GONE, "kept", ELSEWHERE)])
        edited = [one for name in self._names() if name != STATUS for one in self._edited(name)]
        edited += [UndoneField(name, "", None, "kept", EDITED) for name in self._added(held)]
        if not edited and status != GONE and self._is_undone:
            edited = [UndoneField(STATUS, GONE, ACTIVE, "kept", EDITED)]
        if edited:
            return self._told(edited)
        now = {STATUS: status} | {name: str(value) for name in KEY_FIELDS if (value := held.values.get(name))}
        after = {STATUS: GONE}
        told = [UndoneField(name, value, after.get(name, ""), "deactivated") for name, value in now.items()]
        changes = [
            FieldChange(name, value, after.get(name, ""), after.get(name, ""))
            for name, value in now.items()
            if value != after.get(name, "") and not self._is_undone
        ]
        return self._told(told, changes)

    def _edited(self, name: str) -> Iterator[UndoneField]:
        """A field of a new customer, if it isn't what the newest run left."""
        left = next(field.left for image in self._images for field in image.fields if field.field == name)
        now = self._now(name)
        given_back = self._is_undone and name in KEY_FIELDS and not now
        if not given_back and not self._is_same(name, now, left):
            yield UndoneField(name, left, None, "kept", EDITED)

    def _added(self, held: Customer) -> Iterator[str]:
        """Fields that somebody has filled since the customer was created."""
        known = {field.field for image in self._images for field in image.fields}
        hidden = UNREADABLE_FIELDS | {STATUS}
        return (name for name in FIELDS if name in held.values and name not in known and name not in hidden)

    def _names(self) -> list[str]:
        return list(dict.fromkeys(field.field for image in self._images for field in image.fields))

    def _now(self, name: str) -> Value:
        return blank(name) if self._held is None else self._held.values.get(name, blank(name))

    def _field(self, name: str) -> UndoneField:
        """Walk back through the runs, from what Rotor holds now to what it held before the oldest."""
        images = [field for image in self._images for field in image.fields if field.field == name]
        left, now = images[0].left, self._now(name)
        for image in images:
            if name == TAGS_FIELD:
                return _tags(images, now)
            if self._is_undone and not self._is_same(name, now, image.before):
                return self._since_undone(name, image, now)
            if self._is_same(name, now, image.left) and not self._is_same(name, image.left, image.before):
                if image.before is None:
                    return UndoneField(name, left, None, "impossible", NOT_KNOWN)
                now = image.before
            elif not self._is_same(name, now, image.before):
                return UndoneField(name, left, images[-1].before, "kept", EDITED)
        if now == "" and name == BOOLEAN_FIELD and self._now(name):
            return UndoneField(name, left, now, "impossible", NOT_CLEARED)
        return UndoneField(name, left, ACTIVE if name == STATUS and not now else now, "restored")

    def _since_undone(self, name: str, image: FieldImage, now: Value) -> UndoneField:
        """Another undo was here before: it couldn't do this, or somebody has edited the field since."""
        if self._is_same(name, now, image.left):
            return UndoneField(name, image.left, image.before, "impossible", NOT_DONE)
        return UndoneField(name, image.left, image.before, "kept", EDITED)

    def _change(self, field: UndoneField) -> FieldChange | None:
        now, before = self._now(field.field), field.before
        if field.fate != "restored" or before is None or self._is_same(field.field, now, before):
            return None
        # Rotor may hold a spelling with white space around it, which it would refuse to be sent.
        sent = before.strip() if isinstance(before, str) and field.field in KEY_FIELDS else before
        return FieldChange(field.field, now, sent, sent)

    def _is_same(self, name: str, value: Value, other: Value | None) -> bool:
        return other is not None and same_field(name, value, other, self._normal)


def _tags(images: Sequence[FieldImage], now: Value) -> UndoneField:
    """Tags that a run added stay, unless somebody took them away since."""
    left, before = images[0].left, images[-1].before
    added = lacking_tags(left, before or ())
    if before is None or len(lacking_tags(added, now)) < len(added):
        return UndoneField(TAGS_FIELD, left, before, "impossible", TAGS_STAY)
    return UndoneField(TAGS_FIELD, left, before, "restored")


def _with_free_keys(ways: Sequence[WayBack], customers: Mapping[str, Customer]) -> list[WayBack]:
    """Nobody gets back a phone or an email that another customer keeps."""
    holders: dict[tuple[str, str], list[str]] = {}
    for customer in customers.values():
        for name, key in customer.keys.items():
            if key:
                holders.setdefault((name, key), []).append(customer.id)
    found = {way.customer.customer: way for way in ways}
    wanting: dict[tuple[str, str], list[str]] = {}
    for own, way in found.items():
        for name in _taken(way):
            wanting.setdefault((name, _key_of(way, name)), []).append(own)
    left = list(found)
    while left:
        own = left.pop()
        for name in _taken(found[own]):
            rivals = [other for other in holders.get((name, _key_of(found[own], name)), ()) if other != own]
            if not all(_gives_up(found.get(other), name) for other in rivals):
                # This customer keeps its own key then, which another may want.
                found[own] = _blocked(found[own], name)
                left += wanting.get((name, _key_of(found[own], name)), ())
    return list(found.values())


def _taken(way: WayBack) -> list[str]:
    change = way.change
    return list(change.taken_keys) if change else []


def _key_of(way: WayBack, name: str) -> str:
    return way.keys[name] if way.keys else ""


def _gives_up(way: WayBack | None, name: str) -> bool:
    return way is not None and way.held is not None and _key_of(way, name) != way.held.keys[name]


def _blocked(way: WayBack, name: str) -> WayBack:
    if way.held is None or way.keys is None:
        return way
    told = [replace(one, fate="impossible", reason=TAKEN) if one.field == name else one for one in way.customer.fields]
    return replace(
        way,
        customer=replace(way.customer, fields=tuple(told)),
        fields=tuple(field for field in way.fields if field.field != name),
        keys={**way.keys, name: way.held.keys[name]},
    )
