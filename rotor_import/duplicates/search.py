"""The search: block, compare, weigh, rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import polars as pl

from rotor_import.duplicates.block_parts import block_parts
from rotor_import.duplicates.blocks import LARGEST, candidates
from rotor_import.duplicates.contacts import contacts, shared
from rotor_import.duplicates.estimate import CHUNK, estimated
from rotor_import.duplicates.evidence import Crowd, crowd_of, evidence
from rotor_import.duplicates.reasons import with_reasons
from rotor_import.duplicates.sieve import plausible
from rotor_import.duplicates.traits import traits_of
from rotor_import.duplicates.weights import Weights, odds, scored

LEAST = 0.5
"""A pair is shown if it is more likely one person than not."""
_TEXTS = (
    *("first_name", "last_name", "company_name", "phone", "email"),
    *(f"{kind}_{part}" for kind in ("property", "billing") for part in ("street1", "street2", "city", "state", "zip")),
)


_REASON = pl.Struct(dict.fromkeys(("feature", "agreement", "a", "b"), pl.String))
_FOUND = {"in_rotor": pl.Boolean, "score": pl.Float64, "weight": pl.Float64, "kind": pl.String} | {
    "reasons": pl.List(_REASON)
}
"""The columns beside `a` and `b`."""


@dataclass(frozen=True)
class Search:
    """`pairs` as `find_duplicates` hands them back, and what was `left`.

    That is for each blocking key how many `people` are in blocks that no other key made small enough: they were
    compared only with those whom another key joins with them.
    """

    pairs: pl.DataFrame
    left: pl.DataFrame


def find_duplicates(people: pl.DataFrame, rotor: pl.DataFrame | None = None, *, least: float = LEAST) -> pl.DataFrame:
    """Pairs within `people`, and of `people` with `rotor`, that are probably one person; the likeliest first.

    Both frames have `id`, and any of the API's names of fields as columns of text, `other_phones` and `other_emails`
    as lists of text. The pairs have:

    - `a`, `b`: the two IDs; `a` is of `people`, `b` of `rotor` where `in_rotor` is true
    - `score`: how likely they are one person, from `least` to 1
    - `weight`: the same as the logarithm of the odds, which ranks pairs that are all but certain
    - `kind`: what speaks for it most: `contact`, `address`, `company` or `name`
    - `reasons`: what was compared: `feature`, `agreement` (`same`, `variant`, `near`, `akin`, `other`), and what the
      two have there, as written
    """
    return search(people, rotor, least=least).pairs


def search(people: pl.DataFrame, rotor: pl.DataFrame | None = None, *, least: float = LEAST) -> Search:
    lines = _lines(people, rotor)
    crowd_found, pairs, left = _candidates(lines, people.height)
    if pairs.is_empty():  # as in most short files; the weights take longest to find, and nothing is weighed
        id_ = lines.schema["id"]
        return Search(pl.DataFrame(schema={"a": id_, "b": id_, **_FOUND}), left)
    crowd = crowd_found()
    weights, whole = estimated(crowd, pairs)
    parts = (pairs[at : at + CHUNK] for at in range(0, pairs.height, CHUNK))
    compared = (evidence(crowd, part) for part in parts) if whole is None else [whole]
    found = with_reasons(pl.concat(_likely(weights, part, least) for part in compared), lines)
    ids = lines.get_column("id")
    shown = found.select(
        ids.gather(found.get_column("a")).alias("a"),
        ids.gather(found.get_column("b")).alias("b"),
        (pl.col("b") >= people.height).alias("in_rotor"),
        "score",
        "weight",
        "kind",
        "reasons",
    )
    return Search(shown.sort("weight", "a", "b", "in_rotor", descending=[True, False, False, False]), left)


def _lines(people: pl.DataFrame, rotor: pl.DataFrame | None) -> pl.DataFrame:
    frames = [people] if rotor is None else [people, rotor]
    lists, texts = pl.List(pl.String), pl.String
    columns = dict.fromkeys(("other_phones", "other_emails"), lists) | dict.fromkeys(_TEXTS, texts)
    return pl.concat(
        frame.select(
            "id",
            *(
                (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
                for name, kind in columns.items()
            ),
        )
        for frame in frames
    )


def _candidates(lines: pl.DataFrame, own: int) -> tuple[Callable[[], Crowd], pl.DataFrame, pl.DataFrame]:
    """A way to everybody who is compared, the pairs, and the people who are left."""
    traits = traits_of(lines)
    keys = {kind: contacts(lines[kind], lines[f"other_{kind}s"], kind) for kind in ("phone", "email")}
    joined = {kind: shared(found, own, LARGEST) for kind, found in keys.items()}
    parts = block_parts(traits)
    blocked = candidates(parts, own)
    found = [plausible(parts, blocked.pairs), *(pairs.select("a", "b") for pairs in joined.values())]
    pairs = pl.concat(found).unique().sort("a", "b")
    return partial(crowd_of, traits, keys, joined), pairs, blocked.left.filter(pl.col("people") > 0)


def _likely(weights: Weights, compared: pl.DataFrame, least: float) -> pl.DataFrame:
    found = scored(weights, compared).with_columns(weight=odds())
    return found.with_columns(score=1 / (1 + pl.lit(2.0).pow(-pl.col("weight")))).filter(pl.col("score") >= least)
