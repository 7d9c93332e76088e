"""Reads a chat model's stream as drafts of claims, within its deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from medqa.answer.claims import Draft, Splitter
from medqa.errors import ChatModelError
from medqa.telemetry import Stopwatch


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds until a chat model must have written its first piece, each further one, and all of them."""

    first_token_s: float = 10.0
    between_tokens_s: float = 10.0
    whole_s: float = 60.0


async def drafts(pieces: AsyncIterator[str], deadlines: Deadlines, watch: Stopwatch) -> AsyncGenerator[Draft]:
    """The drafts as they are completed. Raises ChatModelError when the model fails or a deadline passes."""
    splitter = Splitter()
    ends_at = asyncio.get_running_loop().time() + deadlines.whole_s
    allowed_s = deadlines.first_token_s
    try:
        while True:
            left_s = ends_at - asyncio.get_running_loop().time()
            try:
                with watch.stage("generate"):
                    async with asyncio.timeout(min(allowed_s, left_s)):
                        piece = await anext(pieces)
            except StopAsyncIteration:
                break
            except TimeoutError as err:
                raise ChatModelError("the language model is too slow; see MEDQA_LLM_BASE_URL") from err
            allowed_s = deadlines.between_tokens_s
            for draft in splitter.feed(piece):
                yield draft
        for draft in splitter.close():
            yield draft
    finally:
        if hasattr(pieces, "aclose"):
            await pieces.aclose()
