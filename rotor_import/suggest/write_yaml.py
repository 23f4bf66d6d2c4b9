"""Writes a suggested mapping as YAML for a person to edit, with its reason beside each guess."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from rotor_import.suggest.cell_evidence import CERTAIN, filled_words
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.suggestion import Suggestion

Spelling = Callable[[str], str | None]
"""How a mapping can name a column; None if it can't, because the name would mean something else there."""

_WIDTH = 118
_NAMED = 3
"""How many columns a comment names."""


def write_mapping(
    suggestion: Suggestion, profiles: Sequence[ColumnProfile], *, feed: str, head: Sequence[str], spelling: Spelling
) -> str:
    """The text of the mapping. `head` are comments for its beginning."""
    document = CommentedMap({"version": 1, "feed": feed})
    if suggestion.key is not None and (rule := _spelled(suggestion.key.rule, spelling)) is not None:
        _put(document, "key", rule, suggestion.key.why)
    if suggestion.null_words:
        document["source"] = CommentedMap({"null_values": _flow(["", *suggestion.null_words])})
        places = "; ".join(
            f"{word} in {', '.join(names[:3])}" + (" and others" if len(names) > _NAMED else "")
            for word, names in suggestion.null_words.items()
        )
        document.yaml_set_comment_before_after_key("source", before=f"These mean a blank cell: {_one_line(places)}")
    document["region"] = "US"
    document.yaml_add_eol_comment("for phones without a country code", "region")
    if suggestion.area_code is not None:
        document.yaml_set_comment_before_after_key("region", before=_area_code_line(*suggestion.area_code))
    fields = CommentedMap()
    for choice in suggestion.choices:
        rule = _spelled(choice.rule, spelling)
        if rule is not None:
            _put(fields, choice.field, rule, choice.why)
    notes = _note_lines(suggestion, profiles, spelling)
    if notes:
        fields["notes"] = CommentedMap({"template": _block("\n".join(notes) + "\n")})
    has_rest = any(isinstance(rule, dict) and "rest" in rule for rule in fields.values())
    if notes or has_rest:
        document["fields"] = fields
        document["survivor"] = CommentedMap({"notes": "join", **dict.fromkeys(suggestion.survivors, "first")})
        document["write"] = CommentedMap({"notes": "if_empty"})
    else:
        document["fields"] = fields or CommentedMap({"tags": _flow({"add": ["imported"]})})
    tail = [f"{name}: {words}" for name, words in _unused_columns(suggestion, profiles, spelling)]
    stream = io.StringIO()
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.dump(document, stream)
    text = "".join(f"# {_one_line(line)}\n" for line in (*head, *suggestion.remarks))
    text += stream.getvalue()
    left_out = [f"{name!r}: {reason}" for name, reason in suggestion.left_out.items()]
    for title, lines in (("Left out on purpose", left_out), ("Columns that no field uses", tail)):
        if lines:
            text += f"\n# {title}:\n" + "".join(f"#   {_one_line(line)}\n" for line in lines)
    return text


def _area_code_line(share: str, code: str) -> str:
    """The line that a person completes: nobody else knows the area code."""
    most = f"; most others begin with {code}" if code else ""
    return f'{share} of the phones have seven digits{most}. Enter your area code here:\narea_code: "{code or "___"}"'


def _put(place: CommentedMap, name: str, rule: Any, why: str) -> None:
    place[name] = _flow(rule)
    place.yaml_add_eol_comment(_one_line(why), name)


def _flow(rule: Any) -> Any:
    if isinstance(rule, dict):
        flow = CommentedMap({name: _flow(value) for name, value in rule.items()})
        flow.fa.set_flow_style()
        return flow
    if isinstance(rule, list):
        listed = CommentedSeq([_flow(value) for value in rule])
        listed.fa.set_flow_style()
        return listed
    return rule


def _block(text: str) -> Any:
    from ruamel.yaml.scalarstring import LiteralScalarString  # noqa: PLC0415 - used here alone

    return LiteralScalarString(text)


def _spelled(rule: Any, spelling: Spelling) -> Any:
    """The rule with its columns as a mapping can name them; None if one can't be named."""
    if isinstance(rule, str):
        return spelling(rule)
    spelled = dict(rule)
    if "template" in spelled:
        names = re.findall(r"\{([^{}]*)\}", spelled["template"])
        template = " ".join(f"{{{name}}}" for one in names if (name := spelling(one)) is not None)
        return {**spelled, "template": template} if template else None
    if spelled.keys() & {"when", "prefer"}:
        return spelled  # its columns are named with * on purpose
    for name in ("column", "of", "first_of"):
        if name not in spelled:
            continue
        if isinstance(spelled[name], list):
            spelled[name] = [clean for column in spelled[name] if (clean := spelling(column)) is not None]
        else:
            spelled[name] = spelling(spelled[name])
        if not spelled[name]:
            return None
    return spelled


def _note_lines(suggestion: Suggestion, profiles: Sequence[ColumnProfile], spelling: Spelling) -> list[str]:
    """A line for each column that varies and that no field takes whole, so that no value is lost."""
    partly = {
        column
        for choice in suggestion.choices
        if isinstance(choice.rule, dict) and choice.rule.keys() & {"first_of", "of", "name", "labels", "split", "sql"}
        for column in choice.columns
    }
    together = {columns[0]: line for columns, line in suggestion.note_lines.items()}
    elsewhere = {name for columns in suggestion.note_lines for name in columns}
    lines = []
    for profile in profiles:
        if profile.name in together:
            lines.append(_several(together[profile.name], spelling))
        whole = profile.name in suggestion.used and profile.name not in partly
        says_nothing = profile.is_constant and _is_no(profile) and profile.name not in suggestion.used
        nowhere = says_nothing or profile.is_blank or profile.name in suggestion.left_out
        spelled = spelling(profile.name)
        if whole or nowhere or profile.name in elsewhere or spelled is None or "\n" in spelled:
            continue
        lines.append(_labeled(profile.name, spelled))
    return [line for line in lines if line]


def _labeled(name: str, spelled: str) -> str:
    label = re.sub(r"[{}]", "", _one_line(name))
    return f"{label}: {{{spelled}}}"


def note_line(name: str, spelled: str | None) -> Any:
    """The rule of notes that have this column alone; None if they can't name it."""
    if spelled is None or "\n" in spelled:
        return None
    return {"template": _labeled(name, spelled) + "\n"}


def _is_no(profile: ColumnProfile) -> bool:
    """Whether its first cell says no or zero: in every row, that is what a system writes by itself."""
    return not re.search(r"[1-9]|[^\W\d_]", re.sub(r"(?i)^(false|no|n|none)$", "", profile.values[0].strip()))


def _several(line: str, spelling: Spelling) -> str:
    """A line with several columns, as a mapping can name them; `*` in them is meant."""
    label, _, rest = line.partition(": ")
    names = re.findall(r"\{([^{}]*)\}", rest)
    spelled = [name if "*" in name else spelling(name) for name in names]
    clean = [f"{{{name}}}" for name in spelled if name is not None and "\n" not in name]
    return f"{label}: {', '.join(clean)}" if clean else ""


def _unused_columns(
    suggestion: Suggestion, profiles: Sequence[ColumnProfile], spelling: Spelling
) -> list[tuple[str, str]]:
    lines = []
    for profile, words in _leftovers(profiles, suggestion):
        noted = not profile.is_blank and spelling(profile.name) is not None
        where = "in the notes" if noted and not (profile.is_constant and _is_no(profile)) else "nowhere"
        lines.append((repr(profile.name), f"{words} ({where})"))
    return lines


def _leftovers(profiles: Sequence[ColumnProfile], suggestion: Suggestion) -> Iterator[tuple[ColumnProfile, str]]:
    """The columns that no field takes, with what they hold."""
    for profile in profiles:
        if profile.name in suggestion.used or profile.name in suggestion.left_out:
            continue
        kinds = sorted(profile.shares, key=lambda kind: -profile.shares[kind])
        likeness = next((kind for kind in kinds if profile.shares[kind] >= CERTAIN), "text")
        if profile.is_blank:
            yield profile, "blank in every row"
        elif profile.distinct == 1:
            yield profile, f"the same in all {profile.filled} cells"
        else:
            yield profile, f"{likeness}, {filled_words(profile)}, {profile.distinct} different"


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
