"""How fast vLLM writes here at MedQA's own prompts, with and without prefix caching, beside what is possible.

Models without weights in Qwen3's shape are served in turn, each twice. What they write is nonsense and takes the time
of sense. Options: ``like=FOLDER``, a Qwen3 model that lends its tokenizer; ``shapes`` (8b) of 2m, 50m, 150m, 440m, 1.4b
and 8b; ``streams`` (1,32,256); ``answers`` (requests a stream, 2); ``max_tokens`` (300); ``questions`` (64).
``bandwidth_gb_s`` and ``tflops`` as the device's maker gives them (an H200: 4800 and 989) add the limits.

Every prompt is marked behind the rules, so that only these are in the server's cache, as with readers' own questions.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.harness import Options, Report
from evals.overhead.cases import Case, cases
from evals.overhead.counting import Counted, counted
from evals.overhead.limits import Device, Work, answers_per_s, tokens_per_s
from evals.overhead.server import PATIENCE_S
from evals.overhead.shapes import Shape, shape_of, shaped
from medqa.errors import AnswerCut, ChatModelError, UsageError
from medqa.settings import Settings, load_settings
from medqa.wiring import parts

if TYPE_CHECKING:
    from medqa.served_model import ServedModel

_QUESTIONS = Path(__file__).resolve().parents[1] / "data" / "topics.jsonl"
_CACHING = {"with prefix caching": (), "without prefix caching": ("--no-enable-prefix-caching",)}


@dataclass(frozen=True, slots=True)
class Measured:
    """At one number of streams. Times in seconds; tokens of a request are means."""

    answers: int
    first_token_s: float
    tokens_per_s: float
    answers_per_s: float
    prompt_tokens: float
    cached_tokens: float
    written_tokens: float


class BenchLlmSpeed:
    """Tokens and answers a second of vLLM by shape and streams, prefix caching on and off, beside the limits."""

    def run(self, data: Path | None, options: Options) -> Report:
        """By shape: both tables, what caching gains, and the limits. Raises UsageError without ``like``."""
        if "like" not in options:
            raise UsageError("name a Qwen3 model's folder, whose tokenizer is taken, with -o like=FOLDER", field="like")
        like, names = Path(options["like"]), options.get("shapes", "8b").split(",")
        shapes = {name: shape_of(name) for name in names}
        settings = load_settings(
            home=Path(options["home"]),
            chat_model="openai",
            llm_first_token_s=PATIENCE_S,
            llm_answer_tokens=options.get("max_tokens", "300"),
        )
        source = data / "questions.jsonl" if data else _QUESTIONS
        asked = cases(settings, source, int(options.get("questions", "64")))
        return {"shapes": {name: _shape(settings, name, shapes[name], asked, like, options) for name in shapes}}


plugin = BenchLlmSpeed


def _shape(
    settings: Settings, name: str, shape: Shape, asked: Sequence[Case], like: Path, options: Options
) -> dict[str, Any]:
    vocabulary = _vocabulary(like)
    tables = {}
    for caching, flags in _CACHING.items():
        with shaped(settings, name, like, flags) as there:
            tables[caching] = asyncio.run(measure(there, asked, options))
    found: dict[str, Any] = {"parameters": shape.parameters(vocabulary)}
    found |= {
        caching: {str(streams): _rounded(row) for streams, row in table.items()} for caching, table in tables.items()
    }
    with_it, without = tables.values()
    found["gained by prefix caching, ratios"] = {str(n): _gains(with_it[n], without[n]) for n in with_it}
    device = _device(options)
    if device:
        found["limits by arithmetic"] = {
            str(n): _limits(shape, vocabulary, device, row, n) for n, row in with_it.items()
        }
    return found


async def measure(settings: Settings, asked: Sequence[Case], options: Options) -> dict[int, Measured]:
    """A row for each number of streams of options ``streams`` and ``answers``, after one request to warm up."""
    model, answers = parts.served_model(settings), int(options.get("answers", "2"))
    marks, source = count(), cycle(asked)

    def work(size: int) -> list[Case]:
        return [next(source).unseen(str(next(marks))) for _ in range(size)]

    try:
        await _first_token_s(model, work(1)[0], settings.llm_answer_tokens)
        streams = [int(n) for n in options.get("streams", "1,32,256").split(",")]
        return {n: await _row(settings, model, [work(answers) for _ in range(n)]) for n in streams}
    finally:
        await model.close()


async def _row(settings: Settings, model: ServedModel, work: Sequence[Sequence[Case]]) -> Measured:
    async def stream(mine: Sequence[Case]) -> list[float]:
        return [await _first_token_s(model, case, settings.llm_answer_tokens) for case in mine]

    before, began = await _now(settings), time.perf_counter()
    firsts = [s for each in await asyncio.gather(*map(stream, work)) for s in each]
    seconds = time.perf_counter() - began
    done, size = (await _now(settings)).since(before), len(firsts)
    return Measured(
        answers=size,
        first_token_s=statistics.median(firsts),
        tokens_per_s=done.written / seconds,
        answers_per_s=size / seconds,
        prompt_tokens=done.prompts / size,
        cached_tokens=done.cached / size,
        written_tokens=done.written / size,
    )


async def _first_token_s(model: ServedModel, case: Case, max_tokens: int) -> float:
    """Seconds to the first token of an answer that is read to its end."""
    began = time.perf_counter()
    first: float | None = None
    async with contextlib.aclosing(model.stream(case.messages, max_tokens=max_tokens)) as pieces:
        with contextlib.suppress(AnswerCut):
            async for _ in pieces:
                first = first or time.perf_counter() - began
    return first or time.perf_counter() - began


async def _now(settings: Settings) -> Counted:
    found = await counted(settings)
    if found is None:
        raise ChatModelError("the model server counts no tokens: this benchmark needs vLLM with its /metrics")
    return found


def _gains(with_it: Measured, without: Measured) -> dict[str, float]:
    return {
        "first token, times as soon": round(without.first_token_s / with_it.first_token_s, 2),
        "answers/s, times as many": round(with_it.answers_per_s / without.answers_per_s, 2),
    }


def _limits(shape: Shape, vocabulary: int, device: Device, row: Measured, streams: int) -> dict[str, float]:
    read = max(0.0, row.prompt_tokens - row.cached_tokens)
    work = Work(read=read, context=row.prompt_tokens, written=max(1.0, row.written_tokens))
    tokens = tokens_per_s(shape, vocabulary, device, work, streams)
    answers = answers_per_s(shape, vocabulary, device, work, streams)
    return {
        "tokens_per_s": round(tokens, 1),
        "answers_per_s": round(answers, 2),
        "share of answers/s reached": round(row.answers_per_s / answers, 3),
    }


def _rounded(row: Measured) -> Mapping[str, float]:
    return {name: round(value, 4) for name, value in asdict(row).items()}


def _device(options: Options) -> Device | None:
    given = [options.get(name) for name in ("bandwidth_gb_s", "tflops")]
    if None in given:
        return None
    bandwidth, operations = (float(value or 0) for value in given)
    return Device(bytes_per_s=bandwidth * 1e9, operations_per_s=operations * 1e12)


def _vocabulary(like: Path) -> int:
    return int(json.loads((like / "config.json").read_text("utf-8"))["vocab_size"])
