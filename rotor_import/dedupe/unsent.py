"""Takes the feed's own unsent changes as applied already, so that a pause between plan and sending changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rotor_import.dedupe.background import PendingKeys
from rotor_import.model.change import LinkUpdate
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex


def apply_unsent(pending: Sequence[PendingKeys], live: Collection[str], key_index: KeyIndex) -> frozenset[str]:
    """Give customers the keys that their unsent changes are to give them.

    Returns the customers whose change is forgotten instead: those not `live`, for the file has no row of theirs any
    more, and those whose keys somebody changed or took in Rotor meanwhile.
    """
    moving = {change.customer for change in pending}
    forgotten = set()
    for change in pending:
        current = key_index.keys(change.customer)
        fits = change.customer in live and all(
            current[name] in (change.before[name], change.after[name]) for name in KEY_FIELDS
        )
        if not fits or key_index.rivals(change.customer, change.after.items()) - moving:
            forgotten.add(change.customer)
    for change in pending:
        if change.customer not in forgotten:
            key_index.add(change.customer, change.after["phone"], change.after["email"])
    return frozenset(forgotten)


def links_without(forgotten: Collection[str], links: Iterable[LinkUpdate]) -> list[LinkUpdate]:
    """The links as they count now: rows of a forgotten change go back to what they were before it."""
    kept = []
    for update in links:
        if update.link.customer not in forgotten:
            kept.append(update)
        elif update.prior is not None:
            kept.append(LinkUpdate(update.prior))
    return kept
