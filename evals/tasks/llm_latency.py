"""How fast the configured served model writes at MedQA's own prompts: first token, tokens a second, streams at once.

Options: ``streams`` (1,8,32), ``answers`` (requests a stream, 2), ``max_tokens`` (200).

Figures are of one run against one server. Read the ratios: at 32 streams against 1. Tokens are those that the server
counts; where it does not count, one for each event of its stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from evals.harness import Options, Report
from evals.overhead.counting import tokens_written
from medqa.answer.evidence.trust import trusted
from medqa.answer.generation.briefing import load_briefing
from medqa.domain.conversation import Question
from medqa.errors import AnswerCut, ChatModelError, UsageError
from medqa.settings import Settings, load_settings
from medqa.wiring import Application, open_application, parts

if TYPE_CHECKING:
    from pathlib import Path

    from medqa.served_model import Messages, ServedModel

_QUESTIONS = 64


@dataclass(frozen=True, slots=True)
class Written:
    """One answer's timing, in seconds since it was asked for; ``pieces`` are events with text."""

    first_s: float
    whole_s: float
    pieces: int


class LlmLatency:
    """Time to the first token and tokens a second at several streams."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Raises UsageError where no model is served."""
        with open_application(load_settings(home=options.get("home"))) as app:
            if app.settings.chat_model == "extractive":
                raise UsageError(
                    "no served model is configured: set MEDQA_CHAT_MODEL=openai and MEDQA_LLM_BASE_URL",
                    field="chat_model",
                )
            briefing = load_briefing(parts.shipped("prompts"), app.settings.llm_context_tokens)
            prompts = [_prompt(app, briefing, row) for row in _rows()]
            model = parts.served_model(app.settings)
            table = asyncio.run(_measure(app.settings, model, prompts, options))
            return {
                "model": model.id,
                "snapshot": app.snapshot.id,
                "prompts": {"briefing": briefing.sha256},
                "prompt_characters_median": statistics.median(sum(len(m["content"]) for m in p) for p in prompts),
                "by streams": table,
                "ratios": _ratios(table),
            }


plugin = LlmLatency


def _rows() -> list[dict[str, Any]]:
    lines = files("evals").joinpath("data/topics.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[:: max(1, len(lines) // _QUESTIONS)]]


def _prompt(app: Application, briefing: Any, row: dict[str, Any]) -> Messages:
    question = Question(text=row["question"], language=row["language"])
    query = app.understanding.understand(question)
    hits = trusted(app.engine.parts.retriever.retrieve(query, app.settings.evidence_k))
    messages: Messages = briefing.messages(query, hits, question.audience)
    return messages


async def _measure(
    settings: Settings, model: ServedModel, prompts: Sequence[Messages], options: Options
) -> dict[str, dict[str, float]]:
    max_tokens, answers = int(options.get("max_tokens", "200")), int(options.get("answers", "2"))
    source = cycle(prompts)
    await _write(model, next(source), max_tokens)  # the first request warms the server up
    table = {}
    for streams in map(int, options.get("streams", "1,8,32").split(",")):
        mine = [list(islice(source, answers)) for _ in range(streams)]
        before, began = await tokens_written(settings), time.perf_counter()
        written = [w for each in await asyncio.gather(*(_stream(model, p, max_tokens) for p in mine)) for w in each]
        seconds, after = time.perf_counter() - began, await tokens_written(settings)
        counted = sum(w.pieces for w in written) if before is None or after is None else after - before
        table[str(streams)] = _figures(written, counted, seconds)
    await model.close()
    return table


async def _stream(model: ServedModel, prompts: Sequence[Messages], max_tokens: int) -> list[Written]:
    return [await _write(model, prompt, max_tokens) for prompt in prompts]


async def _write(model: ServedModel, prompt: Messages, max_tokens: int) -> Written:
    began, first_s, pieces = time.perf_counter(), None, 0
    with contextlib.suppress(AnswerCut):  # as long as asked for is whole here
        async for _ in model.stream(prompt, max_tokens=max_tokens):
            first_s = time.perf_counter() - began if first_s is None else first_s
            pieces += 1
    whole_s = time.perf_counter() - began
    return Written(whole_s if first_s is None else first_s, whole_s, pieces)


def _figures(written: Sequence[Written], tokens: float, seconds: float) -> dict[str, float]:
    if not any(w.pieces for w in written):
        raise ChatModelError("the model wrote no token to any prompt")
    first = sorted(w.first_s for w in written)
    return {
        "answers": len(written),
        "first token median, s": round(statistics.median(first), 4),
        "first token slowest, s": round(first[-1], 4),
        "tokens": tokens,
        "tokens/s": round(tokens / seconds, 2),
        "answers/s": round(len(written) / seconds, 3),
    }


def _ratios(table: dict[str, dict[str, float]]) -> dict[str, float]:
    """Each number of streams against the first measured."""
    base, *others = table
    return {
        f"{name} at {streams} / at {base}": round(table[streams][name] / table[base][name], 2)
        for streams in others
        for name in ("tokens/s", "first token median, s")
        if table[base][name]
    }
