"""A served language model over OpenAI's protocol, such as vLLM. Slow, cut or garbled replies raise ChatModelError."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medqa.answer.briefing import NO_ANSWER, load_briefing
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit
from medqa.errors import ChatModelError

if TYPE_CHECKING:
    import httpx

# All of them are sent: a server fills what is missing from the model's own generation_config.
_SAMPLING: Mapping[str, float | int] = {
    "temperature": 0.0,
    "top_p": 1.0,
    "top_k": -1,
    "min_p": 0.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "repetition_penalty": 1.0,
    "seed": 0,
    "n": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the model is served and how long it may take, in seconds. ``model`` is asked for when not given."""

    base_url: str
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    connect_s: float = 3.0
    first_token_s: float = 10.0
    between_tokens_s: float = 10.0
    whole_s: float = 60.0
    max_tokens: int = 700
    sampling: Mapping[str, float | int] = field(default_factory=lambda: dict(_SAMPLING))


class OpenAIChat:
    """Streams an answer from one server. A refusal (``NO_ANSWER``) streams nothing; reasoning is never shown."""

    def __init__(self, server: Server, prompts: Path) -> None:
        self._server = server
        self._briefing = load_briefing(prompts)
        self.id = server.model or "served model"
        self.prompt_sha256: str | None = self._briefing.sha256

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncGenerator[str]:
        """Pieces of Markdown with ``[n]`` marks. Raises ChatModelError; leaving the stream ends the request."""
        import httpx

        messages = self._briefing.messages(query, hits, audience)
        timeout = httpx.Timeout(self._server.first_token_s, connect=self._server.connect_s)
        headers = {"Authorization": f"Bearer {self._server.api_key}"} if self._server.api_key else {}
        try:
            async with (
                httpx.AsyncClient(timeout=timeout, headers=headers, trust_env=False) as client,
                contextlib.aclosing(self._pieces(client, messages)) as pieces,
            ):
                async for piece in _without_refusal(pieces):
                    yield piece
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as err:
            raise ChatModelError(f"the language model cannot be used: {type(err).__name__}") from err

    async def _pieces(self, client: httpx.AsyncClient, messages: list[dict[str, str]]) -> AsyncGenerator[str]:
        base = self._server.base_url.rstrip("/")
        body = {
            "model": await self._model(client, base),
            "messages": messages,
            "stream": True,
            "max_tokens": self._server.max_tokens,
            **self._server.sampling,
        }
        finished = False
        async with client.stream("POST", f"{base}/chat/completions", json=body) as response:
            if response.status_code != 200:
                raise ChatModelError(f"the language model's server answered with HTTP {response.status_code}")
            async with contextlib.aclosing(self._timely(_server_sent(response.aiter_lines()))) as events:
                async for data in events:
                    text, ended = _delta(data)
                    finished = finished or ended
                    if text:
                        yield text
        if not finished:
            raise ChatModelError("the language model's stream was cut")

    async def _timely(self, events: AsyncGenerator[str]) -> AsyncGenerator[str]:
        """The events, each within its deadline and all within the whole. The clock never runs while a reader reads."""
        ends_at = asyncio.get_running_loop().time() + self._server.whole_s
        allowed_s = self._server.first_token_s
        try:
            while True:
                left_s = ends_at - asyncio.get_running_loop().time()
                try:
                    async with asyncio.timeout(min(allowed_s, left_s)):
                        data = await anext(events)
                except StopAsyncIteration:
                    return
                except TimeoutError as err:
                    raise ChatModelError(
                        f"the language model wrote nothing for {min(allowed_s, left_s):.0f} s"
                    ) from err
                allowed_s = self._server.between_tokens_s
                yield data
        finally:
            await events.aclose()

    async def _model(self, client: httpx.AsyncClient, base: str) -> str:
        """The configured model, or the first that the server names."""
        if self._server.model:
            return self._server.model
        response = await client.get(f"{base}/models", timeout=self._server.connect_s)
        try:
            self.id = str(response.json()["data"][0]["id"])
        except (ValueError, KeyError, IndexError, TypeError) as err:
            raise ChatModelError("the server lists no model; set MEDQA_LLM_MODEL") from err
        return self.id


async def _server_sent(lines: AsyncIterator[str]) -> AsyncGenerator[str]:
    """The data of server-sent events; comments and other fields are skipped."""
    async for line in lines:
        if line.startswith("data:"):
            yield line[5:].strip()


def _delta(data: str) -> tuple[str, bool]:
    """The text of one event and whether it is the last. Reasoning has fields of its own and is left there."""
    if data == "[DONE]":
        return "", True
    try:
        event: Any = json.loads(data)
        if "error" in event:
            raise ChatModelError("the language model's server reported an error in its stream")
        choices = event["choices"]
        if not choices:  # usage alone
            return "", False
        content = choices[0].get("delta", {}).get("content") or ""
        if not isinstance(content, str):
            raise TypeError(content)
        return content, choices[0].get("finish_reason") is not None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as err:
        raise ChatModelError("the language model's server sent something that is no completion") from err


async def _without_refusal(pieces: AsyncGenerator[str]) -> AsyncGenerator[str]:
    """The pieces; nothing when they say ``NO_ANSWER``. Thoughts between ``<think>`` tags are left out."""
    held = ""
    decided = False
    async for piece in pieces:
        if decided:
            yield piece
            continue
        held += piece
        start = _after_thoughts(held)
        if start is None or NO_ANSWER.startswith(start[: len(NO_ANSWER)]):
            if start is not None and start.startswith(NO_ANSWER):
                return
            continue
        decided = True
        yield start
    if not decided and (rest := _after_thoughts(held)) and not rest.startswith(NO_ANSWER):
        yield rest


def _after_thoughts(text: str) -> str | None:
    """The text after a leading block of thoughts; ``None`` while that block is open or may still open."""
    text = text.lstrip()
    if "<think>".startswith(text[:7]):
        if len(text) < 7 or "</think>" not in text:
            return None
        return text.partition("</think>")[2].lstrip()
    return text


def connect(*, base_url: str, prompts: Path, model: str | None = None, api_key: str | None = None) -> OpenAIChat:
    """The chat model behind ``base_url``, briefed from a folder of prompts. Opens no connection yet."""
    return OpenAIChat(Server(base_url=base_url, model=model, api_key=api_key), prompts)


plugin = connect
