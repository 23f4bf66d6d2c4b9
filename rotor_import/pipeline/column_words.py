"""What targets of columns are called, and why a column goes where it goes."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence

from rotor_import.mapping import Place, presets
from rotor_import.model.fields import ADDRESSES, NOTES_FIELD, TAGS_FIELD
from rotor_import.pipeline.column_counts import Count
from rotor_import.report import field_words

_CALLED = {
    "name": "First and last name, from one cell",
    "property_address": "Property address, from one cell",
    "billing_address": "Billing address, from one cell",
    "billing_same_as_property": "Billing address is the property's",
    "key": "Legacy ID",
    "id": "Rotor ID",
    "service_type": "Service type",
    "service_frequency": "Service frequency",
    "company_name": "Company",
    "": "Not imported",
}
_ADDRESS = ("street1", "street2", "city", "state", "zip", "country")
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("",)),
    ("Contact", ("phone", "email")),
    ("Name", ("name", "first_name", "last_name", "company_name")),
    ("Property address", ("property_address", *(f"property_{part}" for part in _ADDRESS))),
    ("Billing address", ("billing_address", *(f"billing_{part}" for part in _ADDRESS), "billing_same_as_property")),
    ("Customer", ("status", "tags", "source", "service_type", "service_frequency", "notes")),
    ("Matching", ("key", "id")),
)
"""All targets, in the order in which they are offered."""
_TURNS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_KINDS = {"phone": "phone numbers", "email": "email addresses", "name": "people's names"}
_LIKE = dict.fromkeys(ADDRESSES, "addresses")
_PERCENT = 100


def called(target: str) -> str:
    """A target as its option says it."""
    words = _CALLED.get(target) or field_words(target)
    return words[:1].upper() + words[1:]


def choice_of(target: str, turn: int) -> str:
    """The option of one of several columns: `Phone, second choice`."""
    return f"{called(target)}, {_TURNS[turn] if turn < len(_TURNS) else f'{turn + 1}th'} choice"


def together(column: str, place: Place) -> str:
    """What happens where several columns go to one place; '' where it is one."""
    others = [name for name in place.beside if name != column]
    if not others or not place.is_plain:
        return ""
    names = _listed([*place.beside])
    fills = called(place.target).partition(",")[0]
    if place.target in ("name", *ADDRESSES):
        return f"{names} are read together, in this order, as one {'name' if place.target == 'name' else 'address'}."
    if place.target == TAGS_FIELD:
        return f"{names} all fill {fills}: their tags are put together."
    if place.target == "key":
        return f"{names} all fill {fills}: the first one that is filled is used."
    which = "valid" if place.target in ("phone", "email") else "filled"
    return f"{names} {'both' if len(others) == 1 else 'all'} fill {fills}: the first one that is {which} is used."


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{_short(name)}”" for name in names[:4]]
    more = [f"{len(names) - len(quoted)} more"] if len(names) > len(quoted) else []
    *first, last = [*quoted, *more]
    return f"{', '.join(first)} and {last}" if first else last


def _short(name: str, longest: int = 40) -> str:
    one_line = " ".join(name.split())
    return one_line if len(one_line) <= longest else one_line[:longest] + "…"


def reason(
    column: str,
    place: Place,
    count: Count,
    *,
    chosen: bool,
    preset: str,
    named: ReadOnly[str, Sequence[str]],
    private: ReadOnly[str, str],
) -> str:
    """Why the column goes where it goes."""
    if place.target and not place.is_plain:
        where = ", ".join(field_words(name) for name in place.fields)
        return f"As the mapping says: one of several columns that make {where}"
    if chosen:
        return "You chose this" + _share(place, count)
    if place.target == "":
        return _left_out(column, count, private)
    if preset:
        return f"As {_system(preset)} exports it" + _share(place, count)
    if place.target in named.get(column, ()):
        return "By its name" + _share(place, count)
    if place.target == NOTES_FIELD:
        return "Not recognized, so it is kept in the notes"
    if place.target == "key":
        return "Rows with the same value are one customer"
    return f"By its cells{_share(place, count)}" if place.target in (*_KINDS, *_LIKE) else "As the mapping says"


def _system(preset: str) -> str:
    """Whose export a preset is for."""
    return next((one.about.partition(":")[0] for one in presets() if one.name == preset), preset)


def _share(place: Place, count: Count) -> str:
    kind = (_KINDS | _LIKE).get(place.target)
    if kind is None or not count.looked:
        return ""
    return f", and {_PERCENT * count.valid // count.looked}% look like {kind}"


def _left_out(column: str, count: Count, private: ReadOnly[str, str]) -> str:
    if column in private:
        words = private[column]
        return f"Left out on purpose: {words}"
    return "No field of Rotor fits" if count.filled else "Blank in every row"


def moved(before: ReadOnly[str, Place], after: ReadOnly[str, Place], but: str) -> str:
    """What an edit did to other columns, in a sentence; '' where nothing."""
    others = [name for name in before if name != but and before[name].target != after[name].target]
    sentences = [
        f"“{_short(name)}” now goes to {called(after[name].target)}."
        if after[name].target
        else f"“{_short(name)}” is no longer imported."
        for name in others[:3]
    ]
    more = len(others) - len(sentences)
    return " ".join(sentences) + (f" So it is with {more} more." if more else "")
