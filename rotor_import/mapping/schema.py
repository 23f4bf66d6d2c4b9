"""The mapping's schema: what a YAML file may say, as pydantic models."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from rotor_import.model.fields import BOOLEAN_FIELD, FIELDS, ID_FIELD, KEY_FIELDS, TAGS_FIELD, UNIT_FIELDS
from rotor_import.model.rows import Policy, SourceOptions, Survivor, Write

TARGETS = (ID_FIELD, *FIELDS)
LATER = ("zip", "name", "of", "address", "sql")
"""Ways to fill a field that this version does not know yet."""


def _text(value: Any) -> Any:
    """YAML reads true, 12 and 1.5 as other types; in a mapping they are text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _texts(value: Any) -> Any:
    return {_text(key): one for key, one in value.items()} if isinstance(value, dict) else value


Text = Annotated[str, BeforeValidator(_text)]
Separator = Annotated[Text, Field(min_length=1)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceBlock(Model):
    """How to read the file; what is not given is found out."""

    encoding: Literal["auto", "utf-8", "utf8", "UTF-8"] = "auto"
    delimiter: Annotated[str, Field(pattern=r"^(auto|[^\r\n\"])$")] = "auto"
    header_row: Literal["auto"] = "auto"
    null_values: tuple[Text, ...] = ("",)
    where: str | None = None


class ColumnRule(Model):
    """A column of the file, or the first of several that the file has.

    `after` takes such a text away from the beginning where it stands there; `before` keeps the part before the first
    such text.
    """

    column: Text | None = None
    first_of: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    after: Separator | None = None
    before: Separator | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnRule:
        if (self.column is None) == (self.first_of is None):
            raise ValueError("give exactly one of column and first_of")
        return self


class RegionRule(Model):
    """The column that says each row's country, and the one for rows where it says nothing known."""

    column: Text
    otherwise: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "US"


class FieldRule(Model):
    """Where a field's value comes from: exactly one of column, first_of, template and value."""

    column: Text | None = None
    first_of: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    template: Text | None = None
    value: Text | None = None
    split: Separator | None = None
    case: Literal["title", "upper", "lower"] | None = None
    values: Annotated[dict[str, Text], BeforeValidator(_texts)] | None = None
    otherwise: Text | None = None
    add: tuple[Text, ...] = ()
    max_length: Annotated[int, Field(ge=1)] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> FieldRule:
        origins = [self.column, self.first_of, self.template, self.value]
        given = sum(origin is not None for origin in origins)
        if given > 1 or (given == 0 and not self.add):
            raise ValueError("give exactly one of column, first_of, template and value")
        if self.otherwise is not None and self.values is None:
            raise ValueError("otherwise goes with values")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column is not None else self.first_of or ()


def _rule(value: Any) -> Any:
    """A bare name is a column."""
    text = _text(value)
    return {"column": text} if isinstance(text, str) else value


Rule = Annotated[FieldRule, BeforeValidator(_rule)]
KeyRule = Annotated[ColumnRule, BeforeValidator(_rule)]
Region = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Place = tuple[int, int]


class Mapping(Model):
    """A whole mapping; `name` is what errors call it."""

    version: Literal[1]
    feed: Annotated[Text, Field(min_length=1)] = ""
    source: SourceBlock = SourceBlock()
    key: KeyRule | None = None
    region: Region | RegionRule = "US"
    fields: Annotated[dict[str, Rule], Field(min_length=1)]
    write: dict[str, Write] = {}
    survivor: dict[str, Survivor] = {}
    on_conflict: Literal["hold", "server"] = "hold"
    on_both: Literal["hold", "file", "rotor"] = "hold"
    invalid: dict[Literal["phone", "email"], Literal["drop", "reject"]] = {}
    drop: Literal["full", "delta"] = "full"
    missing: Literal["report", "inactive"] = "report"

    _name: str = PrivateAttr(default="the mapping")
    _places: dict[tuple[str | int, ...], Place] = PrivateAttr(default_factory=dict)

    @field_validator("survivor")
    @classmethod
    def _survivors_fit(cls, survivor: dict[str, Survivor]) -> dict[str, Survivor]:
        for name, rule in survivor.items():
            if name in (*KEY_FIELDS, ID_FIELD):
                raise ValueError(f"it cannot be set for {name}: Rotor's own rule decides there")
            if rule == "join" and name in (BOOLEAN_FIELD, TAGS_FIELD, "status", *UNIT_FIELDS):
                raise ValueError(f"{name} cannot be joined: use first or last")
        return survivor

    @field_validator("write")
    @classmethod
    def _writes_fit(cls, write: dict[str, Write]) -> dict[str, Write]:
        if ID_FIELD in write:
            raise ValueError("it cannot be set for id, which only says who the customer is")
        if write.get(TAGS_FIELD) == "clear":
            raise ValueError("tags cannot be cleared: the API has no way to remove one")
        for name in (BOOLEAN_FIELD, "status"):
            if write.get(name) == "clear":
                raise ValueError(f"{name} cannot be cleared: Rotor takes no blank for it")
        return write

    @property
    def name(self) -> str:
        return self._name

    @property
    def fingerprint(self) -> str:
        """Equal for mappings that say the same."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def default_region(self) -> str:
        return self.region if isinstance(self.region, str) else self.region.otherwise

    @property
    def mapped_fields(self) -> tuple[str, ...]:
        return tuple(self.fields)

    @property
    def source_options(self) -> SourceOptions:
        return SourceOptions(delimiter=self.source.delimiter, null_values=self.source.null_values)

    def policy(self, *, hold_suspicious: bool = False, allow_keyless: bool = False) -> Policy:
        return Policy(
            write=self.write,
            survivor=self.survivor,
            on_conflict=self.on_conflict,
            on_both=self.on_both,
            hold_suspicious=hold_suspicious,
            allow_keyless=allow_keyless,
        )

    def placed(self, name: str, feed: str, places: dict[tuple[str | int, ...], Place]) -> Mapping:
        """The same mapping, knowing where each of its parts stands."""
        placed = self if self.feed else self.model_copy(update={"feed": feed})
        placed._name = name  # noqa: SLF001 - its own class
        placed._places = places  # noqa: SLF001 - its own class
        return placed

    def at(self, *path: str | int) -> str:
        """Where a part of the mapping stands, as `file:line:column`."""
        for end in range(len(path), 0, -1):
            if place := self._places.get(path[:end]):
                return f"{self._name}:{place[0]}:{place[1]}"
        return self._name
