"""Keys that rows have in the file and are not matched by: a person or the mapping said that they are others' too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.model.change import RowRef
from rotor_import.model.policy import MatchingPolicy
from rotor_import.model.row_link import RowLink
from rotor_import.model.rows import Record
from rotor_import.people import JoinedBy

Key = tuple[JoinedBy, str]
"""A key that makes rows meet, by name and value."""

LostBy = Literal["separate", "ignore", "same"]
"""By `same` a row joined others who have another phone or email."""

_NAMES: Mapping[str, JoinedBy] = {
    "phone": "phone",
    "email": "email",
    "source_key": "source_key",
    "id": "id",
    "link": "link",
}
_IGNORED = "ignored "
FIRM = "firm"
"""Among the cells of a held row's link: it is not compared again while the customer that it named has its keys."""
_AMERICAN = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")


@dataclass(frozen=True)
class Loss:
    """`by_person` says that a person decided it, `new` that it was decided in this import.

    Rows of one household that lost the key stay together if they are `kin`.
    """

    value: str
    word: LostBy
    by_person: bool = True
    kin: bool = True
    new: bool = False


class LostKeys:
    """The keys that each row of an import lost."""

    def __init__(self) -> None:
        self._of: dict[RowRef, dict[JoinedBy, Loss]] = defaultdict(dict)
        self.losers: dict[Key, list[str]] = defaultdict(list)
        """The customers of earlier imports that lost a key: a further row that loses it may be one of them."""

    @classmethod
    def remembered(cls, records: Sequence[Record], links: Iterable[RowLink], matching: MatchingPolicy) -> LostKeys:
        """What earlier imports left to others: a row loses it again as long as its cell says the same."""
        lost = cls()
        told = [link for link in links if any(lost_by(link))]
        if not told:
            return lost
        by_person = matching.on_stranger != "separate"
        for teller in told:
            for key, word in lost_by(teller) if teller.customer else ():
                if word == "separate":
                    lost.losers[key].append(teller.customer)
        index = LinkIndex(links, records, matching)
        by_cells = _by_cells(told)
        ignored = {key for teller in told for key, word in lost_by(teller) if word == "ignore"}
        for record in records:
            link = index.stored(record)
            if link is None and not record.source_key:
                link = by_cells.get((record.id, record.phone, record.email))
            for key, word in lost_by(link) if link is not None else ():
                lost.lose(record, key, Loss(key[1], word, by_person=by_person))
            if link is None or link.digest != record.digest or link.fate != "kept":
                for key in ignored:
                    lost.lose(record, key, Loss(key[1], "ignore", new=True))
        return lost

    def of(self, record: Record) -> Mapping[JoinedBy, Loss]:
        return self._of.get(record.ref, {})

    def lose(self, record: Record, key: Key, loss: Loss) -> None:
        """The row's own `key` counts for nothing from now on."""
        name, value = key
        if name == "link" or cell(record, name) == value:
            self._of[record.ref][name] = loss

    def find(self, record: Record, key: Key) -> None:
        """The row has its own `key` after all."""
        self._of[record.ref].pop(key[0], None)

    def without(self, record: Record) -> Record:
        """The row without the keys that it lost; its source key stays its name, and is left to the replay."""
        lost = self._of.get(record.ref)
        if not lost:
            return record
        return replace(
            record,
            id="" if "id" in lost else record.id,
            phone="" if "phone" in lost else record.phone,
            email="" if "email" in lost else record.email,
        )


def lost_by(link: RowLink) -> Iterator[tuple[Key, LostBy]]:
    """The keys that a row lost, and the word for each; a held row's link also has the key that it is held for."""
    for told, value in link.unmoved:
        name = told.removeprefix(_IGNORED)
        if name not in _NAMES or (link.fate == "held" and told == link.field):
            continue
        if name != told:
            yield (_NAMES[name], value), "ignore"
        elif link.decision in ("separate", "ignore"):  # else it is a key that a conflict left with others
            yield (_NAMES[name], value), "separate"
        elif link.decision == "same":
            yield (_NAMES[name], value), "same"


def unmoved_by(losses: Mapping[JoinedBy, Loss]) -> dict[str, str]:
    """The losses as a link has them: those of keys that nobody is to get are marked."""
    return {f"{_IGNORED if loss.word == 'ignore' else ''}{name}": loss.value for name, loss in losses.items()}


def held_for(link: RowLink) -> Key | None:
    """The key that several people share and that the row is held for, if that is why it is."""
    value = dict(link.unmoved).get(link.field) if link.group and link.fate == "held" else None
    return None if value is None else (_NAMES[link.field], value)


def _by_cells(links: Iterable[RowLink]) -> Mapping[tuple[str, str, str], RowLink]:
    """The links of rows without a source key by all that these had in the file, where they agree."""
    found: dict[tuple[str, str, str], list[RowLink]] = defaultdict(list)
    for link in links:
        if link.natural_key.startswith("h:") and link.fate == "kept":
            had: dict[str, str] = {name: value for (name, value), _ in lost_by(link)}
            found[had.get("id", link.id), had.get("phone", link.phone), had.get("email", link.email)].append(link)
    return {
        cells: some[0]
        for cells, some in found.items()
        if any(cells) and len({(link.customer, link.decision, link.unmoved) for link in some}) == 1
    }


def cell(record: Record, name: JoinedBy) -> str:
    """What the row has of a key, '' where it is blank."""
    match name:
        case "phone" | "email":
            return record.key(name)
        case "source_key":
            return record.source_key
        case "id":
            return record.id
        case "link":
            return ""


def carried(record: Record) -> Iterator[Key]:
    """The row's keys, in the order in which they decide."""
    if record.id:
        yield "id", record.id
    if record.source_key:
        yield "source_key", record.source_key
    if record.phone:
        yield "phone", record.phone
    if record.email:
        yield "email", record.email


def rows_by_key(records: Iterable[Record]) -> Mapping[Key, Sequence[Record]]:
    """The rows that have each key, in their order."""
    found: dict[Key, list[Record]] = defaultdict(list)
    for record in records:
        for key in carried(record):
            found[key].append(record)
    return found


def shown(key: Key) -> str:
    """A key as people write it."""
    name, value = key
    found = _AMERICAN.fullmatch(value) if name == "phone" else None
    return "-".join(found.groups()) if found else value
