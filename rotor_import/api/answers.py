"""Readers of each endpoint's successful answer; they raise ShapeError where its shape is not the documented one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rotor_import.api.attempt import ShapeError
from rotor_import.api.contract import Page
from rotor_import.api.interpret import json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rotor_import.api.attempt import Reply


def read_page(reply: Reply) -> Page:
    body = json_object(reply)
    items, pagination = body.get("data"), body.get("pagination")
    if not isinstance(items, list) or not isinstance(pagination, dict):
        raise ShapeError("no data or no pagination")
    total, has_more = pagination.get("total"), pagination.get("has_more")
    if type(total) is not int or total < 0 or not isinstance(has_more, bool):  # True is no count
        raise ShapeError("no total or no has_more")
    return Page(tuple(_customer(item) for item in items), total, has_more)


def read_customer(reply: Reply) -> Mapping[str, Any] | None:
    if reply.status == HTTPStatus.NOT_FOUND:
        return None
    return _customer(json_object(reply).get("data"))


def read_upserted(reply: Reply) -> tuple[Mapping[str, Any], bool]:
    """Return the customer, and whether it was created just now."""
    customer = _customer(json_object(reply))
    if reply.status == HTTPStatus.CREATED:
        return customer, True
    return customer, "created" in str(customer.get("message")).casefold()


def _customer(item: object) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise ShapeError("not an object")
    customer_id = item.get("id")
    if not isinstance(customer_id, str) or not customer_id:
        raise ShapeError("no id")
    return item
