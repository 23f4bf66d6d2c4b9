"""Writes the keys that rows lost into their customers' notes, and says so."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from rotor_import.dedupe.lost_keys import Key, LostBy, LostKeys, shown
from rotor_import.model.change import LostValue, RowRef
from rotor_import.model.customer import Customer
from rotor_import.model.fields import NOTES_FIELD, Value, Values
from rotor_import.model.rows import Notice, Record
from rotor_import.model.three_way import Baseline

SEPARATED = "other customers have it too and keep it; here it is in the notes instead"
IGNORED = "used for nobody, by your decision"
MERGED = "by your decision the row joined a customer who has another one; this one is in the notes instead"
_LABELS: Mapping[str, str] = {"phone": "phone", "email": "email", "source_key": "legacy ID"}
_WHY: Mapping[LostBy, str] = {"separate": SEPARATED, "ignore": IGNORED, "same": MERGED}


def with_shared_keys(
    values: Values, keys: Mapping[Key, LostBy], before: Customer | None, base: Baseline | None
) -> Values:
    """The record with a line in its notes for each of the keys, which its rows lost by a word.

    Where the file has no notes, those in Rotor stay: the lines are added to them, once.
    """
    said = values.get(NOTES_FIELD, "")
    sent = base.sent if base is not None else ""
    if not said and sent and not _missing(sent, keys):
        return {**values, NOTES_FIELD: sent}
    held = said or (before.values.get(NOTES_FIELD, "") if before is not None else "")
    lines = _missing(held, keys)
    if not lines:
        return values
    return {**values, NOTES_FIELD: "\n".join(filter(None, (str(held), *lines)))}


def _missing(notes: Value, keys: Mapping[Key, LostBy]) -> list[str]:
    text = str(notes)
    return [
        f"{'Other' if word == 'same' else 'Shared'} {_LABELS[name]}: {shown((name, value))}"
        for (name, value), word in keys.items()
        if name in _LABELS and shown((name, value)) not in text and value not in text
    ]


def left_to_others(records: Iterable[Record], lost: LostKeys, values: Values) -> Iterator[LostValue]:
    """The keys that these rows left to others, this time or before."""
    notes = str(values.get(NOTES_FIELD, ""))
    for record in records:
        for name, loss in lost.of(record).items():
            told = shown((name, loss.value)) in notes or loss.value in notes
            yield LostValue(record.ref, name, loss.value, notes if told else "")


def lost_notices(records: Sequence[Record], lost: LostKeys, owners: Container[RowRef]) -> Iterator[Notice]:
    """The keys that rows lost in this import; into notes they come only of rows that have a customer."""
    for record in records:
        for name, loss in lost.of(record).items():
            if loss.new and (loss.word == "ignore" or record.ref in owners):
                yield Notice(*record.ref, name, loss.value, _WHY[loss.word], "told")
