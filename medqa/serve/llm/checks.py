"""Probing the configured model server for real: each way of being wrong is found by using it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from medqa.errors import ChatModelError, ConfigError
from medqa.serve.llm.wire import Wire
from medqa.wiring.doctor import Check

if TYPE_CHECKING:
    from medqa.settings import Settings

_QUESTION = [{"role": "user", "content": "Answer with one word: ready?"}]
_SAMPLING = {"max_tokens": 16, "temperature": 0.0, "top_p": 1.0, "n": 1, "seed": 0}
_ENOUGH_CONTEXT = 4096  # passages, rules and answer of one question
_SOON_S = 10.0  # the reader gets an answer without the model when nothing has come by then


@dataclass(slots=True)
class Report:
    """What was found, in order. A figure is missing where the server did not get so far."""

    url: str
    model: str | None = None
    first_token_s: float | None = None
    wrote_after_s: float | None = None
    checks: list[Check] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, object]:
        """The report without its checks."""
        figures = {"first_token_s": self.first_token_s, "wrote_after_s": self.wrote_after_s}
        return {"ok": self.ok, "url": self.url, "model": self.model, **figures}


async def examine(settings: Settings, loras: Sequence[str] = ()) -> Report:
    """Every check that makes sense, in turn: without a server or a model the rest is not tried."""
    report = Report(settings.llm_base_url)
    async with Wire(settings) as wire:
        try:
            listed = await wire.models()
            report.checks.append(Check("server", True, f"answers at {settings.llm_base_url}"))
            report.model = _chosen(settings, listed)
        except (ChatModelError, ConfigError) as err:
            said, _, fix = str(err).partition(": ")
            report.checks.append(Check("model" if report.checks else "server", False, said, fix))
            return report
        report.checks += [Check("model", True, report.model), *_adapters(listed, loras), _context(listed, report.model)]
        for name, check in _USES.items():
            done = await _tried(name, check, wire, report)
            report.checks.append(done)
            if name == "writes" and not done.ok:
                break
    return report


def _chosen(settings: Settings, listed: Sequence[dict[str, Any]]) -> str:
    """The configured model, or the only one. Raises ConfigError when the server does not offer it."""
    names = [str(each["id"]) for each in listed]
    wanted = settings.llm_model or (names[0] if len(names) == 1 else None)
    if wanted is None or wanted not in names:
        known = ", ".join(names) or "none"
        raise ConfigError(
            f"the server has no model {wanted or '(none configured)'}: set MEDQA_LLM_MODEL to one of {known},"
            " or start it with `medqa llm serve --lora NAME=FOLDER` if it is an adapter"
        )
    return wanted


def _adapters(listed: Sequence[dict[str, Any]], loras: Sequence[str]) -> list[Check]:
    there = [str(each["id"]) for each in listed if each.get("parent")]
    missing = [name for name in loras if name not in there]
    if missing:
        detail = f"not there: {', '.join(missing)}; there: {', '.join(there) or 'none'}"
        return [Check("adapters", False, detail, "start it with `medqa llm serve --lora NAME=FOLDER`")]
    return [Check("adapters", True, ", ".join(there))] if there else []


def _context(listed: Sequence[dict[str, Any]], model: str) -> Check:
    limits = {str(each["id"]): each.get("max_model_len") for each in listed}
    longest = limits.get(model) or max((limit for limit in limits.values() if isinstance(limit, int)), default=None)
    if not isinstance(longest, int):
        return Check("context", True, "the server does not tell its length")
    fix = "" if longest >= _ENOUGH_CONTEXT else f"start it with `medqa llm serve --context {_ENOUGH_CONTEXT}` or more"
    return Check("context", not fix, f"{longest:,} tokens", fix)


async def _tried(name: str, check: Callable[[Wire, Report], Awaitable[Check]], wire: Wire, report: Report) -> Check:
    try:
        return await check(wire, report)
    except ChatModelError as err:
        said, _, fix = str(err).partition(": ")
        return Check(name, False, said, fix)


async def _writes(wire: Wire, report: Report) -> Check:
    """Streams a word. A server whose engine has died may still list models and call itself healthy."""
    began = time.perf_counter()
    text, reasoned = "", False
    try:
        async for piece in wire.stream({"model": report.model, "messages": _QUESTION, **_SAMPLING}):
            if report.first_token_s is None:
                report.first_token_s = round(time.perf_counter() - began, 3)
            text += piece.get("content") or ""
            reasoned = reasoned or bool(piece.get("reasoning") or piece.get("reasoning_content"))
    except ChatModelError as err:
        if await wire.is_healthy():
            raise ChatModelError(
                f"it lists {report.model} and calls itself healthy, but does not write ({err})"
                ": its engine is dead or overwhelmed; look at its log and start it again"
            ) from err
        raise
    report.wrote_after_s = round(time.perf_counter() - began, 3)
    if report.first_token_s is None:
        return Check("writes", False, "its answer was empty", "look at the model's chat template and its log")
    if "<think>" in text:
        fix = "start it with `medqa llm serve -- --reasoning-parser NAME`, or use a preset"
        return Check("writes", False, "its thoughts stand in its answer", fix)
    detail = f"first token after {report.first_token_s:.2f} s, done after {report.wrote_after_s:.2f} s"
    if report.first_token_s > _SOON_S:
        fix = f"readers wait {_SOON_S:.0f} s at most: use a smaller or compressed model, or a faster machine"
        return Check("writes", False, detail, fix)
    return Check("writes", True, detail + (", after thinking" if reasoned else ""))


async def _logprobs(wire: Wire, report: Report) -> Check:
    body = {"model": report.model, "messages": _QUESTION, **_SAMPLING, "max_tokens": 1, "logprobs": True}
    choice = await wire.complete({**body, "top_logprobs": 2})
    rows = (choice.get("logprobs") or {}).get("content") or []
    if rows and rows[0].get("top_logprobs"):
        return Check("probabilities", True, "told with each token")
    return Check("probabilities", False, "not told", "serve it with vLLM: multiple choice is scored by probabilities")


async def _structured(wire: Wire, report: Report) -> Check:
    """A form that the model would never keep to by itself, so that ignoring it shows."""
    schema = {
        "type": "object",
        "properties": {"zq": {"enum": ["zq"]}},
        "required": ["zq"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "probe", "schema": schema, "strict": True}}
    body = {"model": report.model, "messages": _QUESTION, **_SAMPLING, "max_tokens": 64, "response_format": form}
    text = ((await wire.complete(body)).get("message") or {}).get("content") or ""
    if "".join(text.split()) == '{"zq":"zq"}':
        return Check("forms", True, "answers can be held to a form")
    return Check(
        "forms", False, "a given form is not kept to", "serve it with vLLM, without --structured-outputs-config off"
    )


async def _metrics(wire: Wire, _: Report) -> Check:
    figures = await wire.metrics()
    if not figures:
        return Check("metrics", True, "none: not a vLLM, or not through this address")
    running, waiting = (figures.get(f"vllm:num_requests_{state}", 0.0) for state in ("running", "waiting"))
    used = figures.get("vllm:kv_cache_usage_perc", 0.0)
    detail = f"{running:.0f} running, {waiting:.0f} waiting, cache {used:.0%} full"
    if not figures.get("vllm:generation_tokens_total"):
        return Check("metrics", False, f"{detail}, no token counted", "the engine does not report: start it again")
    return Check("metrics", waiting == 0, detail, "more is asked than it can do: serve more copies" if waiting else "")


_USES: dict[str, Callable[[Wire, Report], Awaitable[Check]]] = {
    "writes": _writes,
    "probabilities": _logprobs,
    "forms": _structured,
    "metrics": _metrics,
}
