"""Looking at the server of a language model over OpenAI's protocol: is it there, has it the model, does it write."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from medqa.errors import ChatModelError, ConfigError

if TYPE_CHECKING:
    from medqa.settings import Settings

_LIST_TIMEOUT_S = 3.0
_WRITE_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What a working server said. ``wrote_after_s`` is the time to a short completion."""

    models: tuple[str, ...]
    model: str
    wrote_after_s: float


async def listed_models(settings: Settings) -> tuple[str, ...]:
    """The names of the server's models. Raises ChatModelError that says how to mend it."""
    body = await _call(settings, "GET", "models", None, _LIST_TIMEOUT_S)
    names = [entry.get("id") for entry in body.get("data", []) if isinstance(entry, dict)]
    return tuple(name for name in names if isinstance(name, str))


async def degradations(settings: Settings) -> list[str]:
    """Why answers are poorer than configured: a language model is set up, but does not answer."""
    if settings.llm_model is None:
        return []
    try:
        models = await listed_models(settings)
    except ChatModelError as err:
        return [str(err)]
    return [] if settings.llm_model in models else [f"the model server does not offer {settings.llm_model}"]


async def probe(settings: Settings) -> Probe:
    """Lists the models, then has the configured one write a word.

    A listing alone proves little: a server whose engine has died may still answer it.
    Raises ConfigError when the model is not there, ChatModelError when the server does not work.
    """
    models = await listed_models(settings)
    model = settings.llm_model or (models[0] if len(models) == 1 else None)
    if model is None or model not in models:
        known = ", ".join(models) or "none"
        raise ConfigError(
            f"the server has no model {model or '(none configured)'}: set MEDQA_LLM_MODEL to one of {known}"
        )
    question = {"role": "user", "content": "Answer with one word: ready?"}
    sampling = {"max_tokens": 8, "temperature": 0.0, "top_p": 1.0, "n": 1, "stream": False}
    began = time.perf_counter()
    body = await _call(
        settings, "POST", "chat/completions", {"model": model, "messages": [question], **sampling}, _WRITE_TIMEOUT_S
    )
    if not body.get("choices"):
        raise ChatModelError(f"{settings.llm_base_url} lists {model} but its completion holds no choices")
    return Probe(models, model, round(time.perf_counter() - began, 3))


async def _call(settings: Settings, method: str, path: str, json: object, timeout_s: float) -> dict[str, Any]:
    url = f"{settings.llm_base_url.rstrip('/')}/{path}"
    key = settings.llm_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        async with httpx.AsyncClient(timeout=timeout_s, trust_env=False) as client:
            response = await client.request(method, url, json=json, headers=headers)
            response.raise_for_status()
            body = response.json()
    except httpx.HTTPStatusError as err:
        raise ChatModelError(
            f"{url} answered {err.response.status_code}: check MEDQA_LLM_API_KEY and the server's log"
        ) from err
    except httpx.TimeoutException as err:
        raise ChatModelError(f"{url} did not answer within {timeout_s:g} s: is the server still loading?") from err
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        raise ChatModelError(
            f"nothing answers at {url}: start it with `medqa llm serve`, or set MEDQA_LLM_BASE_URL"
        ) from err
    except ValueError as err:
        raise ChatModelError(f"{url} did not answer with JSON: MEDQA_LLM_BASE_URL must end in /v1") from err
    if not isinstance(body, dict):
        raise ChatModelError(f"{url} did not answer with a JSON object: MEDQA_LLM_BASE_URL must end in /v1")
    return body
