"""A language model behind a server that speaks OpenAI's protocol, such as vLLM: the one client that all stages share.

Every failure (down, slow, cut, garbled) is a ChatModelError whose message holds none of the text that was sent.
Leaving a stream early closes its connection, by which vLLM knows that it may stop.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from medqa.errors import ChatModelError

if TYPE_CHECKING:
    import httpx

Messages = Sequence[Mapping[str, str]]
"""A conversation in OpenAI's form: ``{"role": ..., "content": ...}``."""

# All of them are sent: a server fills what is missing from the model's own generation_config.
GREEDY: Mapping[str, float | int] = {
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
_TOP_LOGPROBS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a model is served. ``model`` is asked for when not given; ``silence_s`` may pass between two bytes."""

    base_url: str
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    connect_s: float = 3.0
    silence_s: float = 10.0
    sampling: Mapping[str, float | int] = field(default_factory=lambda: dict(GREEDY))


class ServedModel:
    """One model on one server. Keeps connections open between requests, a set for each event loop."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.id = server.model or "served model"
        self._base = server.base_url.rstrip("/")
        self._clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = (
            weakref.WeakKeyDictionary()
        )

    async def stream(self, messages: Messages, *, max_tokens: int) -> AsyncGenerator[str]:
        """Pieces of the answer as they are written. Reasoning has a field of its own and is left there."""
        body = {**await self._body(messages, max_tokens), "stream": True}
        finished = False
        with _as_chat_model_error():
            async with self._client().stream("POST", f"{self._base}/chat/completions", json=body) as response:
                _require_ok(response)
                async with contextlib.aclosing(_server_sent(response.aiter_lines())) as events:
                    async for data in events:
                        text, is_last = _delta(data)
                        finished = finished or is_last
                        if text:
                            yield text
        if not finished:
            raise ChatModelError("the language model's stream was cut")

    async def complete(
        self, messages: Messages, *, max_tokens: int, timeout_s: float, schema: Mapping[str, Any] | None = None
    ) -> str:
        """A whole short answer, of the JSON ``schema`` if one is given."""
        body = await self._body(messages, max_tokens)
        if schema is not None:
            form = {"name": "answer", "schema": schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        choice = await self._choice(body, timeout_s)
        content = choice["message"].get("content") or ""
        if choice.get("finish_reason") == "length":
            raise ChatModelError("the language model's answer was longer than allowed")
        return str(content)

    async def choose(self, messages: Messages, options: Sequence[str], *, timeout_s: float) -> dict[str, float]:
        """The probability of each option as the whole answer, in [0, 1], together 1.

        Read from the first token: options should begin with different words.
        """
        body = await self._body(messages, max(len(option) for option in options))
        body |= {"structured_outputs": {"choice": list(options)}, "logprobs": True, "top_logprobs": _TOP_LOGPROBS}
        choice = await self._choice(body, timeout_s)
        try:
            first = choice["logprobs"]["content"][0]["top_logprobs"]
            weights = dict.fromkeys(options, 0.0)
            for entry in first:
                token = str(entry["token"]).strip()
                begun = [option for option in options if token and option.startswith(token)]
                if len(begun) == 1:
                    weights[begun[0]] += math.exp(float(entry["logprob"]))
        except (KeyError, IndexError, TypeError, ValueError) as err:
            raise ChatModelError("the server gives no log-probabilities") from err
        total = sum(weights.values())
        if total <= 0.0:
            raise ChatModelError("the language model chose none of the options")
        return {option: weight / total for option, weight in weights.items()}

    async def close(self) -> None:
        """Closes the connections of the running event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _client(self) -> httpx.AsyncClient:
        import httpx

        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            key = self.server.api_key
            client = self._clients[loop] = httpx.AsyncClient(
                timeout=httpx.Timeout(self.server.silence_s, connect=self.server.connect_s, pool=self.server.silence_s),
                headers={"Authorization": f"Bearer {key}"} if key else {},
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
                trust_env=False,
            )
        return client

    async def _body(self, messages: Messages, max_tokens: int) -> dict[str, Any]:
        asked = {"model": await self._model(), "messages": [dict(message) for message in messages]}
        return {**asked, "max_tokens": max_tokens, **self.server.sampling}

    async def _choice(self, body: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        with _as_chat_model_error():
            response = await self._client().post(f"{self._base}/chat/completions", json=body, timeout=timeout_s)
            _require_ok(response)
            try:
                choice = response.json()["choices"][0]
                choice["message"]["role"]
            except (ValueError, KeyError, IndexError, TypeError) as err:
                raise ChatModelError("the language model's server sent something that is no completion") from err
            return dict(choice)

    async def _model(self) -> str:
        """The configured model, or the first that the server names."""
        if self.server.model:
            return self.server.model
        with _as_chat_model_error():
            response = await self._client().get(f"{self._base}/models", timeout=self.server.connect_s)
            try:
                self.id = str(response.json()["data"][0]["id"])
            except (ValueError, KeyError, IndexError, TypeError) as err:
                raise ChatModelError("the server lists no model; set MEDQA_LLM_MODEL") from err
        return self.id


@contextlib.contextmanager
def _as_chat_model_error() -> Iterator[None]:
    import httpx

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as err:
        raise ChatModelError(f"the language model cannot be used: {type(err).__name__}") from err


def _require_ok(response: httpx.Response) -> None:
    if response.status_code != 200:
        raise ChatModelError(f"the language model's server answered with HTTP {response.status_code}")


async def _server_sent(lines: AsyncIterator[str]) -> AsyncGenerator[str]:
    """The data of server-sent events; comments and other fields are skipped."""
    async for line in lines:
        if line.startswith("data:"):
            yield line[5:].strip()


def _delta(data: str) -> tuple[str, bool]:
    """The text of one event and whether it is the last."""
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
