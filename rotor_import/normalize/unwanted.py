"""Phones and emails that are dropped on purpose: null words, and the placeholders that the mapping ignores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rotor_import.model.null_words import is_null_word
from rotor_import.normalize.slow_path import Question, checked
from rotor_import.normalize.validate import Validated

IGNORED = "the mapping says to ignore it"
NULL_WORD = "counts as blank"


@dataclass(frozen=True)
class Unwanted:
    """The mapping's placeholders by field: normal forms, and the plain texts of those that have no normal form."""

    forms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, ignored: Mapping[str, Sequence[str]], region: str) -> Unwanted:
        """`ignored` as the mapping writes them; phones without a country code are of the `region`."""
        normals = {
            name: {value: checked(Question(name, region, damageable=False), value).value for value in values}
            for name, values in ignored.items()
        }
        return cls(
            {name: [form for form in of.values() if form] for name, of in normals.items()},
            {name: [_plain(name, value) for value, form in of.items() if not form] for name, of in normals.items()},
        )

    def drop(self, values: pl.Series, validated: Validated, name: str) -> Validated:
        """The validated values without unwanted ones, whose remarks are `intended`: nothing is wrong with their row."""
        normal, remarks = validated.normal, validated.remarks
        remarks = remarks.with_columns(pl.lit(value=False).alias("intended"))
        forms = self.forms.get(name, ())
        if forms:
            ignored = normal.is_in(pl.Series(forms, dtype=pl.String).implode()).fill_null(value=False)
            if ignored.any():
                at = ignored.arg_true().cast(pl.UInt32).alias("at")
                normal = normal.to_frame().select(pl.when(~ignored).then(pl.first())).to_series()
                others = remarks.filter(~pl.col("at").is_in(at.implode()))
                remarks = pl.concat([others, _intended(at, [IGNORED] * len(at))]).sort("at")
        if remarks.is_empty():
            return Validated(normal, remarks)
        invalid = remarks.filter(normal.gather(remarks.get_column("at")).is_null() & ~remarks.get_column("intended"))
        reasons = {
            at: reason
            for at, value in zip(invalid.get_column("at"), values.gather(invalid.get_column("at")), strict=True)
            if (reason := self._reason(name, value))  # each of them becomes a notice anyway
        }
        if reasons:
            at = pl.Series("at", list(reasons), dtype=pl.UInt32)
            others = remarks.filter(~pl.col("at").is_in(at.implode()))
            remarks = pl.concat([others, _intended(at, list(reasons.values()))]).sort("at")
        return Validated(normal, remarks)

    def _reason(self, name: str, value: str) -> str:
        """Why an invalid value was expected, '' where it was not."""
        texts = self.texts.get(name)
        if texts and _plain(name, value) in texts:
            return IGNORED
        return NULL_WORD if is_null_word(value) else ""


def _plain(name: str, value: str) -> str:
    """A value that has no normal form: the digits of a phone, else its text without case."""
    digits = "".join(filter(str.isdecimal, value)) if name == "phone" else ""
    return digits or value.strip().lower()


def _intended(at: pl.Series, reasons: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame([at, pl.Series("reason", reasons, dtype=pl.String)]).with_columns(
        pl.lit(value=False).alias("damaged"), pl.lit(value=True).alias("intended")
    )
