"""Which pending changes have to go together, because one needs a phone or an email that another gives up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rotor_import.model.change import CustomerChange


def moving_together(changes: Sequence[CustomerChange]) -> list[tuple[int, ...]]:
    """The numbers of changes whose customers share a phone or an email, before or after, or succeed each other.

    The groups are in the order of their first change. Nearly all changes are alone.
    """
    uses = Counter(name for change in changes for name in set(_names(change)))
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    shared = {change.number: [name for name in _names(change) if uses[name] > 1] for change in changes}
    for number, names in shared.items():
        for name in names:
            parent[root(name)] = root(f"number {number}")
    groups: dict[str, list[int]] = defaultdict(list)
    for number, names in shared.items():
        groups[root(f"number {number}") if names else f"number {number}"].append(number)
    return [tuple(numbers) for numbers in groups.values()]


def _names(change: CustomerChange) -> Iterator[str]:
    """What the change has in common with others that it goes with."""
    yield f"customer {change.customer}"
    if change.succeeds:
        yield f"customer {change.succeeds}"
    for keys in (change.keys, change.before_keys):
        yield from (f"{name} {key}" for name, key in keys.items() if key)
