"""Server-sent events: frames, pings while nothing happens, and letting go as soon as the client does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import anyio
from fastapi.responses import StreamingResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PING_S = 15.0
_PING = ": ping\n\n"
_AHEAD = 64
_LET_GO_S = 5.0


def frame(data: dict[str, Any] | str, *, event: str | None = None) -> str:
    """One event on the wire. JSON holds no raw line end, so its data is one line."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event}\ndata: {text}\n\n" if event else f"data: {text}\n\n"


class EventStream(StreamingResponse):
    """A stream of frames. ``release`` runs once at the end, also when the client never read a byte."""

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncIterator[str], *, release: Callable[[], None], ping_s: float = PING_S) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_with_pings(frames, ping_s), headers=headers)
        self._release = release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._release()


async def _with_pings(frames: AsyncIterator[str], ping_s: float) -> AsyncIterator[str]:
    """The frames, with a comment whenever none came for a while: proxies cut silent connections.

    One task reads the frames from first to last, so that time limits inside them stay within one task.
    """
    ready: asyncio.Queue[str | None] = asyncio.Queue(_AHEAD)

    async def read() -> None:
        try:
            async for one in frames:
                await ready.put(one)
        finally:
            await ready.put(None)

    reader = asyncio.create_task(read())
    try:
        while True:
            try:
                async with asyncio.timeout(ping_s):
                    one = await ready.get()
            except TimeoutError:
                yield _PING
                continue
            frames_ready = [one, *_waiting(ready)]
            if text := "".join(each for each in frames_ready if each is not None):
                yield text
            if frames_ready[-1] is None:
                await reader
                return
    finally:
        reader.cancel()
        # Shielded: the server cancels again and again until the response has ended, and a second cancellation
        # would break off what the frames do on being stopped, such as closing a connection to a model's server.
        with anyio.move_on_after(_LET_GO_S, shield=True):
            await asyncio.wait({reader})


def _waiting(ready: asyncio.Queue[str | None]) -> Iterator[str | None]:
    """What has come meanwhile: sent together, since every write costs a system call."""
    while not ready.empty():
        yield ready.get_nowait()
