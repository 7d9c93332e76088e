"""The two sides: the model server asked by itself, and through MedQA."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from medqa.answer.ledger.claims import Splitter
from medqa.errors import AnswerCut, ChatModelError

if TYPE_CHECKING:
    import httpx

    from evals.overhead.cases import Case
    from medqa.served_model import ServedModel


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, MedQA's screening and retrieval taken off; ``None`` for what did not come, ``is_model`` if it wrote."""

    first_token_s: float | None
    first_sentence_s: float | None
    is_model: bool = True


async def direct(model: ServedModel, case: Case, *, max_tokens: int) -> Timing:
    """The model's answer, read to its end; a sentence is whole when MedQA would say so."""
    splitter, began = Splitter(), time.perf_counter()
    token: float | None = None
    sentence: float | None = None
    async with contextlib.aclosing(model.stream(case.messages, max_tokens=max_tokens)) as pieces:
        with contextlib.suppress(AnswerCut):  # read to its end, whatever ended it
            async for piece in pieces:
                token = token or time.perf_counter() - began
                if any(draft.marks for draft in splitter.feed(piece)):
                    sentence = sentence or time.perf_counter() - began
    return Timing(token, sentence)


async def through_medqa(client: httpx.AsyncClient, case: Case) -> Timing:
    """MedQA's answer, read to its end. It says itself when its adapter saw the first token."""
    asked = {"question": case.question, "language": case.language}
    began = time.perf_counter()
    sentence: float | None = None
    whole = 0.0
    done: dict[str, Any] = {}
    async with client.stream("POST", "/v1/ask", json=asked, headers={"Accept": "text/event-stream"}) as response:
        if response.status_code != 200:
            raise ChatModelError(f"MedQA answered with HTTP {response.status_code}")
        async for name, event in _events(response):
            at = time.perf_counter() - began
            if name == "token":
                sentence = sentence or at
            elif name == "done":
                done, whole = event, at
    if not done:
        raise ChatModelError("MedQA's stream ended without a reply")
    spent = {stage: ms / 1000 for stage, ms in done["timings_ms"].items()}
    aside = spent["screen"] + spent["retrieve"]
    outside = whole - spent["total"]  # HTTP both ways
    wrote = done["status"] == "answered" and not done["provenance"]["degraded"]
    token = spent.get("first_token")
    return Timing(
        None if token is None else token + outside - aside,
        None if sentence is None else sentence - aside,
        is_model=wrote,
    )


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line[5:])
