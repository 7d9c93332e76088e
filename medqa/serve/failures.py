"""Errors as HTTP: one shape for ours, OpenAI's shape on its routes, and never a word of the question."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from medqa.errors import (
    ChatModelError,
    HomeError,
    MedQAError,
    Overloaded,
    RateLimited,
    SnapshotError,
    UsageError,
)

_log = logging.getLogger("medqa.serve")

_OPENAI_PATHS = ("/v1/chat/", "/v1/models")
_STATUS: tuple[tuple[type[MedQAError], int], ...] = (
    (UsageError, 422),
    (RateLimited, 429),
    (Overloaded, 503),
    (SnapshotError, 503),
    (HomeError, 503),
    (ChatModelError, 503),
)
_CODE_STATUS = {"too_long": 413, "model_not_found": 404, "unknown_upload": 404, "unsupported_media_type": 415}
_CODES = {400: "bad_input", 404: "not_found", 405: "method_not_allowed", 413: "too_long", 415: "unsupported_media_type"}
INTERNAL = "internal"
INTERNAL_MESSAGE = "something went wrong on the server; the request id names it in the log"


def http_status(err: MedQAError) -> int:
    """The status that tells a client whose fault it is and whether to come back."""
    if err.code in _CODE_STATUS:
        return _CODE_STATUS[err.code]
    return next((status for kind, status in _STATUS if isinstance(err, kind)), 500)


def error_body(path: str, status: int, *, code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """The JSON of an error, in OpenAI's shape on OpenAI's routes."""
    if path.startswith(_OPENAI_PATHS):
        kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
        return {"error": {"message": message, "type": kind, "param": field, "code": code}}
    return {"error": {"code": code, "message": message, "field": field}}


def internal_error(path: str) -> JSONResponse:
    """The answer to a failure that nobody foresaw; the log has its traceback under the request id."""
    return JSONResponse(error_body(path, 500, code=INTERNAL, message=INTERNAL_MESSAGE), 500)


def install(app: FastAPI) -> None:
    """Makes every failure of the app speak in that shape."""
    app.add_exception_handler(MedQAError, _deliberate)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _respond(
    request: Request, status: int, *, code: str, message: str, headers: Mapping[str, str], field: str | None = None
) -> JSONResponse:
    body = error_body(request.url.path, status, code=code, message=message, field=field)
    return JSONResponse(body, status, headers=dict(headers))


async def _deliberate(request: Request, err: Exception) -> JSONResponse:
    assert isinstance(err, MedQAError)
    status = http_status(err)
    if status >= 500:
        _log.warning("%s: %s", err.code, err)
    headers = {"Retry-After": str(err.retry_after_s)} if isinstance(err, Overloaded) else {}
    field = err.field if isinstance(err, UsageError) else None
    return _respond(request, status, code=err.code, message=str(err), headers=headers, field=field)


async def _invalid(request: Request, err: Exception) -> JSONResponse:
    assert isinstance(err, RequestValidationError)
    first, *others = err.errors()
    if first["type"] == "json_invalid":
        return _respond(request, 400, code="bad_json", message="the body is not valid JSON", headers={})
    # loc is ("body", "turns", 0, "content"); pydantic adds names of union branches behind, which mean nothing outside.
    place = first["loc"][1:]
    field = str(place[0]) if place else None
    is_union = any(other["loc"][1:2] == place[:1] for other in others)
    what = "holds a value of the wrong kind" if is_union else first["msg"]
    message = f"{field}: {what}; /openapi.json describes it" if field else "the body must be a JSON object"
    return _respond(request, 422, code="bad_input", message=message, headers={}, field=field)


async def _http(request: Request, err: Exception) -> JSONResponse:
    assert isinstance(err, HTTPException)
    code = _CODES.get(err.status_code, "error")
    message = err.detail or HTTPStatus(err.status_code).phrase
    return _respond(request, err.status_code, code=code, message=message, headers=err.headers or {})
