"""What still runs when the server has to stop is broken off, with a word to whoever waits for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers

from medqa.serve import failures, wording
from medqa.serve.event_stream import EventStream, frame

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CODE, _MESSAGE = "stopping", "the server is being stopped; ask again in a moment"


class Running:
    """The HTTP requests that one server is at work on."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[object]] = set()
        self.is_stopping = False

    def break_off(self) -> None:
        """Ends all of them. A stream gets an error as its last event, whoever has nothing yet a 503."""
        self.is_stopping = True
        for task in self.tasks:
            task.cancel()


class BreakingOff:
    """Keeps ``running`` up to date, and speaks for the requests that it breaks off."""

    def __init__(self, app: ASGIApp, *, running: Running) -> None:
        self._app = app
        self._running = running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if scope["type"] != "http" or task is None:
            await self._app(scope, receive, send)
            return
        begun: Message | None = None

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message
            await send(message)

        self._running.tasks.add(task)
        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            if not self._running.is_stopping:
                raise
            task.uncancel()
            await _end(begun, scope, receive, send)
        finally:
            self._running.tasks.discard(task)


async def _end(begun: Message | None, scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"]
    message = wording.message(_CODE, _MESSAGE, language=failures.language_of_caller(scope))
    error = failures.error_body(path, 503, code=_CODE, message=message)
    if begun is None:
        await JSONResponse(error, 503, headers={"Connection": "close"})(scope, receive, send)
        return
    last = ""
    if Headers(raw=begun["headers"]).get("content-type", "").startswith(EventStream.media_type):
        told = {"code": _CODE, "message": message}
        last = frame(error) if failures.is_openai(path) else frame(told, event="error")
    await send({"type": "http.response.body", "body": last.encode(), "more_body": False})
