"""How much longer an SQL expression may make a cell: LPAD and nested REPLACE could fill all memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PADDING = ("PadStart", "PadEnd", "ZFill")
_LONGEST_PADDED = 255
_MOST_GROWTH = 1000
_UNKNOWN_GROWTH = 100
"""Of a replacement that is a column."""


def growth_problem(function: Any, inputs: list[Any]) -> str:
    """Why a function's result may be too long, '' if it can't be. Function and inputs are nodes as polars has them."""
    name, options = _named(function)
    if name in _PADDING:
        length = _literal(inputs[1]) if len(inputs) > 1 else None
        if not isinstance(length, int) or length > _LONGEST_PADDED:
            return f"the length for LPAD and RPAD must be a number, at most {_LONGEST_PADDED}"
    if name == "Replace" and options and _growth(list(_replacements(function, inputs))) > _MOST_GROWTH:
        return f"its REPLACE functions could make a cell more than {_MOST_GROWTH:,} times longer"
    return ""


@dataclass(frozen=True)
class _Replacement:
    pattern: str | None
    value: str | None
    is_literal: bool
    is_of_all: bool

    @property
    def growth(self) -> float:
        if not self.is_of_all:
            return 1.0
        if self.value is None or self.pattern is None:
            return _UNKNOWN_GROWTH
        return max(1.0, len(self.value) / max(1, len(self.pattern) if self.is_literal else 1))

    def may_find(self, letters: set[str]) -> bool:
        """Whether it may find something in texts of these letters."""
        return not self.is_literal or self.pattern is None or set(self.pattern) <= letters


def _growth(outer_first: list[_Replacement]) -> float:
    """The worst case. One that finds nothing in what others put in can't multiply with them."""
    once, again = 1.0, 1.0
    letters: set[str] = set()
    for one in reversed(outer_first):
        if one.may_find(letters):
            again *= one.growth
        else:
            once = max(once, one.growth)
        letters |= set(one.value if one.value is not None else one.pattern or "")
    return once * again


def _replacements(function: Any, inputs: list[Any]) -> Iterator[_Replacement]:
    """The function itself and those nested in its text, from the outermost on."""
    while True:
        name, options = _named(function)
        if name == "Replace" and options:
            pattern, value = (_literal(one) for one in inputs[1:3])
            texts = [one if isinstance(one, str) else None for one in (pattern, value)]
            yield _Replacement(texts[0], texts[1], bool(options.get("literal")), options.get("n") != 1)
        kind, inner = only_entry(inputs[0]) if inputs else ("", None)
        if kind != "Function" or inner is None:
            return
        function, inputs = inner["function"], list(inner["input"])


def _named(function: Any) -> tuple[str, dict[str, Any]]:
    family, inner = only_entry(function)
    if family != "StringExpr":
        return "", {}
    name, options = only_entry(inner)
    return (name, options if isinstance(options, dict) else {}) if name else (str(inner), {})


def _literal(node: Any) -> Any:
    """The value of a literal, None for anything else."""
    kind, inner = only_entry(node)
    if kind != "Literal":
        return None
    while isinstance(inner, dict):
        _, inner = only_entry(inner)
    return inner


def only_entry(node: Any) -> tuple[str, Any]:
    """The kind of a node and what is in it; '' and None for what is no such node."""
    return next(iter(node.items())) if isinstance(node, dict) and len(node) == 1 else ("", None)
