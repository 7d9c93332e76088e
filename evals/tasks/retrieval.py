"""Ranks a BEIR corpus with MedQA and plain baselines: nDCG, recall, MRR, with intervals and a paired test.

Without --data: 300 questions over the articles that ship with MedQA. Options: ``systems`` (hybrid,bm25,encoder,rrf),
``against`` (rrf), ``per_query`` (a file to write what each system found for each query to), ``split`` (dev),
``group_by`` (style), ``relevant`` (lowest grade that counts as relevant: 2 where grades reach 3, else 1),
``encoder`` and ``encoder_model`` (those of the settings).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals import systems
from evals.corpora import application, starter_application
from evals.harness import BeirFolder, Options, Report, Sample, bootstrap
from evals.scorers import ranking
from evals.scorers.paired import paired_difference
from evals.starter import StarterQuestions
from medqa.wiring import Application

_GRADED = 3
_COMPARED = ("nDCG@10", "R@10", "R@100")
_SHOWN = 10  # documents of a query's list

Scores = Mapping[str, Mapping[str, float]]


class Retrieval:
    """nDCG@10 with gain 2^grade - 1, condensed nDCG@10, recall, MRR and the share that is judged."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures by group of queries and system, differences to ``against``, over queries with a relevant document."""
        folder = StarterQuestions() if data is None else BeirFolder(data, options.get("split", "dev"))
        options = {"sentence_vectors_up_to": "0", **options}  # they play no part in ranking
        app = application(folder, options) if isinstance(folder, BeirFolder) else starter_application(options)
        samples, qrels, relevant = judged(folder, options)
        names = options.get("systems", "hybrid,bm25,encoder,rrf").split(",")
        runs = {name: _run(app, name, samples) for name in names}
        scores = {name: ranking.score(run, qrels, relevant=relevant) for name, run in runs.items()}
        if "per_query" in options:
            _write_queries(Path(options["per_query"]), samples, runs, scores, qrels)
        return {
            "data": folder.name,
            "split": folder.split,
            "snapshot": app.snapshot.id,
            "encoder": app.embedder.id,
            "figures": _figures(samples, scores),
            **_differences(samples, scores, options.get("against", "rrf")),
        }


plugin = Retrieval


def judged(folder: StarterQuestions | BeirFolder, options: Options) -> tuple[list[Sample], ranking.Qrels, int]:
    """The queries that have a relevant document, all judgements, and the lowest grade that counts as relevant."""
    qrels = folder.qrels()
    relevant = int(options.get("relevant", _lowest_relevant(qrels)))
    samples = folder.samples(options.get("group_by", "style"))
    return [s for s in samples if max(qrels.get(s.id, {"": 0}).values()) >= relevant], qrels, relevant


def _run(app: Application, name: str, samples: Sequence[Sample]) -> dict[str, list[str]]:
    rank = systems.ranking(app, name)
    return {sample.id: rank(sample.text) for sample in samples}


def _figures(samples: Sequence[Sample], scores: Mapping[str, Scores]) -> dict[str, dict[str, dict[str, object]]]:
    return {
        group: {
            name: {measure: bootstrap([found.get(i, 0.0) for i in ids]) for measure, found in values.items()}
            for name, values in scores.items()
        }
        for group, ids in groups(samples).items()
    }


def _differences(samples: Sequence[Sample], scores: Mapping[str, Scores], against: str) -> dict[str, object]:
    """What each other system gains over the one named, query by query."""
    if against not in scores:
        return {}
    gains = {
        group: {
            name: {
                measure: paired_difference(*([s[measure].get(i, 0.0) for i in ids] for s in (values, scores[against])))
                for measure in _COMPARED
            }
            for name, values in scores.items()
            if name != against
        }
        for group, ids in groups(samples).items()
    }
    return {f"against {against}": gains}


def groups(samples: Sequence[Sample]) -> dict[str, list[str]]:
    """Ids of queries by group."""
    return {name: [s.id for s in samples if s.group == name] for name in sorted({s.group for s in samples})}


def _write_queries(
    file: Path,
    samples: Sequence[Sample],
    runs: Mapping[str, Mapping[str, Sequence[str]]],
    scores: Mapping[str, Scores],
    qrels: ranking.Qrels,
) -> None:
    """One JSON line a query, the worst of the first system first: its scores and its first documents with grades."""
    first = scores[next(iter(runs))]["nDCG@10"]
    lines = []
    for sample in sorted(samples, key=lambda s: first.get(s.id, 0.0)):
        grades = qrels[sample.id]
        by_system = {
            name: {
                "scores": {measure: round(values.get(sample.id, 0.0), 4) for measure, values in scores[name].items()},
                "found": [[document, grades.get(document)] for document in run[sample.id][:_SHOWN]],
            }
            for name, run in runs.items()
        }
        row = {"id": sample.id, "group": sample.group, "text": sample.text, "relevant": grades, "systems": by_system}
        lines.append(json.dumps(row, ensure_ascii=False))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lowest_relevant(qrels: ranking.Qrels) -> int:
    return 2 if max(grade for grades in qrels.values() for grade in grades.values()) >= _GRADED else 1
