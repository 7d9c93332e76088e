"""One question through the gate: admitted, or turned away unless it is an emergency."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from medqa.domain.answer import (
    ClaimsChecked,
    Done,
    Event,
    HandedOver,
    PassagesFound,
    Provenance,
    Reply,
    SafetyScreened,
)
from medqa.errors import RateLimited, UsageError
from medqa.telemetry import Stopwatch, new_id

if TYPE_CHECKING:
    from fastapi import Request

    from medqa.domain.conversation import Question
    from medqa.domain.safety import Screening
    from medqa.serve.dependencies import Server

_T = TypeVar("_T")

CLIENT_GONE = 499  # what proxies write into their logs when nobody is left to answer


@dataclass(frozen=True, slots=True)
class Admitted:
    """A question that is being answered. ``release`` must be called once, however it ends."""

    events: AsyncIterator[Event]
    release: Callable[[], None]


async def admit(server: Server, question: Question, address: str | None, *, uploads: Sequence[str] = ()) -> Admitted:
    """Starts on a question when there is room. Raises Overloaded or RateLimited, UsageError for an unknown upload.

    An emergency never waits and is never turned away: without room, its card is the reply.
    """
    gate = server.admission.gate
    try:
        engine = server.application.engine_with(uploads)
    except UsageError:
        if card := await _card_reply(server, question):
            return _at_once(server, card)
        raise
    try:
        server.admission.count(address)
    except RateLimited:
        if card := await _card_reply(server, question):
            return _at_once(server, card)
        raise
    if gate.is_full and (card := await _card_reply(server, question)):
        return _at_once(server, card)
    await gate.enter()
    return Admitted(_counted(server, engine.stream(question)), gate.leave)


async def screen(server: Server, question: Question) -> Screening:
    """The screen's verdict, on threads that nothing else can keep busy."""
    work = partial(
        server.application.screener.screen,
        question.text,
        question.turns,
        language=question.language,
        jurisdiction=question.jurisdiction,
    )
    return await asyncio.get_running_loop().run_in_executor(server.screening_threads, work)


async def last_reply(events: AsyncIterator[Event]) -> Reply:
    """The reply at the end of a stream."""
    async for event in events:
        if isinstance(event, Done):
            return event.reply
    raise RuntimeError("the engine's stream ended without a reply")


async def while_connected(request: Request, work: Coroutine[Any, Any, _T]) -> _T | None:
    """The result of ``work``; when the client goes away, the work is cancelled and nothing comes back."""
    task = asyncio.ensure_future(work)
    hung_up = asyncio.ensure_future(_disconnect(request))
    try:
        await asyncio.wait({task, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for future in (task, hung_up):
            future.cancel()
        await asyncio.gather(task, hung_up, return_exceptions=True)


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def _counted(server: Server, events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    try:
        async for event in events:
            if isinstance(event, Done):
                server.metrics.count(event.reply)
            yield event
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()  # now, not when the garbage is collected: it may hold a model's connection


async def _card_reply(server: Server, question: Question) -> Reply | None:
    """The card alone, if the question is an emergency."""
    watch = Stopwatch()
    with watch.stage("screen"):
        screening = await screen(server, question)
    if not screening.takeover or screening.card is None:
        return None
    reply = Reply(
        id=new_id(),
        question=question.text,
        language=question.language,
        audience=question.audience,
        outcome=HandedOver(card=screening.card, level="crisis" if screening.level == "crisis" else "emergency"),
        screening=screening,
        notice=server.application.notice(question.language),
        provenance=Provenance(chat_model="none", index_snapshot=server.application.snapshot.id, degraded=True),
        timings_ms={"retrieve": 0.0, "generate": 0.0, "verify": 0.0, **watch.timings_ms()},
    )
    if auditor := server.application.auditor:
        auditor.begin(question).answered(reply)
    return reply


def _at_once(server: Server, reply: Reply) -> Admitted:
    async def events() -> AsyncIterator[Event]:
        yield SafetyScreened(reply.screening)
        yield PassagesFound(())
        yield ClaimsChecked((), ())
        yield Done(reply)

    return Admitted(_counted(server, events()), lambda: None)
