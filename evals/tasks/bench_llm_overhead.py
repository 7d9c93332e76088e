"""What MedQA's server adds to calling the model server itself with the same prompts; both in one run.

Needs a running model server: MEDQA_LLM_BASE_URL and MEDQA_LLM_MODEL. Options: ``questions`` (16), ``streams`` (32),
``rounds`` (3), ``data`` a folder with questions.jsonl instead of the starter questions. Read the ratios.

``first_sentence``: MedQA shows a sentence once it is whole and checked, so both sides are timed to the moment at which
the first sentence is whole; MedQA's own screening and retrieval are taken off. ``throughput``: tokens a second that
the model server writes, by its own count.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.harness import Options, Report, bootstrap
from medqa.errors import ChatModelError, ConfigError, UsageError
from medqa.settings import Settings, load_settings
from medqa.wiring import open_application, parts

if TYPE_CHECKING:
    import httpx

    from medqa.domain.conversation import Audience, Query
    from medqa.domain.passage import Hit
    from medqa.served_model import ServedModel

_QUESTIONS = Path(__file__).resolve().parents[1] / "data" / "topics.jsonl"
_MAX_TOKENS = 700  # as the chat model asks for
_START_S = 120.0


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and the messages that MedQA makes of it for the model."""

    question: str
    language: str
    messages: list[dict[str, str]]


class BenchLlmOverhead:
    """MedQA's API against the model server behind it."""

    def run(self, data: Path | None, options: Options) -> Report:
        """``first_sentence`` and ``throughput``, each with both sides and their ratio."""
        settings = load_settings(home=Path(options["home"]), chat_model="openai")
        if settings.llm_model is None:
            raise ConfigError("no model is configured: set MEDQA_LLM_MODEL to the one that `medqa llm serve` serves")
        streams, rounds = int(options.get("streams", "32")), int(options.get("rounds", "3"))
        source = data / "questions.jsonl" if data else _QUESTIONS
        cases = _cases(settings, source, int(options.get("questions", "16")))
        with _serving(settings, streams) as url:
            return asyncio.run(_measured(settings, url, cases, streams=streams, rounds=rounds))


plugin = BenchLlmOverhead


async def _measured(settings: Settings, url: str, cases: Sequence[Case], *, streams: int, rounds: int) -> Report:
    import httpx

    limits = httpx.Limits(max_connections=None)
    model = parts.served_model(settings)
    async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False, limits=limits) as client:
        for case in cases:  # both sides then find the prompt's beginning in the model server's cache
            await _ours(client, case)
        return {
            "model": settings.llm_model,
            "questions": len(cases),
            "first_sentence": await _first_sentences(client, model, cases, rounds),
            "throughput": await _throughput(settings, client, model, cases, streams=streams, rounds=rounds),
        }


async def _first_sentences(
    client: httpx.AsyncClient, model: ServedModel, cases: Sequence[Case], rounds: int
) -> dict[str, Any]:
    """Milliseconds to the first whole sentence, the two sides by turns."""
    ratios, direct, ours, skipped = [], [], [], 0
    for case in list(cases) * rounds:
        theirs_s = await _direct(model, case)
        ours_s = await _ours(client, case)
        if theirs_s is None or ours_s is None:
            skipped += 1
            continue
        ratios.append(ours_s / theirs_s)
        direct.append(theirs_s * 1000)
        ours.append(ours_s * 1000)
    if not ratios:
        raise ChatModelError("the model answered none of the questions: teach or choose one that writes cited answers")
    return {
        "direct_ms": round(statistics.median(direct), 1),
        "medqa_ms": round(statistics.median(ours), 1),
        "added_ms": round(statistics.median(o - d for o, d in zip(ours, direct, strict=True)), 1),
        "ratio": bootstrap(ratios),
        "median_ratio": round(statistics.median(ratios), 3),
        "without_first_sentence": skipped,
    }


async def _throughput(
    settings: Settings,
    client: httpx.AsyncClient,
    model: ServedModel,
    cases: Sequence[Case],
    *,
    streams: int,
    rounds: int,
) -> dict[str, Any]:
    """Tokens a second that the model server writes with so many readers, the two sides by turns."""
    work = [cases[n % len(cases)] for n in range(streams * 2)]
    sides: dict[str, Callable[[Case], Awaitable[object]]] = {
        "direct": lambda case: _direct(model, case, to_the_end=True),
        "medqa": lambda case: _ours(client, case, to_the_end=True),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            rates[name].append(await _rate(settings, side, work, streams))
    ratios = [ours / direct for ours, direct in zip(rates["medqa"], rates["direct"], strict=True)]
    return {
        "streams": streams,
        "answers": len(work) * rounds,
        "direct_tokens_per_s": round(statistics.median(rates["direct"]), 1),
        "medqa_tokens_per_s": round(statistics.median(rates["medqa"]), 1),
        "ratio": round(statistics.median(ratios), 3),
    }


async def _rate(
    settings: Settings, side: Callable[[Case], Awaitable[object]], work: Sequence[Case], streams: int
) -> float:
    before, began = await _written(settings), time.perf_counter()
    slots = asyncio.Semaphore(streams)

    async def one(case: Case) -> None:
        async with slots:
            await side(case)

    await asyncio.gather(*(one(case) for case in work))
    return (await _written(settings) - before) / (time.perf_counter() - began)


async def _written(settings: Settings) -> float:
    """Tokens that the model server has written since it started."""
    from medqa.serve.llm.wire import Wire

    async with Wire(settings) as wire:
        figures = await wire.metrics()
    if "vllm:generation_tokens_total" not in figures:
        raise ChatModelError("the model server counts no tokens: this benchmark needs vLLM with its /metrics")
    return figures["vllm:generation_tokens_total"]


async def _direct(model: ServedModel, case: Case, *, to_the_end: bool = False) -> float | None:
    """Seconds until the first sentence is whole, as MedQA would cut it; ``None`` when the answer has none."""
    from medqa.answer.ledger.claims import Splitter

    splitter, began, first = Splitter(), time.perf_counter(), None
    async with contextlib.aclosing(model.stream(case.messages, max_tokens=_MAX_TOKENS)) as pieces:
        async for piece in pieces:
            if first is None and any(draft.marks for draft in splitter.feed(piece)):
                first = time.perf_counter() - began
                if not to_the_end:
                    return first
    return first


async def _ours(client: httpx.AsyncClient, case: Case, *, to_the_end: bool = False) -> float | None:
    """Seconds until the first sentence is shown, screening and retrieval aside; ``None`` when the model wrote none."""
    asked = {"question": case.question, "language": case.language}
    began, first = time.perf_counter(), None
    done: dict[str, Any] = {}
    async with client.stream("POST", "/v1/ask", json=asked, headers={"Accept": "text/event-stream"}) as response:
        if response.status_code != 200:
            raise ChatModelError(f"MedQA answered with HTTP {response.status_code}")
        async for name, event in _events(response):
            if name == "token" and first is None:
                first = time.perf_counter() - began
            done = event if name == "done" else done
    if first is None or done["provenance"]["degraded"] or done["status"] != "answered":
        return None
    before_s: float = (done["timings_ms"]["screen"] + done["timings_ms"]["retrieve"]) / 1000
    return first - before_s


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line[5:])


class _Recorder:
    """A chat model that keeps what it is given and says nothing."""

    id = "recorder"
    prompt_sha256: str | None = None

    def __init__(self) -> None:
        self.given: tuple[Query, Sequence[Hit], Audience] | None = None

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        self.given = (query, hits, audience)
        return
        yield  # which makes it a stream


def _cases(settings: Settings, source: Path, wanted: int) -> list[Case]:
    """The first questions, spread over the file, about which MedQA would ask a model."""
    from medqa.answer.engine import Engine
    from medqa.answer.generation.briefing import load_briefing
    from medqa.domain.conversation import Question

    try:
        rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as err:
        raise UsageError(f"{source} holds no questions as JSON Lines", field="data") from err
    briefing, recorder = load_briefing(parts.shipped("prompts"), settings.llm_context_tokens), _Recorder()
    found: list[Case] = []
    with open_application(settings) as application:
        engine = Engine(replace(application.engine.parts, chat_model=recorder, fallback=None), snapshot_id="-")
        for row in rows[:: max(1, len(rows) // (2 * wanted))]:
            recorder.given = None
            asyncio.run(engine.ask(Question(text=row["question"], language=row["language"])))
            if recorder.given is not None and len(found) < wanted:
                found.append(Case(row["question"], row["language"], briefing.messages(*recorder.given)))
    if not found:
        raise UsageError(f"MedQA would ask a model about none of the questions of {source}", field="data")
    return found


@contextlib.contextmanager
def _serving(settings: Settings, streams: int) -> Iterator[str]:
    """``medqa serve`` on a free port, with room for all streams, until the block ends."""
    import httpx

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    room = {"MEDQA_MAX_CONCURRENT": str(streams), "MEDQA_RATE_LIMIT_PER_MINUTE": "0", "MEDQA_CHAT_MODEL": "openai"}
    command = [sys.executable, "-m", "medqa", "serve", "--home", str(settings.home), "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env={**os.environ, **room}, stderr=subprocess.DEVNULL) as process:
        try:
            ends = time.monotonic() + _START_S
            while not _is_ready(httpx, url):
                if process.poll() is not None or time.monotonic() > ends:
                    raise ConfigError(f"medqa serve did not start: try it by hand with --home {settings.home}")
                time.sleep(0.2)
            yield url
        finally:
            process.terminate()


def _is_ready(client: Any, url: str) -> bool:
    try:
        return bool(client.get(f"{url}/readyz", trust_env=False).status_code == 200)
    except client.HTTPError:
        return False
