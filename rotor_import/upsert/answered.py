"""What Rotor's answer to a change says that can't be: another customer's id, or a field in an unknown shape."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from rotor_import.api import Upserted
from rotor_import.ledger.pending import PendingChange
from rotor_import.model.customer import Customer
from rotor_import.model.fields import KEY_FIELDS, Value
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import is_planned

_ODD = "Rotor's answer has it in an undocumented form, which was ignored"


class Known:
    """The ids that Rotor has given: those of its list (`listed`), and those of the changes that were carried out."""

    def __init__(self, listed: Callable[[str], bool], keys: KeyIndex) -> None:
        self._listed = listed
        self._keys = keys
        self._given: set[str] = set()

    def add(self, id_: str) -> None:
        self._given.add(id_)

    def is_given(self, id_: str) -> bool:
        return id_ in self._given

    def __contains__(self, id_: str) -> bool:
        return id_ in self._given or self._listed(id_)

    def keys(self, id_: str) -> Mapping[str, str]:
        """The customer's keys, as far as is known."""
        return self._keys.keys(id_)


def is_anothers(
    change: PendingChange, answer: Upserted, known: Known, pending: Callable[[str], PendingChange | None]
) -> bool:
    """Whether the id in the answer can't be this change's: it is another one's than was addressed, or is taken.

    Rotor may find that a new customer is one who has a change of its own; then they have a key in common.
    """
    id_ = str(answer.customer["id"])
    if not is_planned(change.customer):
        return id_.casefold() != change.customer.casefold()
    if answer.created and id_ in known:
        return True
    other = pending(id_)
    if other is None and not known.is_given(id_):
        return False
    theirs = [known.keys(id_), *([other.keys] if other else [])]
    return not any(change.keys[name] and change.keys[name] == keys[name] for keys in theirs for name in KEY_FIELDS)


def left_aside(answer: Upserted, known: Customer | None) -> tuple[dict[str, Value], tuple[tuple[str, str], ...]]:
    """What was known before of the fields that the answer has in another shape, and what is told of them."""
    told = tuple((name, _ODD) for name in answer.odd)
    if known is None:
        return {}, told
    return {name: value for name, value in known.values.items() if _is_odd(name, answer.odd)}, told


def _is_odd(name: str, odd: Collection[str]) -> bool:
    return name in odd or ("address" in odd and name.startswith("property_"))
