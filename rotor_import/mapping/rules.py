"""The blocks of a mapping as pydantic models: how the file is read, and where each field's value comes from."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
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

NamePart = Literal["first", "last", "first_last", "middle", "title", "suffix", "nickname"]
NAME_PARTS: tuple[NamePart, ...] = get_args(NamePart)
AddressPart = Literal["street1", "street2", "city", "state", "zip", "country"]
ADDRESS_PARTS: tuple[AddressPart, ...] = get_args(AddressPart)
Splittable = Literal["name", "address"]
"""What a whole text in one cell may be split as."""
LetterCase = Literal["title", "upper", "lower"]
Origin = Literal["column", "first_of", "template", "value", "sql", "name", "address"]
"""The key of a rule that says where the field's value comes from."""
ORIGINS: tuple[Origin, ...] = get_args(Origin)
GROUP = re.compile(r"\*|(?<![0-9])([0-9]{1,9})\+")
"""What stands for a number in a column's name: `*` for any number, `2+` for those from 2 on."""

_SCALARS = {"type": ["string", "number", "boolean"]}


def _scalar_as_text(value: Any) -> Any:
    """The text of a scalar: YAML reads true and 12 as other types, but in a mapping they are text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _one_or_more(value: Any) -> Any:
    """A list, even if only one item was given."""
    return value if isinstance(value, list | tuple) else [value]


def _conditions(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {column: _one_or_more(texts) for column, texts in value.items()}


def _name_as_column(value: Any) -> Any:
    """A block: a bare name in its place is a column."""
    text = _scalar_as_text(value)
    return {"column": text} if isinstance(text, str) else value


class _Scalar:
    """Says in the JSON Schema that numbers and booleans are text too."""

    @staticmethod
    def __get_pydantic_json_schema__(core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), **_SCALARS}


class _OrScalar:
    """Says in the JSON Schema that a bare text may stand in place of the block."""

    @staticmethod
    def __get_pydantic_json_schema__(core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [dict(_SCALARS), handler(core)]}


class _ConditionsSchema:
    """Says in the JSON Schema that each column has one text or a list of texts."""

    @staticmethod
    def __get_pydantic_json_schema__(_core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        either = {"anyOf": [dict(_SCALARS), {"type": "array", "items": dict(_SCALARS), "minItems": 1}]}
        return {"type": "object", "minProperties": 1, "additionalProperties": either}


Text = Annotated[str, BeforeValidator(_scalar_as_text), _Scalar]
Separator = Annotated[Text, Field(min_length=1)]
Columns = Annotated[tuple[Separator, ...], Field(min_length=1)]
ColumnOrColumns = Annotated[Columns, BeforeValidator(_one_or_more), _OrScalar]
Conditions = Annotated[
    dict[str, Annotated[tuple[Text, ...], Field(min_length=1)]],
    Field(min_length=1),
    BeforeValidator(_conditions),
    _ConditionsSchema,
]
RegionCode = Annotated[str, Field(pattern="^[A-Z]{2}$")]
AreaCode = Annotated[Text, Field(pattern="^([0-9]{1,5})?$", description="added to phones that lack it")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceBlock(Model):
    """How to read the file; whatever is not given is detected."""

    encoding: Annotated[Text, Field(description="auto, or an encoding such as utf-8 or cp1252")] = "auto"
    delimiter: Annotated[str, Field(pattern=r"^(auto|[^\r\n\"])$")] = "auto"
    sheet: Annotated[
        Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=1, strict=True)] | None,
        Field(description="a sheet's name or its number, 1 or more"),
    ] = None
    header_row: Annotated[
        Literal["auto"] | Annotated[int, Field(ge=1)],
        Field(description="auto, or the number of the header's row"),
    ] = "auto"
    null_values: tuple[Text, ...] = ("",)
    where: Annotated[
        str | None, Field(min_length=1, description="an SQL condition; rows that don't meet it are left out")
    ] = None

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        if encoding.lower() == "auto":
            return "auto"
        try:
            known = codecs.lookup(encoding)
            "".encode(known.name)
        except (LookupError, ValueError):
            raise ValueError(
                f"there is no encoding called {encoding!r}; use auto, utf-8, cp1252 or utf-16, for example"
            ) from None
        return encoding


def _one_key_origin(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": ["column"]}, {"required": ["first_of"]}]


class ColumnRule(Model):
    """A column of the file, or the first of several that is not blank; the file must have at least one of them.

    `after` removes a text from the beginning of the value, `before` removes everything from a text on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_one_key_origin)

    column: Separator | None = None
    first_of: Columns | None = None
    after: Separator | None = None
    before: Separator | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnRule:
        if (self.column is None) == (self.first_of is None):
            raise ValueError("use either column or first_of, not both")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column is not None else self.first_of or ()


class RegionRule(Model):
    """The column with each row's country, and the region of rows in which it is blank or unknown."""

    column: Separator
    otherwise: RegionCode = "US"


def _placeholder(value: str) -> str:
    if not value.strip():
        raise ValueError("it is blank; write the phone or email to ignore")
    return value


Placeholders = Annotated[tuple[Annotated[Text, AfterValidator(_placeholder)], ...], Field(min_length=1)]


class IgnoreBlock(Model):
    """Placeholders: phones and emails that are dropped wherever they stand, since they are nobody's own."""

    phone: Placeholders | None = None
    email: Placeholders | None = None

    @property
    def by_field(self) -> dict[str, tuple[str, ...]]:
        return {"phone": self.phone or (), "email": self.email or ()}


def _origins(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema that there is exactly one origin, or only tags that the mapping adds."""
    required = [{"required": [origin]} for origin in ORIGINS]
    schema["oneOf"] = [*required, {"required": ["add"], "not": {"anyOf": required}}]
    schema["dependentRequired"] = {"otherwise": ["values"], "name": ["of"], "address": ["of"]}


class FieldRule(Model):
    """Where a field's value comes from, and what is done with it. It has one origin, or only adds tags."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_origins)

    column: Separator | None = None
    first_of: Columns | None = None
    template: Text | None = None
    value: Text | None = None
    sql: Annotated[str | None, Field(min_length=1)] = None
    name: NamePart | None = None
    address: AddressPart | None = None
    of: ColumnOrColumns | None = None
    when: Conditions | None = None
    prefer: Conditions | None = None
    labels: Columns | None = None
    split: Separator | None = None
    strip: Separator | None = None
    rest: Literal["notes"] | None = None
    zip: Literal["US"] | None = None
    state: Literal["US"] | None = None
    country: Literal["code"] | None = None
    case: LetterCase | None = None
    values: Annotated[dict[str, Text] | None, Field(min_length=1)] = None
    otherwise: Text | None = None
    add: tuple[Text, ...] = ()
    max_length: Annotated[int, Field(ge=1)] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> FieldRule:
        given = self._origins
        if len(given) > 1 or (not given and not self.add):
            raise ValueError(f"use exactly one of {', '.join(ORIGINS[:-1])} and {ORIGINS[-1]}")
        if self.otherwise is not None and self.values is None:
            raise ValueError("otherwise can only be used with values")
        parsed = self.name is not None or self.address is not None
        if parsed and self.of is None:
            raise ValueError(f"{given[0]} also needs `of:` with the column that holds the whole {given[0]}")
        if self.of is not None and not parsed:
            raise ValueError("of can only be used with name or address")
        return self

    @model_validator(mode="after")
    def _keys_fit_the_origin(self) -> FieldRule:
        has_columns = self.column is not None or self.first_of is not None
        for key in ("prefer", "labels"):
            if getattr(self, key) is not None and not has_columns:
                raise ValueError(f"{key} can only be used with column or first_of")
        if self.when is not None and not has_columns and self.of is None:
            raise ValueError("when can only be used with column, first_of, name or address")
        if self.zip is not None and not (has_columns or self.sql is not None):
            raise ValueError("zip can only be used with column, first_of or sql")
        names = (*self.columns, *(self.when or ()), *(self.prefer or ()), *(self.of or ()))
        for name in names:
            if len(GROUP.findall(name)) > 1:
                raise ValueError(f"{name!r} contains more than one *; only one is allowed")
        grouped = any(GROUP.search(name) for name in self.columns)
        if not grouped and any(GROUP.search(name) for name in (*(self.when or ()), *(self.prefer or ()))):
            raise ValueError("a * in when or prefer also needs a * in column or first_of")
        return self

    @property
    def origin(self) -> Origin | None:
        """None for a rule that only adds tags."""
        return next(iter(self._origins), None)

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column is not None else self.first_of or ()

    @property
    def _origins(self) -> list[Origin]:
        return [origin for origin in ORIGINS if getattr(self, origin) is not None]


Rule = Annotated[FieldRule, BeforeValidator(_name_as_column), _OrScalar]
KeyRule = Annotated[ColumnRule, BeforeValidator(_name_as_column), _OrScalar]
