"""What was chosen of a file's columns, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choice:
    """`rule` is what the mapping says for the field; `why` is the comment beside it."""

    field: str
    rule: Any
    columns: tuple[str, ...]
    why: str


@dataclass
class Chosen:
    """The fields, the key, and the columns that some field takes."""

    choices: list[Choice] = field(default_factory=list)
    key: Choice | None = None
    remarks: list[str] = field(default_factory=list)

    @property
    def used(self) -> set[str]:
        return {column for choice in self.choices for column in choice.columns}

    def add(self, name: str, rule: Any, columns: Sequence[str], why: str) -> None:
        self.choices.append(Choice(name, rule, tuple(columns), why))
