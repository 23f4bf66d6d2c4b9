"""The sandbox's own OpenAPI 3.1 document."""

from __future__ import annotations

from functools import cache
from typing import Any

from rotor_import.sandbox import customer_fields, listing, request_body

VERSION = "1.1.0"
PATHS = ("/openapi.json", "/open-api/openapi.json")

_TEXT = {"type": "string"}
_NULLABLE = {"type": ["string", "null"]}
_UUID = {"type": "string", "format": "uuid"}
_MOMENT = {"type": "string", "format": "date-time"}
_STATUS = {"type": "string", "enum": list(customer_fields.STATUSES)}
_TAGS = {"type": "array", "items": _TEXT}
_ERRORS = {"400": "Invalid", "401": "Error", "403": "Error", "429": "Error", "500": "Error"}


@cache
def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The sandbox's Rotor customers API",
            "version": VERSION,
            "description": "A local stand-in for Rotor's customers API, strict where its document speaks.",
        },
        "servers": [{"url": "/open-api"}],
        "security": [{"key": []}],
        "paths": {
            "/customers": {"parameters": [_header()], "post": _upsert(), "get": _list()},
            "/customers/{id}": {"parameters": [_header()], "get": _get()},
            "/auth/test": {"parameters": [_header()], "get": _auth()},
        },
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
            "schemas": _schemas(),
        },
    }


def _header() -> dict[str, Any]:
    return _parameter("rotor-api-version", {"type": "string", "const": VERSION}, place="header", required=True)


def _upsert() -> dict[str, Any]:
    done = _answer("UpsertedCustomer", "The customer as it is now")
    links = {"links": {"get": {"operationId": "get", "parameters": {"id": "$response.body#/id"}}}}
    return {
        "operationId": "upsert",
        "summary": "Create or update a customer, found by id, else by phone, else by email",
        "requestBody": {"required": True, "content": _json("CustomerUpsert")},
        "responses": {"200": done | links, "201": done | links, "404": _answer("Error", "Nobody has this id")}
        | _errors(),
    }


def _list() -> dict[str, Any]:
    whole = {"type": "integer", "minimum": 1}
    return {
        "operationId": "list",
        "summary": "The customers, page by page",
        "parameters": [
            _parameter("limit", whole | {"maximum": listing.MOST, "default": 50}),
            _parameter("page", whole | {"maximum": listing.LAST_PAGE, "default": 1}),
            _parameter("archived", {"type": "boolean", "default": False}),
            _parameter("search", _TEXT),
            _parameter("status", _STATUS),
            _parameter("tags", _TEXT | {"description": "separated by commas"}),
        ],
        "responses": {"200": _answer("Page", "One page")} | _errors(),
    }


def _get() -> dict[str, Any]:
    return {
        "operationId": "get",
        "summary": "One customer",
        "parameters": [_parameter("id", _TEXT, place="path", required=True)],
        "responses": {"200": _answer("One", "The customer"), "404": _answer("Error", "Nobody has this id")} | _errors(),
    }


def _auth() -> dict[str, Any]:
    return {
        "operationId": "auth",
        "summary": "Whose key it is, and what it may do",
        "responses": {"200": _answer("Identity", "The key works")} | _errors(),
    }


def _schemas() -> dict[str, Any]:
    strings = dict.fromkeys(customer_fields.STRINGS, _TEXT)
    fields = strings | {"status": _STATUS, customer_fields.BOOLEAN: {"type": "boolean"}, customer_fields.TAGS: _TAGS}
    shown = dict.fromkeys(customer_fields.LISTED, _NULLABLE)
    address = _object(dict.fromkeys(customer_fields.ADDRESS, _NULLABLE), all_required=True)
    page = {"has_more": {"type": "boolean"}} | {name: {"type": "integer"} for name in ("limit", "page", "total")}
    listed = shown | {"id": _UUID, "created_at": _MOMENT, "status": _STATUS, "tags": _TAGS, "address": address}
    return {
        "CustomerUpsert": _object({"id": _UUID} | fields | {"email": _TEXT | {"pattern": request_body.EMAIL_PATTERN}}),
        "UpsertedCustomer": _object({"id": _UUID} | fields | {"created_at": _MOMENT, "message": _TEXT}),
        "ListedCustomer": _object(
            listed | {"location": {"type": "null"}, "has_payment_method": {"type": "boolean"}}, all_required=True
        ),
        "Page": _success(
            {"type": "array", "items": _ref("ListedCustomer")}, pagination=_object(page, all_required=True)
        ),
        "One": _success(_ref("ListedCustomer")),
        "Identity": _object(
            {"authenticated": {"type": "boolean"}, "company_id": _UUID, "auth_method": _TEXT}
            | {"scopes": _TAGS, "timestamp": _MOMENT},
            all_required=True,
        ),
        "Error": _object({"status": {"const": "error"}, "message": _TEXT, "error_code": _TEXT}),
        "Invalid": _object(
            {
                "status": {"const": "error"},
                "message": {"const": "Validation failed"},
                "errors": {"type": "array", "items": _object({"field": _TEXT, "message": _TEXT}, all_required=True)},
            },
            all_required=True,
        ),
    }


def _success(data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _object({"data": data, "status": {"const": "success"}, **more}, all_required=True)


def _object(properties: dict[str, Any], *, all_required: bool = False) -> dict[str, Any]:
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | {"required": list(properties)} if all_required else made


def _errors() -> dict[str, Any]:
    return {status: _answer(schema, "An error") for status, schema in _ERRORS.items()}


def _answer(schema: str, words: str) -> dict[str, Any]:
    return {"description": words, "content": _json(schema)}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(schema)}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _parameter(name: str, schema: dict[str, Any], place: str = "query", *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}
