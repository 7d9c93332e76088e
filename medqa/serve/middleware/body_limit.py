"""A bound on the size of what is sent to the API, held while it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from medqa.serve import failures, wording

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Answers 413 to a body of more than ``max_bytes`` on paths under ``prefix``; ``larger`` are paths with more."""

    def __init__(self, app: ASGIApp, *, prefix: str, max_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._prefix = prefix
        self._max_bytes = max_bytes
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        most = self._larger.get(scope["path"], self._max_bytes)
        refusal = wording.message(
            "too_long",
            f"the body is larger than {most // 1024} kB",
            language=failures.language_of_caller(scope),
            field="body",
            facts={"limit": most // 1024},
        )
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > most:
            body = failures.error_body(scope["path"], 413, code="too_long", message=refusal)
            await JSONResponse(body, 413, headers={"Connection": "close"})(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413, refusal)
            return message

        await self._app(scope, counted, send)
