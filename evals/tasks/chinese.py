"""Asks 150 health questions in Chinese and again in English over an English corpus: how much is lost on the way?

``evals/data/chinese_medquad.jsonl`` names the documents of MedQuAD (--data: its BEIR folder) whose topic and kind of
question fit. Options: ``retriever`` (hybrid), ``questions`` (another file of that form), ``home``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.corpora import application
from evals.harness import BeirFolder, Options, Report, bootstrap
from evals.scorers import ranking
from evals.scorers.ratio import ratio_of_means
from medqa.domain.conversation import Language, Question
from medqa.errors import UsageError
from medqa.protocols import Retriever
from medqa.registry import load
from medqa.wiring import Application

_DEPTH = 60  # passages, enough for ten documents
_MEASURE = "nDCG@10"
_LOST = 0.3  # a question this much worse than its twin is listed

Sample = Mapping[str, Any]


class Chinese:
    """nDCG@10 in both languages over one index, and their ratio (target: at least 0.85)."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures by language, the ratio, and the questions that lose most with what was searched for."""
        if data is None:
            raise UsageError("name MedQuAD's BEIR folder with --data", field="data")
        samples = _samples(options)
        app = application(BeirFolder(data), options)
        retriever: Retriever = load("medqa.retrieve.retrievers", options.get("retriever", "hybrid"))(
            app.snapshot, app.embedder
        )
        zh, en = (_scores(app, retriever, samples, language) for language in ("zh", "en"))
        return {
            "data": data.name,
            "snapshot": app.snapshot.id,
            "nDCG@10 Chinese": bootstrap(zh),
            "nDCG@10 English": bootstrap(en),
            "ratio": ratio_of_means(zh, en),
            "lost": [_lost(app, *row) for row in zip(samples, zh, en, strict=True) if row[2] - row[1] >= _LOST],
        }


plugin = Chinese


def _samples(options: Options) -> list[Sample]:
    own = files("evals").joinpath("data/chinese_medquad.jsonl")
    text = Path(options["questions"]).read_text("utf-8") if "questions" in options else own.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _scores(app: Application, retriever: Retriever, samples: Sequence[Sample], language: Language) -> list[float]:
    run = {}
    for sample in samples:
        query = app.understanding.understand(Question(text=sample[language], language=language))
        hits = retriever.retrieve(query, _DEPTH)
        run[sample["id"]] = list(dict.fromkeys(hit.passage.document_id for hit in hits))[:10]
    qrels = {sample["id"]: dict.fromkeys(sample["relevant"], 1) for sample in samples}
    values = ranking.score(run, qrels, relevant=1)[_MEASURE]
    return [values.get(sample["id"], 0.0) for sample in samples]


def _lost(app: Application, sample: Sample, zh: float, en: float) -> dict[str, Any]:
    query = app.understanding.understand(Question(text=sample["zh"], language="zh"))
    return {
        "id": sample["id"],
        "zh": sample["zh"],
        "en": sample["en"],
        "searched for": list(query.expansions),
        "nDCG@10": [round(zh, 3), round(en, 3)],
    }
