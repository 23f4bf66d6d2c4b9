"""Why two people may be one, in words: `same last name and address, first names Bob and Robert; phones differ`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Reason = Mapping[str, str | None]
"""One of the `reasons` that `find_duplicates` gives: `feature`, `agreement`, and what `a` and `b` have."""

_WORDS = {
    "first_name": "first name",
    "last_name": "last name",
    "company": "company",
    "address": "address",
    "phone": "phone",
    "email": "email",
}
_PLURALS = {"company": "companies", "address": "addresses"}
_NAMES = ("first_name", "last_name", "company")
"""What is shown as written where it is not the same: the others stand beside each other in the question."""


def words(reasons: Sequence[Reason]) -> str:
    same = [_WORDS[_feature(one)] for one in reasons if one["agreement"] == "same" and not _is_elsewhere(one)]
    elsewhere = [f"another {_feature(one)} in common" for one in reasons if _is_elsewhere(one)]
    alike = [*(_alike(one) for one in reasons if one["agreement"] not in ("same", "other")), *elsewhere]
    differ = [_plural(_feature(one)) for one in reasons if one["agreement"] == "other"]
    speaking = ", ".join([*([f"same {_listed(same)}"] if same else []), *alike])
    return "; ".join(filter(None, [speaking, f"{_listed(differ)} differ" if differ else ""]))


def _is_elsewhere(reason: Reason) -> bool:
    """Whether a phone or an email of the one is in the notes or in another column of the other."""
    is_contact = _feature(reason) in ("phone", "email")
    return is_contact and reason["agreement"] == "same" and reason["a"] != reason["b"]


def _feature(reason: Reason) -> str:
    return str(reason["feature"])


def _alike(reason: Reason) -> str:
    feature = _feature(reason)
    if feature in _NAMES and reason["a"] and reason["b"]:
        return f"{_plural(feature)} {reason['a']} and {reason['b']}"
    return f"similar {_plural(feature)}"


def _plural(feature: str) -> str:
    return _PLURALS.get(feature, f"{_WORDS[feature]}s")


def _listed(texts: Sequence[str]) -> str:
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
