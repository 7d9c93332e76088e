"""Server-sent events on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from medqa.serve.event_stream import EventStream, frame


def test_a_frame_is_one_line_of_data_whatever_the_text_holds() -> None:
    wire = frame({"text": "one\ntwo\r三"}, event="token")
    assert wire == 'event: token\ndata: {"text":"one\\ntwo\\r三"}\n\n'
    assert frame("[DONE]") == "data: [DONE]\n\n"


class Line:
    """One connection as a server sees it; the client hangs up after some bytes."""

    def __init__(self, *, hangs_up_after: int = 10**9) -> None:
        self.body = b""
        self._hangs_up_after = hangs_up_after
        self._gone = asyncio.Event()

    async def receive(self) -> dict[str, object]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, object]) -> None:
        body = message.get("body", b"")
        assert isinstance(body, bytes)
        self.body += body
        if len(self.body) >= self._hangs_up_after:
            self._gone.set()


SCOPE = {"type": "http", "asgi": {"spec_version": "2.3"}}


async def served(frames: AsyncIterator[str], line: Line) -> list[str]:
    """Sends the frames and returns what was released."""
    released: list[str] = []
    await EventStream(frames, release=lambda: released.append("released"))(SCOPE, line.receive, line.send)
    return released


async def test_frames_come_through_in_order_and_the_place_is_given_back() -> None:
    async def frames() -> AsyncIterator[str]:
        for n in range(200):
            yield f"{n},"

    line = Line()
    assert await served(frames(), line) == ["released"]
    assert line.body.decode() == "".join(f"{n}," for n in range(200))


async def test_a_client_that_hangs_up_stops_the_frames() -> None:
    stopped = asyncio.Event()

    async def frames() -> AsyncIterator[str]:
        try:
            yield "first"
            await asyncio.sleep(60)
        finally:
            stopped.set()

    assert await asyncio.wait_for(served(frames(), Line(hangs_up_after=1)), 5) == ["released"]
    assert stopped.is_set()


async def test_frames_that_take_a_while_to_let_go_are_not_broken_off() -> None:
    """Closing a connection to a model's server takes a few steps; cut short, the server would go on writing."""
    let_go = asyncio.Event()

    async def frames() -> AsyncIterator[str]:
        try:
            yield "first"
            await asyncio.sleep(60)
        finally:
            for _ in range(5):
                await asyncio.sleep(0.01)
            let_go.set()

    await asyncio.wait_for(served(frames(), Line(hangs_up_after=1)), 5)
    assert let_go.is_set()


async def test_time_limits_inside_the_frames_hold() -> None:
    async def frames() -> AsyncIterator[str]:
        try:
            async with asyncio.timeout(0.02):
                yield "first"
                await asyncio.sleep(60)
        except TimeoutError:
            yield " late"

    line = Line()
    await served(frames(), line)
    assert line.body == b"first late"


async def test_silence_is_filled_with_comments() -> None:
    async def frames() -> AsyncIterator[str]:
        await asyncio.sleep(0.05)
        yield "data: x\n\n"

    line = Line()
    await EventStream(frames(), release=lambda: None, ping_s=0.01)(SCOPE, line.receive, line.send)
    assert line.body.startswith(b": ping\n\n")
    assert line.body.endswith(b"data: x\n\n")
