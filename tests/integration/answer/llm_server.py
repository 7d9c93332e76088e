"""A small real HTTP server that speaks OpenAI's protocol and follows a script."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

HANG = object()
CUT = object()


def delta(text: str, *, field_name: str = "content", finish: str | None = None) -> str:
    """One event of a streamed completion."""
    choice = {"index": 0, "delta": {field_name: text}, "finish_reason": finish}
    return "data: " + json.dumps({"choices": [choice]}) + "\n\n"


DONE = delta("", finish="stop") + "data: [DONE]\n\n"


@dataclass
class ScriptedServer:
    """``script`` is what is sent, piece by piece, with a pause where a number stands.

    ``requests`` are the bodies that came in.
    """

    script: Sequence[object]
    status: int = 200
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    base_url: str = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.paths.append(head.split()[1])
            length = next(
                (int(h.split(":")[1]) for h in head.splitlines() if h.lower().startswith("content-length")), 0
            )
            if length:
                self.requests.append(json.loads(await reader.readexactly(length)))
            if self.paths[-1].endswith("/models"):
                await self._send(writer, ['{"data": [{"id": "first-model"}]}'], "application/json")
            else:
                await self._send(writer, self.script, "text/event-stream", reader)
        writer.close()

    async def _send(
        self,
        writer: asyncio.StreamWriter,
        pieces: Sequence[object],
        kind: str,
        reader: asyncio.StreamReader | None = None,
    ) -> None:
        writer.write(f"HTTP/1.1 {self.status} X\r\ncontent-type: {kind}\r\nconnection: close\r\n".encode())
        writer.write(b"transfer-encoding: chunked\r\n\r\n")
        for piece in pieces:
            if piece is CUT:
                return
            if piece is HANG:
                assert reader
                await reader.read()  # until the client goes away
                self.gone.set()
                return
            if isinstance(piece, float):
                await asyncio.sleep(piece)
                continue
            data = str(piece).encode()
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[ScriptedServer]:
        """The server on a free loopback port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield self
        finally:
            server.close()
