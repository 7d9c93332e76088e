"""A language model behind a server that speaks OpenAI's protocol, such as vLLM: the one client that all stages share.

Every failure (down, slow, cut, garbled) is a ChatModelError whose message holds none of the text that was sent.
Leaving a stream early closes its connection, by which vLLM knows that it may stop.

aiohttp speaks for it: a model writes thousands of pieces a second for many readers, and each costs a third of what it
costs with httpx (``medqa eval bench_llm_overhead`` counts our CPU an answer).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from medqa.errors import AnswerCut, ChatModelError

if TYPE_CHECKING:
    import aiohttp

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
_BROKEN_OFF = frozenset({"abort", "content_filter", "error"})  # how an answer ends that its model did not end
_KEPT_S = 4.0  # vLLM closes an idle connection after five seconds; one that it closes as we write is lost
_LINE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a model is served. ``model`` is asked for when not given; ``silence_s`` may pass between two bytes.

    ``reasoning_effort`` (low, medium, high) is for models that always think; any value makes others begin to.
    """

    base_url: str
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    connect_s: float = 3.0
    silence_s: float = 10.0
    sampling: Mapping[str, float | int] = field(default_factory=lambda: dict(GREEDY))
    reasoning_effort: str | None = None


class ServedModel:
    """One model on one server. Keeps connections open between requests, a set for each event loop."""

    def __init__(self, server: Server) -> None:
        import aiohttp  # noqa: F401 - now, and not while the first reader waits

        self.server = server
        self.id = server.model or "served model"
        self._base = server.base_url.rstrip("/")
        self._sessions: dict[asyncio.AbstractEventLoop, _Kept] = {}

    async def stream(self, messages: Messages, *, max_tokens: int) -> AsyncGenerator[str]:
        """Pieces of the answer as they are written. Reasoning has a field of its own and is left there.

        Raises AnswerCut after the last piece when the answer was longer than allowed.
        """
        body = {**await self._body(messages, max_tokens), "stream": True}
        finish: str | None = None
        with _as_chat_model_error():
            session = await self._session()
            async with session.post(f"{self._base}/chat/completions", **_sent(body)) as response:
                _require_ok(response)
                async for line in response.content:
                    if not line.startswith(b"data:"):  # comments and other fields of the events
                        continue
                    text, ends = _delta(line[5:].strip())
                    finish = finish or ends
                    if text:
                        yield text
        if finish is None:
            raise ChatModelError("the language model's stream was cut")
        _require_whole(finish)

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
        _require_whole(choice.get("finish_reason"))
        return str(content)

    async def choose(self, messages: Messages, options: Sequence[str], *, timeout_s: float) -> dict[str, float]:
        """The probability of each option as the whole answer, in [0, 1], together 1.

        Read from the first token, so no second one is written: options should begin with different words.
        """
        body = await self._body(messages, max_tokens=1)
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
        kept = self._sessions.pop(asyncio.get_running_loop(), None)
        if kept is not None:
            await kept.opened.aclose()

    async def _session(self) -> aiohttp.ClientSession:
        """The session of the running event loop, closed with that loop at the latest."""
        loop = asyncio.get_running_loop()
        kept = self._sessions.get(loop)
        if kept is None:
            for ended in [each for each in self._sessions if each.is_closed()]:
                del self._sessions[ended]
            opened = _opened(self.server)
            kept = self._sessions[loop] = _Kept(await anext(opened), opened)
        return kept.session

    async def _body(self, messages: Messages, max_tokens: int) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "model": await self._model(),
            "messages": [dict(message) for message in messages],
            "max_tokens": max_tokens,
        }
        effort = self.server.reasoning_effort
        return {**asked, **self.server.sampling, **({"reasoning_effort": effort} if effort else {})}

    async def _choice(self, body: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        import aiohttp

        with _as_chat_model_error():
            session = await self._session()
            whole = aiohttp.ClientTimeout(total=timeout_s)
            async with session.post(f"{self._base}/chat/completions", timeout=whole, **_sent(body)) as response:
                _require_ok(response)
                try:
                    choice = json.loads(await response.read())["choices"][0]
                    choice["message"]["role"]
                except (ValueError, KeyError, IndexError, TypeError) as err:
                    raise ChatModelError("the language model's server sent something that is no completion") from err
            return dict(choice)

    async def _model(self) -> str:
        """The configured model, or the first that the server names."""
        import aiohttp

        if self.server.model:
            return self.server.model
        with _as_chat_model_error():
            session = await self._session()
            whole = aiohttp.ClientTimeout(total=self.server.connect_s)
            async with session.get(f"{self._base}/models", timeout=whole, allow_redirects=False) as response:
                try:
                    self.id = str(json.loads(await response.read())["data"][0]["id"])
                except (ValueError, KeyError, IndexError, TypeError) as err:
                    raise ChatModelError("the server lists no model; set MEDQA_LLM_MODEL") from err
        return self.id


@dataclass(frozen=True, slots=True)
class _Kept:
    """One event loop's session and what closes it."""

    session: aiohttp.ClientSession
    opened: AsyncGenerator[aiohttp.ClientSession]


async def _opened(server: Server) -> AsyncGenerator[aiohttp.ClientSession]:
    """Yields a session and closes it: ``asyncio.run`` closes generators before it ends their loop."""
    import aiohttp

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_S),
        timeout=aiohttp.ClientTimeout(sock_connect=server.connect_s, sock_read=server.silence_s),
        headers={"Authorization": f"Bearer {server.api_key}"} if server.api_key else {},
        cookie_jar=aiohttp.DummyCookieJar(),
        read_bufsize=_LINE_BYTES,
    ) as session:
        yield session


@contextlib.contextmanager
def _as_chat_model_error() -> Iterator[None]:
    import aiohttp

    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError) as err:
        seen = type(err).__name__
        raise ChatModelError(f"the language model cannot be used ({seen}): probe it with `medqa llm check`") from err
    except ValueError as err:  # an event longer than any that a model writes
        raise ChatModelError("the language model's server sent something that is no completion") from err


def _sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """How a body goes out. A redirect would carry the question elsewhere."""
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return {"data": written, "headers": {"Content-Type": "application/json"}, "allow_redirects": False}


def _require_ok(response: aiohttp.ClientResponse) -> None:
    if response.status != 200:
        raise ChatModelError(f"the language model's server answered with HTTP {response.status}")


def _require_whole(finish: object) -> None:
    if finish == "length":
        raise AnswerCut("the language model's answer was longer than allowed: see MEDQA_LLM_ANSWER_TOKENS")
    if finish in _BROKEN_OFF:
        raise ChatModelError("the language model's server broke the answer off")


def _delta(data: bytes) -> tuple[str, str | None]:
    """The text of one event, and how the answer ended if this is the last."""
    if data == b"[DONE]":
        return "", "stop"
    try:
        event: Any = json.loads(data)
        if "error" in event:
            raise ChatModelError("the language model's server reported an error in its stream")
        choices = event["choices"]
        if not choices:  # usage alone
            return "", None
        content = choices[0].get("delta", {}).get("content") or ""
        if not isinstance(content, str):
            raise TypeError(content)
        ends = choices[0].get("finish_reason")
        return content, None if ends is None else str(ends)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as err:
        raise ChatModelError("the language model's server sent something that is no completion") from err
