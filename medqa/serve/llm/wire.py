"""OpenAI's protocol as a probe speaks it: one server, short deadlines, every failure in words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import httpx

from medqa.errors import ChatModelError

if TYPE_CHECKING:
    from medqa.settings import Settings

_LIST_TIMEOUT_S = 3.0
_WRITE_TIMEOUT_S = 30.0
_MENDS = {
    401: "check MEDQA_LLM_API_KEY",
    403: "check MEDQA_LLM_API_KEY",
    404: "MEDQA_LLM_BASE_URL must end in /v1, and name a server of OpenAI's protocol",
}


class Wire:
    """A connection to the server of the settings. Every call raises ChatModelError that says how to mend it."""

    def __init__(self, settings: Settings) -> None:
        key = settings.llm_api_key
        self._base = settings.llm_base_url.rstrip("/")
        self._root = self._base.removesuffix("/v1")
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._client = httpx.AsyncClient(headers=headers, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def models(self) -> list[dict[str, Any]]:
        """What the server lists, each with an ``id``."""
        listed = (await self._json("GET", "models", None, _LIST_TIMEOUT_S)).get("data")
        if not isinstance(listed, list):
            raise ChatModelError(f"{self._base}/models lists no models: MEDQA_LLM_BASE_URL must end in /v1")
        return [each for each in listed if isinstance(each, dict) and isinstance(each.get("id"), str)]

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """The first choice of a chat completion."""
        answer = await self._json("POST", "chat/completions", body, _WRITE_TIMEOUT_S)
        choices = answer.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise ChatModelError(f"{self._base} completed with no choices: look at the server's log")
        return choices[0]

    async def stream(self, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """The deltas of a streamed chat completion that hold text."""
        url = f"{self._base}/chat/completions"
        try:
            async with self._client.stream(
                "POST", url, json={**body, "stream": True}, timeout=_WRITE_TIMEOUT_S
            ) as response:
                response.raise_for_status()
                async for line in response.aiter_lines():
                    delta = _delta(line)
                    if delta:
                        yield delta
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as err:
            raise self._failure(url, err, _WRITE_TIMEOUT_S) from err

    async def is_healthy(self) -> bool:
        """Whether the server says so itself, which proves little."""
        try:
            response = await self._client.get(f"{self._root}/health", timeout=_LIST_TIMEOUT_S)
        except httpx.HTTPError:
            return False
        return response.status_code == 200

    async def metrics(self) -> dict[str, float]:
        """vLLM's figures, each summed over its labels; empty where the server has none."""
        try:
            response = await self._client.get(f"{self._root}/metrics", timeout=_LIST_TIMEOUT_S)
        except httpx.HTTPError as err:
            raise self._failure(f"{self._root}/metrics", err, _LIST_TIMEOUT_S) from err
        try:
            return read_metrics(response.text) if response.status_code == 200 else {}
        except ValueError:  # some servers answer every path with a page
            return {}

    async def _json(self, method: str, path: str, body: object, timeout_s: float) -> dict[str, Any]:
        url = f"{self._base}/{path}"
        try:
            response = await self._client.request(method, url, json=body, timeout=timeout_s)
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as err:
            raise self._failure(url, err, timeout_s) from err
        if not isinstance(answer, dict):
            raise ChatModelError(f"{url} did not answer with a JSON object: MEDQA_LLM_BASE_URL must end in /v1")
        return answer

    def _failure(self, url: str, err: Exception, timeout_s: float) -> ChatModelError:
        """What went wrong, in words: what was seen, then how to mend it."""
        if isinstance(err, httpx.HTTPStatusError):
            status = err.response.status_code
            mend = _MENDS.get(status, "look at the server's log")
            return ChatModelError(f"{url} answered {status}: {mend}")
        if isinstance(err, httpx.TimeoutException):
            return ChatModelError(f"{url} did not answer within {timeout_s:g} s: is the server still loading?")
        if isinstance(err, (httpx.RemoteProtocolError, httpx.ReadError)):
            return ChatModelError(f"{url} broke off in the middle: look at the server's log")
        if isinstance(err, (httpx.HTTPError, httpx.InvalidURL)):
            return ChatModelError(
                f"nothing answers at {url}: start it with `medqa llm serve`, or set MEDQA_LLM_BASE_URL"
            )
        return ChatModelError(f"{url} did not answer with JSON: MEDQA_LLM_BASE_URL must end in /v1")


def _delta(line: str) -> dict[str, Any]:
    """The delta in one line of a stream, where it holds text. Raises ValueError for what is no JSON."""
    if not line.startswith("data:") or line[5:].strip() == "[DONE]":
        return {}
    event = json.loads(line[5:])
    if not isinstance(event, dict) or "error" in event:
        raise ChatModelError("the server reported an error in its stream: look at its log")
    choices = event.get("choices") or [{}]
    delta = choices[0].get("delta") or {}
    return delta if any(delta.get(name) for name in ("content", "reasoning", "reasoning_content")) else {}


def read_metrics(text: str) -> dict[str, float]:
    """Prometheus text as name -> value, summed over labels; ``nan`` and what is no sample are left out."""
    from prometheus_client.parser import text_string_to_metric_families

    figures: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.value == sample.value:
                figures[sample.name] = figures.get(sample.name, 0.0) + sample.value
    return figures
