"""A served language model over OpenAI's protocol, such as vLLM. Whatever goes wrong raises ChatModelError."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

from medqa.answer.generation.briefing import NO_ANSWER, load_briefing
from medqa.answer.generation.packing import BUDGET_TOKENS
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit
from medqa.errors import ChatModelError
from medqa.protocols import Masker
from medqa.served_model import ServedModel

ANSWER_TOKENS = 700
"""Longest answer. Most of what is asked takes a third of it."""


_DRESS = "*_`#>\"'“”‘’「『[(（【 \n\t"


class OpenAIChat:
    """Streams an answer from one server. A refusal (``NO_ANSWER``) streams nothing; reasoning is never shown.

    With a ``masker`` the server sees the question without the reader's personal data; the answer gets them back.
    """

    def __init__(
        self,
        model: ServedModel,
        prompts: Path,
        masker: Masker | None = None,
        *,
        budget_tokens: int = BUDGET_TOKENS,
        answer_tokens: int = ANSWER_TOKENS,
    ) -> None:
        self._model = model
        self._masker = masker
        self._answer_tokens = answer_tokens
        self._briefing = load_briefing(prompts, budget_tokens)
        self.prompt_sha256: str | None = self._briefing.sha256

    @property
    def id(self) -> str:
        """The model's name on its server."""
        return self._model.id

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncGenerator[str]:
        """Pieces of Markdown with ``[n]`` marks. Raises ChatModelError; leaving the stream ends the request."""
        asked, originals = self._masker.mask(query.standalone) if self._masker else (query.standalone, {})
        messages = self._briefing.messages(replace(query, standalone=asked), hits, audience)
        async with contextlib.aclosing(self._model.stream(messages, max_tokens=self._answer_tokens)) as written:
            pieces = self._masker.restored(written, originals) if self._masker else written
            async for piece in _without_refusal(pieces):
                yield piece


async def _without_refusal(pieces: AsyncIterator[str]) -> AsyncGenerator[str]:
    """The pieces; nothing when they say ``NO_ANSWER``. Thoughts between ``<think>`` tags are left out.

    Raises ChatModelError when there is nothing else: a model that means to refuse says so.
    """
    held = ""
    decided = False
    async for piece in pieces:
        if decided:
            yield piece
            continue
        held += piece
        start = _after_thoughts(held)
        if start is None or NO_ANSWER.startswith(_bare(start)):
            continue
        if _bare(start).startswith(NO_ANSWER):
            return
        decided = True
        yield start
    if decided:
        return
    rest = _after_thoughts(held) or ""
    if not _bare(rest):
        raise ChatModelError("the language model wrote nothing that can be read")
    if _bare(rest) != NO_ANSWER:
        yield rest


def _bare(text: str) -> str:
    """The text without the Markdown or quotation marks that some models dress the refusal in."""
    return text.lstrip(_DRESS).upper()


def _after_thoughts(text: str) -> str | None:
    """The text after a leading block of thoughts; ``None`` while that block is open or may still open."""
    text = text.lstrip()
    if "<think>".startswith(text[:7]):
        if len(text) < 7 or "</think>" not in text:
            return None
        return text.partition("</think>")[2].lstrip()
    return text


plugin = OpenAIChat
