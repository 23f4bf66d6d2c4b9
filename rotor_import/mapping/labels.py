"""Cells of labelled values, such as `Phone:(555) 010-1234 Mobile:(555) 010-9999`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LABEL = re.compile(r"(?:^|(?<=[\s,;]))([^\W\d_]+(?:[ \t-][^\W\d_]+)*)[ \t]*:(?!//)\s*")
_ENDS = " \t\r\n,;"


def labelled(cell: str, labels: Sequence[str]) -> list[str]:
    """The values under `labels`, in their order; then a text before any label. A cell without one is a value."""
    found = list(_LABEL.finditer(cell))
    if not found:
        return [cell]
    ends = [*(one.start() for one in found[1:]), len(cell)]
    spans = zip(found, ends, strict=True)
    pieces = [(one[1].casefold(), cell[one.end() : end].strip(_ENDS)) for one, end in spans]
    chosen = [text for label in labels for own, text in pieces if own == label.strip().strip(":").casefold()]
    before = cell[: found[0].start()].strip(_ENDS)
    return [text for text in (*chosen, before) if text]
