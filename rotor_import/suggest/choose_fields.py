"""Columns → fields: by what their headers say and what their cells hold; where the two disagree, neither counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rotor_import.suggest.addresses import (
    PARTS,
    Blocks,
    address_rules,
    blocks_of,
    numbered_groups,
    one_cell_address,
    printed_lines,
)
from rotor_import.suggest.cell_evidence import (
    CERTAIN,
    FEW,
    LIKELY,
    SPOILED,
    filled_words,
    is_text,
    label_rank,
    percent,
    status_of,
    tag_marks,
)
from rotor_import.suggest.column_profile import Profile
from rotor_import.suggest.header_words import (
    OTHER_LINES,
    Header,
    is_email,
    mentions,
    phone_meaning,
    phone_says_mobile,
    plain_meaning,
    refusal_tag,
)
from rotor_import.suggest.sql import flag_case, quoted
from rotor_import.suggest.suggestion import Choice, Chosen

_NO_KEYS = frozenset(("email", "phone", "fax", "tax", "government", "account", "resale", "reports", "owner"))


class Chooser:
    """`profiles` are all columns of the file, in order."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._all = [(profile, Header.of(profile.name)) for profile in profiles]
        self._filled = [(profile, header) for profile, header in self._all if not profile.is_blank]
        self._chosen = Chosen()

    def choose(self) -> Chosen:
        self._names()
        self._phones()
        self._emails()
        self._plain()
        self._status()
        self._tags()
        self._addresses()
        self._key()
        return self._chosen

    def _meaning(self, wanted: str) -> list[Profile]:
        return [profile for profile, header in self._filled if plain_meaning(header) == wanted]

    def _names(self) -> None:
        for name in ("first_name", "last_name"):
            found = [one for one in self._meaning(name) if is_text(one)]
            if found:
                self._chosen.add(name, found[0].name, [found[0].name], filled_words(found[0]))
                self._several(name, found)
        if {choice.field for choice in self._chosen.choices} & {"first_name", "last_name"}:
            return
        whole = [one for one in self._meaning("full_name") if one.share("person") >= LIKELY]
        if whole:
            best = max(whole, key=lambda one: one.share("person"))
            for name, part in (("first_name", "first"), ("last_name", "last")):
                why = f"split; {percent(best.share('person'))} of {best.filled} cells look like a person's name"
                self._chosen.add(name, {"name": part, "of": best.name}, [best.name], why)
        elif self._meaning("full_name"):
            names = ", ".join(repr(one.name) for one in self._meaning("full_name"))
            self._chosen.remarks.append(f"{names}: not certainly names of persons, so not taken apart.")

    def _phones(self) -> None:
        found = [
            (meaning.rank, at, profile)
            for at, (profile, header) in enumerate(self._filled)
            if (meaning := phone_meaning(header)) and self._holds(profile, "phone")
        ]
        if not found:
            found = self._unnamed("phone")
        if found:
            self._keys("phone", [profile for _, _, profile in sorted(found, key=lambda one: one[:2])], "phones")

    def _emails(self) -> None:
        found = [
            (header.numbers, at, profile)
            for at, (profile, header) in enumerate(self._filled)
            if is_email(header) and self._holds(profile, "email")
        ]
        if found:
            self._keys(
                "email", [profile for _, _, profile in sorted(found, key=lambda one: (bool(one[0]), one[1]))], "e-mails"
            )
            return
        unnamed = self._unnamed("email")
        if unnamed:
            self._keys("email", [profile for _, _, profile in unnamed], "e-mails")

    def _holds(self, profile: Profile, kind: str) -> bool:
        """Whether the cells of a column whose header says so bear it out, though some are spoiled."""
        if profile.share(kind) >= SPOILED or (kind == "phone" and profile.labels):
            return True
        self._chosen.remarks.append(
            f"{profile.name!r}: its header says {kind}, but only {percent(profile.share(kind))} of its cells are valid."
        )
        return False

    def _unnamed(self, kind: str) -> list[tuple[int, int, Profile]]:
        """A column whose header says nothing, if there is just one: of two nobody knows which is meant."""
        found = [
            (0, at, profile)
            for at, (profile, header) in enumerate(self._filled)
            if profile.share(kind) >= CERTAIN
            and not mentions(header, kind)
            and not header.is_strange
            and not (header.said & {*OTHER_LINES, "id", "number", "no", "#"})
            and not profile.share("zip") >= LIKELY
        ]
        if len(found) > 1:
            names = ", ".join(repr(profile.name) for _, _, profile in found)
            self._chosen.remarks.append(f"{names}: each could be the {kind}; choose one.")
            return []
        return found

    def _keys(self, name: str, found: Sequence[Profile], plural: str) -> None:
        labelled = next((one for one in found if one.labels), None)
        columns = [one.name for one in found]
        shares = ", ".join(f"{percent(one.share(name))} of {one.filled} in {one.name!r}" for one in found[:4])
        why = f"{plural}: {shares}"
        if name == "phone" and labelled is not None and len(found) == 1:
            order = sorted((one for one in labelled.labels if "fax" not in one.casefold()), key=label_rank)
            self._chosen.add(name, {"column": columns[0], "labels": order}, columns, "several in one cell, by label")
            return
        separators = [one.separators.get(name, "") for one in found]
        separator = next(filter(None, separators), "")
        rule: Any = {"first_of": columns} if len(columns) > 1 else {"column": columns[0]}
        if separator and all(one in ("", separator) for one in separators):
            rule["split"] = separator
        if name == "phone" and (preferred := self._labelled(found)):
            rule |= preferred
        self._chosen.add(name, rule if len(rule) > 1 or len(columns) > 1 else columns[0], columns, why)

    def _labelled(self, found: Sequence[Profile]) -> dict[str, Any]:
        """`Phone 1 - Value` beside `Phone 1 - Label`: the one whose label says mobile comes first."""
        starred = {re.sub(r"\d+", "*", one.name, count=1) for one in found}
        if len(starred) != 1 or "*" not in next(iter(starred)):
            return {}
        (pattern,) = starred
        for word in ("Label", "Type", "Kind"):
            label = re.sub(r"(?i)value|number", word, pattern)
            values = [
                value
                for profile, _ in self._filled
                if profile.name != pattern and re.sub(r"\d+", "*", profile.name, count=1) == label
                for value in profile.values
            ]
            mobile = sorted({value for value in values if phone_says_mobile(value)})
            if mobile:
                return {"first_of": [pattern], "prefer": {label: mobile}}
        return {}

    def _plain(self) -> None:
        for name in ("company_name", "source", "service_type", "service_frequency"):
            found = [one for one in self._meaning(name) if is_text(one) and one.name not in self._chosen.used]
            if found:
                self._chosen.add(name, found[0].name, [found[0].name], filled_words(found[0]))
                self._several(name, found)

    def _status(self) -> None:
        for profile in self._meaning("status"):
            words = {value.casefold() for value in profile.values}
            inactive = Header.of(profile.name).said & {"archived", "inactive", "not", "disabled"}
            values = {value.casefold(): status_of(value, inverse=bool(inactive)) for value in profile.values}
            known = {value: status for value, status in values.items() if status}
            if len(words) <= FEW and known and len(known) * 2 > len(words):
                why = ", ".join(f"{value} means {status}" for value, status in known.items())
                strange = sum(not status for status in values.values())
                if strange:
                    why += f"; {strange} other values: say what they mean, or their rows are rejected"
                self._chosen.add("status", {"column": profile.name, "values": known}, [profile.name], why)
                return
            self._chosen.remarks.append(f"{profile.name!r}: its values are not all known words for active or inactive.")

    def _tags(self) -> None:
        found = [one for one in self._meaning("tags") if not one.share("boolean") >= LIKELY]
        flags = [
            (one, tag)
            for one, header in self._filled
            if (tag := refusal_tag(header)) and one.share("boolean") >= LIKELY
        ]
        if not found and not flags:
            return
        rule: Any = found[0].name if found else ""
        if found and (marks := tag_marks(found[0])):
            rule = {"column": found[0].name, **marks}
        why = filled_words(found[0]) if found else "who does not want to be written to or called has a tag"
        if flags:
            marks = {"split": ","} | (tag_marks(found[0]) if found else {})
            names = ", ".join(quoted(one.name) for one in found[:1])
            cases = ", ".join(flag_case(one.name, tag) for one, tag in flags)
            separator = marks["split"].replace("'", "''")
            rule = {"sql": f"CONCAT_WS('{separator}', {', '.join(filter(None, (names, cases)))})", **marks}
        columns = [*(one.name for one in found[:1]), *(one.name for one, _ in flags)]
        self._chosen.add("tags", rule, columns, why)
        self._several("tags", found)

    def _addresses(self) -> None:
        if self._groups():
            return
        blocks = blocks_of([pair for pair in self._filled if pair[0].name not in self._chosen.used])
        whole = one_cell_address([pair for pair in self._filled if pair[0].name not in self._chosen.used])
        printed = printed_lines(self._all)
        for side, place in (("property", Blocks.PROPERTY), ("billing", Blocks.BILLING)):
            if several := blocks.all(place):
                for part, rule, columns, why in address_rules(several):
                    self._chosen.add(f"{side}_{part}", rule, columns, why)
            elif columns := printed.take(place) or whole.take(place) or []:
                of: Any = columns if len(columns) > 1 else columns[0]
                for part in PARTS:
                    why = "taken apart: an address in one cell" if len(columns) == 1 else "taken apart: printed lines"
                    self._chosen.add(f"{side}_{part}", {"address": part, "of": of}, columns, why)

    def _groups(self) -> bool:
        """Addresses in groups of columns, `Address_1 City`, `Address_2 City`, of which one says whether it bills."""
        groups = numbered_groups(self._filled)
        if groups is None:
            return False
        for side, how, flag in (("property", "prefer", "false"), ("billing", "when", "true")):
            for part, (name, columns) in groups.parts.items():
                rule: dict[str, Any] = {"first_of": [name], how: {groups.flag: flag}}
                if part == "zip":
                    rule["zip"] = "US"
                which = "does not bill, else the first" if side == "property" else "bills"
                self._chosen.add(f"{side}_{part}", rule, columns, f"of {groups.count} addresses the first that {which}")
        return True

    def _key(self) -> None:
        for profile, header in self._filled:
            pieces = [value.partition("_") for value in profile.values]
            if (
                "id" in header.said
                and profile.filled == profile.rows
                and all(p[0].isdigit() and p[2].isdigit() for p in pieces)
            ):
                rule = {"column": profile.name, "before": "_"}
                why = "the part before _ is the customer's, the part behind it the property's"
                self._chosen.key = Choice("key", rule, (profile.name,), why)
                return
        for profile, header in self._filled:
            says = header.said & {"id", "#", "key", "no", "number", "code"} or header.text.endswith("id")
            if not says or header.said & _NO_KEYS or header.is_strange or profile.share("phone") >= LIKELY:
                continue
            if profile.filled == profile.rows > 1 and profile.distinct >= CERTAIN * profile.rows:
                why = f"{profile.filled} cells, {profile.distinct} different: rows of one are one customer"
                self._chosen.key = Choice("key", profile.name, (profile.name,), why)
                return

    def _several(self, name: str, found: Sequence[Profile]) -> None:
        if len(found) > 1:
            others = ", ".join(repr(one.name) for one in found[1:])
            self._chosen.remarks.append(f"{name}: {found[0].name!r} was chosen; {others} could be meant too.")
