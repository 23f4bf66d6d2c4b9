"""Answers, in the words and shapes of the API's document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def error(status: int, message: str, **more: Any) -> Response:
    return answer({"status": "error", "message": message, **more}, status)


def invalid(*problems: tuple[str, str]) -> Response:
    """Each problem is a field and what is wrong with it."""
    errors = [{"field": field, "message": message} for field, message in problems]
    return error(400, "Validation failed", errors=errors)


def not_found() -> Response:
    return error(404, "Not found")


def no_method(*allowed: str) -> Response:
    refused = error(405, "Method not allowed")
    refused.allow.update(allowed)
    return refused


def no_key() -> Response:
    message = "Authentication required. Provide x-api-key header."
    return error(401, message, error_code="AUTHENTICATION_REQUIRED")


def no_scope(scope: str) -> Response:
    message = f"Forbidden: required scope '{scope}' not granted for this API key"
    return error(403, message, error_code="INSUFFICIENT_SCOPE")


def no_quota(limit: int) -> Response:
    message = f"Daily API key request limit of {limit} exceeded"
    return error(429, message, error_code="RATE_LIMIT_EXCEEDED")
