"""Readers of each endpoint's successful answer; they raise ShapeError where its shape is not the documented one.

A list is only believed if every customer in it has the documented shape. What was written is written: of the answer to
an upsert, the id has to be right, and each field of another shape is left out as if it had not been said.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rotor_import.api.attempt import ShapeError
from rotor_import.api.contract import Page
from rotor_import.api.documented import ADDRESS, ID, all_documented
from rotor_import.api.interpret import json_object
from rotor_import.model.fields import BOOLEAN_FIELD, ID_FIELD, TAGS_FIELD, TEXT_FIELDS
from rotor_import.model.row_link import is_planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rotor_import.api.attempt import Reply


def read_page(reply: Reply) -> Page:
    body = json_object(reply)
    items, pagination = body.get("data"), body.get("pagination")
    if not isinstance(items, list):
        raise ShapeError("its data is not a list")
    if not isinstance(pagination, dict):
        raise ShapeError("it has no pagination")
    total, has_more = pagination.get("total"), pagination.get("has_more")
    if type(total) is not int or total < 0:  # True is no count
        raise ShapeError("its total is not a count")
    if not isinstance(has_more, bool):
        raise ShapeError("its has_more is neither true nor false")
    page = Page(tuple(items), total, has_more)
    if not all_documented(page):
        for item in items:
            _documented(item)
    return page


def read_customer(reply: Reply, asked: str) -> Mapping[str, Any] | None:
    body = json_object(reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        return None
    customer = _documented(body.get("data"))
    if str(customer[ID_FIELD]).casefold() != asked.casefold():
        raise ShapeError("it describes another customer")
    return customer


def read_upserted(reply: Reply) -> tuple[Mapping[str, Any], bool, tuple[str, ...]]:
    """Return the customer without its odd fields, whether it was created just now, and the odd fields' names."""
    customer = json_object(reply)
    _check_id(customer)
    odd = tuple(_odd(customer))
    created = reply.status == HTTPStatus.CREATED or "created" in str(customer.get("message")).casefold()
    return {name: value for name, value in customer.items() if name not in odd}, created, odd


def _documented(item: object) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise ShapeError("a customer in it is not an object")
    _check_id(item)
    for name in _odd(item):
        raise ShapeError(f"a customer's {name} is not {_KINDS.get(name, 'a text')}")
    return item


def _check_id(customer: Mapping[str, Any]) -> None:
    id_ = customer.get(ID_FIELD)
    if not isinstance(id_, str) or not ID.fullmatch(id_) or is_planned(id_):
        raise ShapeError("a customer in it has no valid id")


_KINDS = {TAGS_FIELD: "a list of texts", BOOLEAN_FIELD: "true or false", ADDRESS: "an object of texts"}


def _odd(customer: Mapping[str, Any]) -> Iterator[str]:
    """The fields whose value is of another kind than documented; null is none."""
    for name in TEXT_FIELDS:
        if not _is_text(customer.get(name)):
            yield name
    if not isinstance(customer.get(BOOLEAN_FIELD), bool | None):
        yield BOOLEAN_FIELD
    tags = customer.get(TAGS_FIELD)
    if tags is not None and not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        yield TAGS_FIELD
    address = customer.get(ADDRESS)
    if address is not None and not (isinstance(address, dict) and all(map(_is_text, address.values()))):
        yield ADDRESS


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)
