"""The shape of one language's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Language:
    """Words in lower case and without accents.

    `concepts` has for each concept the words and phrases of headers that name it, separated by commas. `fillers` stand
    between them and change nothing. `values` has the words of cells: `yes`, `no`, `active`, `inactive`.
    """

    concepts: Mapping[str, str]
    fillers: str
    values: Mapping[str, str] = field(default_factory=dict)
