"""JSON objects as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def item_columns(items: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The cells under each name that any of the objects has, in the objects' order; None where an object lacks it.

    An API's objects nearly always have the same names in the same order, and then none is looked for in vain.
    """
    layouts = set(map(tuple, items))
    if len(layouts) == 1:
        return {name: [item[name] for item in items] for name in next(iter(layouts))}
    names = dict.fromkeys(name for layout in sorted(layouts) for name in layout)
    return {name: [item.get(name) for item in items] for name in names}
