"""Ranks a BEIR corpus with hybrid, lexical and dense retrieval: nDCG, recall, MRR, with 95% intervals.

Options: ``split`` (dev), ``retrievers`` (hybrid,lexical,dense), ``group_by`` (style), ``relevant`` (lowest grade
that counts as relevant: 2 where grades reach 3, else 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.corpora import application
from evals.harness import BeirFolder, Options, Report, Sample, bootstrap
from evals.scorers import ranking
from medqa.domain.conversation import Question
from medqa.errors import UsageError
from medqa.protocols import Retriever
from medqa.registry import load
from medqa.retrieve.wording import script
from medqa.wiring import Application

_DEPTH = 300  # passages, so that about a hundred documents are ranked
_GRADED = 3


class Retrieval:
    """nDCG@10 with gain 2^grade - 1, condensed nDCG@10, recall, MRR and the share that is judged."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures by retriever and group of queries that have a relevant document."""
        if data is None:
            raise UsageError("name a BEIR folder with --data", field="data")
        folder = BeirFolder(data, options.get("split", "dev"))
        app = application(folder, options)
        names = options.get("retrievers", "hybrid,lexical,dense").split(",")
        qrels = folder.qrels()
        relevant = int(options.get("relevant", _lowest_relevant(qrels)))
        samples = [
            sample
            for sample in folder.samples(options.get("group_by", "style"))
            if max(qrels.get(sample.id, {"": 0}).values()) >= relevant
        ]
        figures = {name: _figures(app, name, samples, qrels, relevant) for name in names}
        return {"data": folder.path.name, "split": folder.split, "snapshot": app.snapshot.id, "figures": figures}


plugin = Retrieval


def _figures(
    app: Application, name: str, samples: Sequence[Sample], qrels: ranking.Qrels, relevant: int
) -> dict[str, dict[str, dict[str, float]]]:
    retriever: Retriever = load("medqa.retrieve.retrievers", name)(app.snapshot, app.embedder)
    run = {sample.id: _documents(app, retriever, sample.text) for sample in samples}
    scores = ranking.score(run, qrels, relevant=relevant)
    groups = {group: [s.id for s in samples if s.group == group] for group in sorted({s.group for s in samples})}
    return {
        group: {measure: bootstrap([values.get(i, 0.0) for i in ids]) for measure, values in scores.items()}
        for group, ids in groups.items()
    }


def _documents(app: Application, retriever: Retriever, text: str) -> list[str]:
    """Documents by their best passage."""
    query = app.understanding.understand(Question(text=text, language=script(text)))
    return list(dict.fromkeys(hit.passage.document_id for hit in retriever.retrieve(query, _DEPTH)))


def _lowest_relevant(qrels: ranking.Qrels) -> int:
    return 2 if max(grade for grades in qrels.values() for grade in grades.values()) >= _GRADED else 1
