"""Has a chat model write drafts of claims, within deadlines, and says so when it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

from medqa.answer.generation.resilience import Breaker, RetryBudget
from medqa.answer.ledger.claims import Draft, Splitter
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit
from medqa.errors import AnswerCut, ChatModelError
from medqa.protocols import ChatModel
from medqa.telemetry import Stopwatch

_QUICK_S = 1.0
"""A failure within this time leaves room for one more try before a reader waits long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds until a chat model must have written its first piece, each further one, all of them.

    ``first_claim_s``: until a claim of its writing has stood up to the check. Together they keep the fallback's
    first words within ten seconds of the question.
    """

    first_token_s: float = 8.0
    between_tokens_s: float = 5.0
    first_claim_s: float = 9.0
    whole_s: float = 60.0

    @property
    def assistance_s(self) -> float:
        """Seconds that a model may take for all that it helps with before it writes."""
        return self.first_token_s / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What a model server is treated with. One for all engines over the same server: it remembers how that fared."""

    deadlines: Deadlines = field(default_factory=Deadlines)
    breaker: Breaker = field(default_factory=Breaker)
    retries: RetryBudget = field(default_factory=RetryBudget)
    most_at_once: int = 64


class Writer:
    """A chat model that is given up in time: it writes drafts or raises ChatModelError."""

    def __init__(self, model: ChatModel, care: Care | None = None) -> None:
        self.model = model
        self._care = care or Care()
        self._at_once = 0

    async def drafts(
        self,
        query: Query,
        hits: Sequence[Hit],
        audience: Audience,
        *,
        watch: Stopwatch,
        has_shown: Callable[[], bool],
    ) -> AsyncGenerator[Draft]:
        """The drafts as they are completed; ``has_shown`` tells whether any of them has reached the reader.

        Raises ChatModelError when the model fails, is too slow, or is not to be asked now.
        """
        breaker = self._care.breaker
        if self._at_once >= self._care.most_at_once:
            raise ChatModelError("the language model is busy")
        if not breaker.admits():
            raise ChatModelError("the language model failed several times in a row and is left alone for a while")
        self._at_once += 1
        ended = breaker.left
        try:
            pieces = self._pieces(query, hits, audience)
            timely = _timely(pieces, self._care.deadlines, watch, has_shown)
            async with contextlib.aclosing(_drafted(timely)) as drafts:
                async for draft in drafts:
                    ended = breaker.succeeded
                    yield _without_thoughts(draft)
            ended = breaker.succeeded
        except AnswerCut:
            ended = breaker.succeeded
            raise
        except ChatModelError:
            ended = breaker.failed
            raise
        finally:
            self._at_once -= 1
            ended()

    async def _pieces(self, query: Query, hits: Sequence[Hit], audience: Audience) -> AsyncGenerator[str]:
        """What the model writes; a quick failure before its first word is tried once more if the budget allows."""
        self._care.retries.earn()
        began = time.monotonic()
        wrote = False
        try:
            async with _closing(self.model.stream(query, hits, audience=audience)) as pieces:
                async for piece in pieces:
                    wrote = True
                    yield piece
            return
        except AnswerCut:
            raise
        except ChatModelError:
            if wrote or time.monotonic() - began > _QUICK_S or not self._care.retries.spend():
                raise
        await asyncio.sleep(random.uniform(0.05, 0.25))  # noqa: S311 - spreads retries, hides nothing
        async with _closing(self.model.stream(query, hits, audience=audience)) as pieces:
            async for piece in pieces:
                yield piece


async def _drafted(pieces: AsyncGenerator[str]) -> AsyncGenerator[Draft]:
    """The drafts in the pieces. Where these fail, first what was whole by then.

    Raises ChatModelError as the pieces do, and when they hold no draft at all.
    """
    splitter = Splitter()
    wrote = drafted = False
    async with contextlib.aclosing(pieces):
        try:
            async for piece in pieces:
                wrote = True
                for draft in splitter.feed(piece):
                    drafted = True
                    yield draft
        except ChatModelError:
            for draft in splitter.close():
                if draft.marks:  # without, nothing tells whether it was to end there
                    yield draft
            raise
    for draft in splitter.close():
        drafted = True
        yield draft
    if wrote and not drafted:
        raise ChatModelError("the language model wrote no whole sentence")


def _without_thoughts(draft: Draft) -> Draft:
    """The draft without reasoning that spilled into the answer: some templates open the thoughts themselves."""
    return replace(draft, text=draft.text.rpartition("</think>")[2].lstrip()) if "</think>" in draft.text else draft


async def _timely(
    pieces: AsyncGenerator[str], deadlines: Deadlines, watch: Stopwatch, has_shown: Callable[[], bool]
) -> AsyncGenerator[str]:
    """The pieces, each within its deadline. Raises ChatModelError when one passes.

    What the same model was asked before, to help, is part of the time that the reader waits for it.
    """
    clock = asyncio.get_running_loop().time
    began = clock() - watch.spent_s("assist")
    piece_by = began + deadlines.first_token_s
    async with contextlib.aclosing(pieces):
        while True:
            ends = [piece_by, began + deadlines.whole_s]
            if not has_shown():
                ends.append(began + deadlines.first_claim_s)
            try:
                with watch.stage("generate"):
                    async with asyncio.timeout_at(min(ends)):
                        piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except TimeoutError as err:
                raise ChatModelError("the language model is too slow; see MEDQA_LLM_BASE_URL") from err
            watch.mark("first_token")
            yield piece
            piece_by = clock() + deadlines.between_tokens_s


@contextlib.asynccontextmanager
async def _closing(pieces: AsyncIterator[str]) -> AsyncGenerator[AsyncIterator[str]]:
    """Closes a stream that can be closed."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
