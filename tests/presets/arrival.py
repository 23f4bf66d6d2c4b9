"""How many of a sample's filled cells stand in what a mapping makes of their rows, and which do not."""

import re
from collections import Counter
from dataclasses import dataclass

from rotor_import.mapping import apply_mapping
from rotor_import.normalize import normalize
from rotor_import.source import read_sources

FLAGS = frozenset(["true", "false", "yes", "no", "1", "0", "active", "inactive", "not-active"])
"""Cells that become a status or a tag, in other words than their own."""


@dataclass(frozen=True)
class Arrival:
    """Cells of the columns that the mapping uses, in rows that it does not reject; `lost` names the others."""

    filled: int
    lost: tuple[str, ...]
    not_imported: int

    @property
    def share(self):
        return 1 - len(self.lost) / self.filled


def arrival(mapping, sample, is_left_out):
    """`is_left_out` says of a column that the mapping names it as not imported."""
    source = read_sources([sample], mapping.source_options)[0]
    mapped = normalize(apply_mapping(mapping, source, 0), invalid={}).frame
    told = {row.pop("row"): told_words(row) for row in mapped.iter_rows(named=True)}
    filled, not_imported, lost = 0, 0, []
    for number, row in zip(source.numbers, source.frame.iter_rows(named=True), strict=True):
        if number not in told:
            continue
        for column, cell in row.items():
            if cell is None:
                continue
            if is_left_out(column):
                not_imported += 1
                continue
            filled += 1
            if not stands(cell, told[number]):
                lost.append(f"row {number}, {column}: {cell}")
    return Arrival(filled, tuple(lost), not_imported)


def told_words(row):
    """The words of a row's fields, and the digits of its phone."""
    texts = [text for cell in row.values() if cell for text in ([cell] if isinstance(cell, str) else cell) if text]
    words = Counter(word for text in texts for word in words_of(text))
    return words | Counter([re.sub(r"\D", "", row.get("phone") or "")[-10:]])


def words_of(text):
    return re.findall(r"[^\W_]+", text.casefold())


def stands(cell, told):
    digits = re.sub(r"\D", "", cell)
    is_phone = len(digits) in (10, 11) and digits[-10:] in told
    return is_phone or cell.casefold() in FLAGS or not Counter(dict.fromkeys(words_of(cell), 1)) - told
