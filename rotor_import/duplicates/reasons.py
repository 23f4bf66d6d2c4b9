"""Why two people may be one: what was compared, as data and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from rotor_import.duplicates.levels import BLANK, NEAR, OTHER, SAME

AGREEMENTS = ("same", "variant", "near", "akin", "other")
_FEATURES = {
    "first": "first_name",
    "last": "last_name",
    "company": "company",
    "address": "address",
    "phone": "phone",
    "email": "email",
}
_SHOWN = {
    "first": ("first_name",),
    "last": ("last_name",),
    "company": ("company_name",),
    "address": tuple(f"property_{part}" for part in ("street1", "street2", "city", "state", "zip")),
    "phone": ("phone",),
    "email": ("email",),
}


def with_reasons(pairs: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Adds `kind` and `reasons` to scored pairs of lines."""
    pairs = pairs.with_columns(address=_address())
    columns = [_reason(pairs, lines, field) for field in _FEATURES]
    reasons = pl.DataFrame(columns).select(reasons=pl.concat_list(pl.all()).list.drop_nulls()).to_series()
    return pairs.with_columns(_kind().alias("kind"), reasons)


def _address() -> pl.Expr:
    """One level for a whole address: as bad as its street and its number, blank where they are."""
    parts = [pl.when(pl.col(name) != BLANK).then(pl.col(name)) for name in ("number", "street", "unit")]
    door = pl.max_horizontal(parts)
    place = pl.min_horizontal(pl.when(pl.col(name) != BLANK).then(pl.col(name)) for name in ("city", "zip"))
    return (
        pl.when(pl.col("street") == BLANK)
        .then(BLANK)
        .otherwise(pl.when(place == OTHER).then(OTHER).otherwise(door))
        .cast(pl.UInt8)
    )


def _kind() -> pl.Expr:
    near = {name: pl.col(name).is_between(SAME, NEAR) for name in ("phone", "email", "address", "company")}
    return (
        pl.when(near["phone"] | near["email"])
        .then(pl.lit("contact"))
        .when(near["address"])
        .then(pl.lit("address"))
        .when(near["company"])
        .then(pl.lit("company"))
        .otherwise(pl.lit("name"))
    )


def _reason(pairs: pl.DataFrame, lines: pl.DataFrame, field: str) -> pl.Series:
    level = pairs.get_column(field)
    texts = (
        lines.select(pl.concat_str(_SHOWN[field], separator=", ", ignore_nulls=True).replace("", None)).to_series()
        if len(_SHOWN[field]) > 1
        else lines.get_column(_SHOWN[field][0])
    )
    frame = pl.DataFrame(
        [
            level.alias("level"),
            texts.gather(pairs.get_column("a")).alias("a"),
            texts.gather(pairs.get_column("b")).alias("b"),
        ]
    )
    agreement = pl.col("level").replace_strict(
        dict(enumerate(AGREEMENTS, start=SAME)), default=None, return_dtype=pl.String
    )
    reason = pl.struct(pl.lit(_FEATURES[field]).alias("feature"), agreement.alias("agreement"), "a", "b")
    return frame.select(pl.when(pl.col("level") != BLANK).then(reason).alias(field)).to_series()


_PLURALS = {"first_name": "first names", "last_name": "last names", "company": "companies", "address": "addresses"} | {
    "phone": "phones",
    "email": "emails",
}


def in_words(reasons: Sequence[Mapping[str, str | None]]) -> str:
    """`same last name and address, first names Bob and Robert; phones differ`."""
    shared = [one for one in reasons if one["agreement"] == "same" and not _is_elsewhere(one)]
    same = [str(one["feature"]).replace("_", " ") for one in shared]
    alike = [_alike(one) for one in reasons if one["agreement"] in ("variant", "near", "akin")]
    alike += [f"another {one['feature']} in common" for one in reasons if _is_elsewhere(one)]
    differ = [_PLURALS[str(one["feature"])] for one in reasons if one["agreement"] == "other"]
    agreed = ", ".join(filter(None, [f"same {_listed(same)}" if same else "", *alike]))
    return "; ".join(filter(None, [agreed, f"{_listed(differ)} differ" if differ else ""]))


def _is_elsewhere(reason: Mapping[str, str | None]) -> bool:
    """Whether a phone or an email of the one is in the notes or in another column of the other."""
    is_contact = reason["feature"] in ("phone", "email")
    return is_contact and reason["agreement"] == "same" and reason["a"] != reason["b"]


def _alike(reason: Mapping[str, str | None]) -> str:
    """Names as written; the others stand beside each other in the question."""
    plural = _PLURALS[str(reason["feature"])]
    if reason["feature"] in ("first_name", "last_name", "company") and reason["a"] and reason["b"]:
        return f"{plural} {reason['a']} and {reason['b']}"
    return f"similar {plural}"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
