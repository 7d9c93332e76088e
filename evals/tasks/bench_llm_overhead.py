"""What MedQA's server adds to calling the model server itself with the same prompts; both in one run.

Either a running model server, MEDQA_LLM_BASE_URL and MEDQA_LLM_MODEL, or ``shapes=50m,150m,440m`` with ``like=FOLDER``:
models without weights in Qwen3's shape, each served by vLLM in turn; FOLDER is a Qwen3 model that lends its tokenizer.
Options: ``questions`` (16), ``streams`` (32), ``rounds`` (3), ``answers`` (a round, twice the streams), ``max_tokens``
(700), ``data`` a folder with questions.jsonl instead of the starter questions. Read the ratios.

``first_token``: until MedQA's adapter sees it, screening and retrieval taken off, HTTP both ways included.
``first_sentence``: MedQA shows a sentence once it is whole and checked, so both sides are timed to the moment at which
the first sentence is whole. ``throughput``: tokens a second that the model server writes, by its own count; here MedQA
searches and checks too. ``cpu``: seconds of MedQA's own process an answer, and the cores that so many answers need.

Both sides read every answer to its end. What a model without weights writes holds nowhere, so MedQA reads all of it,
drops it, and then quotes: its CPU an answer is then too high, by the quoting. Its questions are asked once, and the
direct side's prompts marked, so that only the rules at the beginning are in the model server's cache.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.harness import Options, Report, bootstrap
from evals.overhead.cases import Case, cases
from evals.overhead.counting import tokens_written
from evals.overhead.server import PATIENCE_S, Serving, serving
from evals.overhead.shapes import shaped
from evals.overhead.sides import Timing, direct, through_medqa
from medqa.errors import ChatModelError, ConfigError, UsageError
from medqa.settings import Settings, load_settings
from medqa.wiring import parts

if TYPE_CHECKING:
    import httpx

    from medqa.served_model import ServedModel

_QUESTIONS = Path(__file__).resolve().parents[1] / "data" / "topics.jsonl"
_RATES = (1, 10, 50)  # answers a second
_WARM = 3


class BenchLlmOverhead:
    """MedQA's API against the model server behind it."""

    def run(self, data: Path | None, options: Options) -> Report:
        """``first_token``, ``first_sentence`` and ``throughput``: both sides and their ratio; ``cpu``; by shape."""
        plan = _Plan(data / "questions.jsonl" if data else _QUESTIONS, options)
        settings = load_settings(
            home=Path(options["home"]),
            chat_model="openai",
            llm_answer_tokens=options.get("max_tokens"),
            llm_first_token_s=PATIENCE_S,
        )
        shapes = [name for name in options.get("shapes", "").split(",") if name]
        if not shapes:
            if settings.llm_model is None:
                raise ConfigError("no model is configured: set MEDQA_LLM_MODEL to what `medqa llm serve` serves")
            return _report(settings, plan, is_fresh=False)
        if "like" not in options:
            raise UsageError("name a Qwen3 model's folder, whose tokenizer is taken, with -o like=FOLDER", field="like")
        found = {}
        for shape in shapes:
            with shaped(settings, shape, Path(options["like"])) as there:
                found[shape] = _report(there, plan, is_fresh=True)
        return {"shapes": found}


plugin = BenchLlmOverhead


class _Plan:
    """How much is asked."""

    def __init__(self, source: Path, options: Options) -> None:
        self.source = source
        self.questions = int(options.get("questions", "16"))
        self.streams = int(options.get("streams", "32"))
        self.rounds = int(options.get("rounds", "3"))
        self.answers = int(options.get("answers", str(2 * self.streams)))


def _report(settings: Settings, plan: _Plan, *, is_fresh: bool) -> Report:
    wanted = _WARM + plan.questions + plan.rounds * plan.answers if is_fresh else plan.questions
    found = cases(settings, plan.source, wanted)
    with serving(settings, plan.streams) as server:
        return asyncio.run(_measured(settings, server, found, plan, is_fresh=is_fresh))


async def _measured(
    settings: Settings, server: Serving, found: Sequence[Case], plan: _Plan, *, is_fresh: bool
) -> Report:
    import httpx

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=server.url, timeout=None, trust_env=False, limits=limits) as client:  # noqa: S113 - a model on a CPU is slow
        bench = _Bench(settings, server, client, is_fresh=is_fresh)
        try:
            for case in found[:_WARM] if is_fresh else found:  # what both sides then find in the model server's cache
                await bench.medqa(case)
                await bench.direct(case)
            rest = iter(found[_WARM:] if is_fresh else cycle(found))
            paired = list(islice(rest, plan.questions * (1 if is_fresh else plan.rounds)))
            return {
                "model": settings.llm_model,
                "questions": len(found),
                "prompt_characters": statistics.median(sum(len(m["content"]) for m in c.messages) for c in found),
                **await bench.firsts(paired),
                **await bench.throughput([list(islice(rest, plan.answers)) for _ in range(plan.rounds)], plan.streams),
            }
        finally:
            await bench.model.close()


class _Bench:
    """Both sides in front of one model server."""

    def __init__(self, settings: Settings, server: Serving, client: httpx.AsyncClient, *, is_fresh: bool) -> None:
        self.model: ServedModel = parts.served_model(settings)
        self._settings = settings
        self._server = server
        self._client = client
        self._is_fresh = is_fresh
        self._asked = 0

    async def direct(self, case: Case) -> Timing:
        self._asked += 1
        asked = case.unseen(str(self._asked)) if self._is_fresh else case
        return await direct(self.model, asked, max_tokens=self._settings.llm_answer_tokens)

    async def medqa(self, case: Case) -> Timing:
        return await through_medqa(self._client, case)

    async def firsts(self, paired: Sequence[Case]) -> dict[str, Any]:
        """Milliseconds to the first token and to the first whole sentence, the two sides by turns, one at a time."""
        pairs = [(await self.direct(case), await self.medqa(case)) for case in paired]
        tokens = [(d.first_token_s, m.first_token_s) for d, m in pairs]
        sentences = [(d.first_sentence_s, m.first_sentence_s) for d, m in pairs if m.is_model]
        if not self._is_fresh and not sentences:
            raise ChatModelError("the model answered none of the questions: teach or choose one that cites")
        return {"first_token": _compared(tokens), "first_sentence": _compared(sentences)}

    async def throughput(self, work: Sequence[Sequence[Case]], streams: int) -> dict[str, Any]:
        """Tokens and answers a second with so many readers, the two sides by turns; CPU of MedQA an answer."""
        sides: dict[str, Callable[[Case], Awaitable[object]]] = {"direct": self.direct, "medqa": self.medqa}
        tokens: dict[str, list[float]] = {name: [] for name in sides}
        answers: dict[str, list[float]] = {name: [] for name in sides}
        cpu: list[float] = []
        for mine in work:
            for name, side in sides.items():
                before = self._server.cpu_s()
                written, seconds = await self._all(side, mine, streams)
                after = self._server.cpu_s()
                tokens[name].append(written / seconds)
                answers[name].append(len(mine) / seconds)
                if name == "medqa" and before is not None and after is not None:
                    cpu.append((after - before) / len(mine))
        return {
            "throughput": {
                "streams": streams,
                "answers": sum(map(len, work)),
                **{f"{name}_tokens_per_s": round(statistics.median(rates), 1) for name, rates in tokens.items()},
                **{f"{name}_answers_per_s": round(statistics.median(rates), 2) for name, rates in answers.items()},
                "ratio": _median_ratio(tokens["medqa"], tokens["direct"]),
                "ratio_of_answers": _median_ratio(answers["medqa"], answers["direct"]),
            },
            "cpu": _cores(cpu),
        }

    async def _all(
        self, side: Callable[[Case], Awaitable[object]], work: Sequence[Case], streams: int
    ) -> tuple[float, float]:
        """Tokens written and seconds taken."""
        before, began = await _written(self._settings), time.perf_counter()
        slots = asyncio.Semaphore(streams)

        async def one(case: Case) -> None:
            async with slots:
                await side(case)

        await asyncio.gather(*(one(case) for case in work))
        seconds = time.perf_counter() - began
        return await _written(self._settings) - before, seconds


def _compared(pairs: Sequence[tuple[float | None, float | None]]) -> dict[str, Any]:
    both = [(d * 1000, m * 1000) for d, m in pairs if d is not None and m is not None]
    if not both:
        return {"pairs": 0}
    ratios = [m / d for d, m in both]
    return {
        "pairs": len(both),
        "direct_ms": round(statistics.median(d for d, _ in both), 1),
        "medqa_ms": round(statistics.median(m for _, m in both), 1),
        "added_ms": round(statistics.median(m - d for d, m in both), 1),
        "ratio": bootstrap(ratios),
        "median_ratio": round(statistics.median(ratios), 3),
    }


def _median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return round(statistics.median(m / d for m, d in zip(ours, theirs, strict=True)), 3)


def _cores(cpu_s: Sequence[float]) -> dict[str, float]:
    """CPU seconds an answer, and how many cores of this machine MedQA keeps busy at so many answers a second."""
    if not cpu_s:
        return {}
    each = statistics.median(cpu_s)
    return {
        "cpu_s_per_answer": round(each, 4),
        **{f"cores at {rate} answers/s": round(rate * each, 2) for rate in _RATES},
    }


async def _written(settings: Settings) -> float:
    written = await tokens_written(settings)
    if written is None:
        raise ChatModelError("the model server counts no tokens: this benchmark needs vLLM with its /metrics")
    return written
