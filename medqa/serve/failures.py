"""Errors as HTTP: one shape for ours, OpenAI's shape on its routes, and never a word of the question.

Codes and fields are the same for everybody; messages speak the caller's language (``speak``).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from medqa.domain.language import language_of
from medqa.errors import (
    ChatModelError,
    HomeError,
    MedQAError,
    Overloaded,
    RateLimited,
    SnapshotError,
    UsageError,
)
from medqa.serve import wording

if TYPE_CHECKING:
    from starlette.types import Scope

    from medqa.domain.conversation import Language

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
_CODE_STATUS = {
    "too_long": 413,
    "model_not_found": 404,
    "unknown_upload": 404,
    "unknown_calculator": 404,
    "unsupported_media_type": 415,
}
_CODES = {400: "bad_input", 404: "not_found", 405: "method_not_allowed", 413: "too_long", 415: "unsupported_media_type"}
INTERNAL = "internal"
INTERNAL_MESSAGE = "something went wrong on the server; the request id names it in the log"


def speak(request: Request, language: str | None, text: str | None) -> None:
    """Settles the language in which this request's failures are told.

    It is the one asked for, else the first that the headers name, else the language of ``text``.
    """
    asked = (language or "")[:2].lower()
    if asked in ("en", "zh"):
        request.state.language = "zh" if asked == "zh" else "en"
    else:
        named = wording.language_of_reader(request.headers.get("accept-language", ""))
        request.state.language = named or language_of(text or "")


def language_of_caller(scope: Scope) -> Language:
    """What ``speak`` settled, else the first language that the headers name, else English."""
    settled: Language | None = scope.get("state", {}).get("language")
    return settled or wording.language_of_reader(Headers(scope=scope).get("accept-language", "")) or "en"


def http_status(err: MedQAError) -> int:
    """The status that tells a client whose fault it is and whether to come back."""
    if err.code in _CODE_STATUS:
        return _CODE_STATUS[err.code]
    return next((status for kind, status in _STATUS if isinstance(err, kind)), 500)


def is_openai(path: str) -> bool:
    """Whether a route is one of OpenAI's protocol."""
    return path.startswith(_OPENAI_PATHS)


def error_body(path: str, status: int, *, code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """The JSON of an error, in OpenAI's shape on OpenAI's routes."""
    if is_openai(path):
        kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
        return {"error": {"message": message, "type": kind, "param": field, "code": code}}
    return {"error": {"code": code, "message": message, "field": field}}


def internal_error(scope: Scope) -> JSONResponse:
    """The answer to a failure that nobody foresaw; the log has its traceback under the request id."""
    message = wording.message(INTERNAL, INTERNAL_MESSAGE, language=language_of_caller(scope))
    return JSONResponse(error_body(scope["path"], 500, code=INTERNAL, message=message), 500)


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
    message = wording.message_of(err, language_of_caller(request.scope))
    return _respond(request, status, code=err.code, message=message, headers=headers, field=field)


async def _invalid(request: Request, err: Exception) -> JSONResponse:
    assert isinstance(err, RequestValidationError)
    first, *others = err.errors()
    language = language_of_caller(request.scope)
    if first["type"] == "json_invalid":
        message = wording.message("bad_json", "the body is not valid JSON", language=language)
        return _respond(request, 400, code="bad_json", message=message, headers={})
    # loc is ("body", "turns", 0, "content"); pydantic adds names of union branches behind, which mean nothing outside.
    place = first["loc"][1:]
    field = str(place[0]) if place else None
    is_union = any(other["loc"][1:2] == place[:1] for other in others)
    what = "holds a value of the wrong kind" if is_union else first["msg"]
    english = f"{field}: {what}; /openapi.json describes it" if field else "the body must be a JSON object"
    facts = {"field": field}
    message = wording.message("bad_input", english, language=language, field="shape" if field else "body", facts=facts)
    return _respond(request, 422, code="bad_input", message=message, headers={}, field=field)


async def _http(request: Request, err: Exception) -> JSONResponse:
    assert isinstance(err, HTTPException)
    code = _CODES.get(err.status_code, "error")
    english = err.detail or HTTPStatus(err.status_code).phrase
    message = wording.message(code, english, language=language_of_caller(request.scope))
    return _respond(request, err.status_code, code=code, message=message, headers=err.headers or {})
