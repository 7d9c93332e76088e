"""A bound on the size of what is sent to the API, held while it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from medqa.serve import failures

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Answers 413 to a body of more than ``max_bytes`` on paths under ``prefix``."""

    def __init__(self, app: ASGIApp, *, prefix: str, max_bytes: int) -> None:
        self._app = app
        self._prefix = prefix
        self._max_bytes = max_bytes
        self._message = f"the body is larger than {max_bytes // 1024} kB"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > self._max_bytes:
            body = failures.error_body(scope["path"], 413, code="too_long", message=self._message)
            await JSONResponse(body, 413, headers={"Connection": "close"})(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(413, self._message)
            return message

        await self._app(scope, counted, send)
