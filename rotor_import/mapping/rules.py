"""The blocks of a mapping, as pydantic models: where a field's value comes from, and how the file is read."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

NAME_PARTS = ("first", "last", "first_last", "middle", "title", "suffix", "nickname")
ADDRESS_PARTS = ("street1", "street2", "city", "state", "zip", "country")
ORIGINS = ("column", "first_of", "template", "value", "sql", "name", "address")
ONE_ORIGIN = f"give exactly one of {', '.join(ORIGINS[:-1])} and {ORIGINS[-1]}"
GROUP = re.compile(r"\*|(?<![0-9])([0-9]{1,9})\+")
"""What stands for a number in a column's name: all of them, or those from N on."""

_SCALARS = {"type": ["string", "number", "boolean"]}


def _text(value: Any) -> Any:
    """YAML reads true and 12 as other types; in a mapping they are text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _one_or_more(value: Any) -> Any:
    """One name is a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def _conditions(value: Any) -> Any:
    return {key: _one_or_more(one) for key, one in value.items()} if isinstance(value, dict) else value


def _bare(value: Any) -> Any:
    """A bare name is a column."""
    text = _text(value)
    return {"column": text} if isinstance(text, str) else value


class _Scalar:
    """In the JSON Schema: numbers and truth values are text too."""

    @staticmethod
    def __get_pydantic_json_schema__(core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), **_SCALARS}


class _OrScalar:
    """In the JSON Schema: a bare text may stand in place of the whole."""

    @staticmethod
    def __get_pydantic_json_schema__(core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [dict(_SCALARS), handler(core)]}


class _Conditions:
    """In the JSON Schema: for each column a text or a list of them."""

    @staticmethod
    def __get_pydantic_json_schema__(_core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        either = {"anyOf": [dict(_SCALARS), {"type": "array", "items": dict(_SCALARS), "minItems": 1}]}
        return {"type": "object", "minProperties": 1, "additionalProperties": either}


Text = Annotated[str, BeforeValidator(_text), _Scalar]
Separator = Annotated[Text, Field(min_length=1)]
Columns = Annotated[tuple[Separator, ...], Field(min_length=1)]
ColumnOrColumns = Annotated[Columns, BeforeValidator(_one_or_more), _OrScalar]
Conditions = Annotated[
    dict[str, Annotated[tuple[Text, ...], Field(min_length=1)]],
    Field(min_length=1),
    BeforeValidator(_conditions),
    _Conditions,
]
RegionCode = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceBlock(Model):
    """How to read the file; what is not given is found out."""

    encoding: Annotated[Text, Field(description="auto, or a codec's name such as utf-8 or cp1252")] = "auto"
    delimiter: Annotated[str, Field(pattern=r"^(auto|[^\r\n\"])$")] = "auto"
    sheet: Annotated[
        Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=1, strict=True)] | None,
        Field(description="a sheet's name, or its number from 1"),
    ] = None
    header_row: Annotated[
        Literal["auto"] | Annotated[int, Field(ge=1)],
        Field(description="auto, or the header's row as a spreadsheet numbers it"),
    ] = "auto"
    null_values: tuple[Text, ...] = ("",)
    where: Annotated[str | None, Field(min_length=1, description="an SQL condition; other rows are left out")] = None

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        if encoding.lower() == "auto":
            return "auto"
        try:
            known = codecs.lookup(encoding)
            "".encode(known.name)
        except (LookupError, ValueError):
            raise ValueError(f"{encoding!r} is no encoding; use auto, utf-8, cp1252, utf-16 or another") from None
        return encoding


def _one_key(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": ["column"]}, {"required": ["first_of"]}]


class ColumnRule(Model):
    """A column of the file, or the first of several that is not blank, of which the file has at least one.

    `after` takes such a text away from the beginning where it stands there; `before` keeps the part before the first
    such text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_one_key)

    column: Separator | None = None
    first_of: Columns | None = None
    after: Separator | None = None
    before: Separator | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnRule:
        if (self.column is None) == (self.first_of is None):
            raise ValueError("give exactly one of column and first_of")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column is not None else self.first_of or ()


class RegionRule(Model):
    """The column that says each row's country, and the one for rows where it says nothing known."""

    column: Separator
    otherwise: RegionCode = "US"


def _origins(schema: dict[str, Any]) -> None:
    """In the JSON Schema: exactly one origin, or tags of one's own alone."""
    alone = {"required": ["add"], "not": {"anyOf": [{"required": [one]} for one in ORIGINS]}}
    schema["oneOf"] = [*({"required": [one]} for one in ORIGINS), alone]
    schema["dependentRequired"] = {"otherwise": ["values"], "name": ["of"], "address": ["of"]}


class FieldRule(Model):
    """Where a field's value comes from: exactly one origin, and what is done with it."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_origins)

    column: Separator | None = None
    first_of: Columns | None = None
    template: Text | None = None
    value: Text | None = None
    sql: Annotated[str | None, Field(min_length=1)] = None
    name: Literal["first", "last", "first_last", "middle", "title", "suffix", "nickname"] | None = None
    address: Literal["street1", "street2", "city", "state", "zip", "country"] | None = None
    of: ColumnOrColumns | None = None
    when: Conditions | None = None
    prefer: Conditions | None = None
    labels: Columns | None = None
    split: Separator | None = None
    strip: Separator | None = None
    zip: Literal["US"] | None = None
    case: Literal["title", "upper", "lower"] | None = None
    values: Annotated[dict[str, Text] | None, Field(min_length=1)] = None
    otherwise: Text | None = None
    add: tuple[Text, ...] = ()
    max_length: Annotated[int, Field(ge=1)] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> FieldRule:
        given = [one for one in ORIGINS if getattr(self, one) is not None]
        if len(given) > 1 or (not given and not self.add):
            raise ValueError(ONE_ORIGIN)
        if self.otherwise is not None and self.values is None:
            raise ValueError("otherwise goes with values")
        parsed = self.name is not None or self.address is not None
        if parsed and self.of is None:
            raise ValueError(f"{given[0]} needs of: the column that holds the whole {given[0]}")
        if self.of is not None and not parsed:
            raise ValueError("of goes with name or address")
        return self

    @model_validator(mode="after")
    def _fitting(self) -> FieldRule:
        cells = self.column is not None or self.first_of is not None
        for key in ("when", "prefer", "labels"):
            if getattr(self, key) is not None and not cells:
                raise ValueError(f"{key} goes with column or first_of")
        if self.zip is not None and not (cells or self.sql is not None):
            raise ValueError("zip goes with column, first_of or sql")
        names = (*self.columns, *(self.when or ()), *(self.prefer or ()), *(self.of or ()))
        for name in names:
            if len(GROUP.findall(name)) > 1:
                raise ValueError(f"{name!r} has more than one * in it; one number is all that it can stand for")
        grouped = any(GROUP.search(name) for name in self.columns)
        if not grouped and any(GROUP.search(name) for name in (*(self.when or ()), *(self.prefer or ()))):
            raise ValueError("a * in when or prefer needs a column with * in column or first_of")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column is not None else self.first_of or ()


Rule = Annotated[FieldRule, BeforeValidator(_bare), _OrScalar]
KeyRule = Annotated[ColumnRule, BeforeValidator(_bare), _OrScalar]
