"""Lets through to vLLM only the routes that MedQA uses, and only with the key where one is set.

vLLM's own key check leaves routes such as ``/invocations`` open, and its server offers many more than are wanted.
Run inside vLLM (``--middleware allowed_routes.AllowedRoutes``); knows nothing of MedQA and imports no framework.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

METHODS = {
    "/health": "GET",
    "/metrics": "GET",
    "/v1/models": "GET",
    "/v1/chat/completions": "POST",
    "/v1/completions": "POST",
    "/v1/systemone": "POST",
}
_OPEN = "/health"


class AllowedRoutes:
    """ASGI middleware: 404 for any other route, 401 without the key, which ``/health`` alone does not need."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app
        key = os.environ.get("VLLM_API_KEY", "")
        self._key = _digest(key.encode()) if key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself what is not let through."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif METHODS.get(scope["path"]) != scope["method"]:
            await _refuse(send, 404, "not_found", "this server offers no such route")
        elif scope["path"] != _OPEN and not self._has_key(scope):
            await _refuse(send, 401, "invalid_api_key", "this server needs its key: Authorization: Bearer ...")
        else:
            await self._app(scope, receive, send)

    def _has_key(self, scope: Scope) -> bool:
        if self._key is None:
            return True
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, key = given.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(_digest(key.strip()), self._key)


def _digest(key: bytes) -> bytes:
    """Of equal length whatever the key, so that comparing takes equally long."""
    return hashlib.sha256(key).digest()


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    body = json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": code}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
