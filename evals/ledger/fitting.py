"""Fits the weights of support on the dev half: logistic regression over the measures of claims that nothing vetoes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.ledger.samples import Sample
from medqa.answer.ledger.support import MEASURES
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.passage import Passage
from medqa.wiring.vocabulary import vocabulary

_RIDGE = 0.02
_MONOTONE_UP = ("covered", "named", "ordered", "spelled", "about", "amounts")


def fit(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Weights by table of ``medqa/answer/data/support.toml``; what speaks for a claim is never weighed against it."""
    rows: dict[str, list[tuple[list[float], bool]]] = {"same_language": [], "other_language": []}
    judge = Lexical(vocabulary)
    for sample in samples:
        cited = [_passage(sample, n) for n in sample.marks if n <= len(sample.hits)]
        judged = judge.judge(sample.claim, cited or [hit.passage for hit in sample.hits[:3]])
        if judged.measures and not judged.differs and sample.kind != "verbatim":
            table = "same_language" if sample.language == sample.hits[0].passage.language else "other_language"
            rows[table].append(([judged.measures[name] for name in MEASURES], sample.is_true))
    return {table: _logistic(*map(np.array, zip(*found, strict=True))) for table, found in rows.items()}


def written(weights: dict[str, dict[str, float]], path: Path) -> None:
    """Writes the weights under the file's own head."""
    head = path.read_text("utf-8").split("[same_language]")[0] if path.exists() else ""
    tables = [f"[{name}]\n" + "\n".join(f"{k} = {v:.3f}" for k, v in table.items()) for name, table in weights.items()]
    text = head + "\n\n".join(tables) + "\n"
    tomllib.loads(text)
    path.write_text(text, "utf-8")


def _passage(sample: Sample, n: int) -> Passage:
    from dataclasses import replace

    hit = sample.hits[n - 1]
    return replace(hit.passage, section=f"{hit.metadata.title} · {hit.passage.section or ''}")


def _logistic(features: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Ridge-penalised weights, both classes weighing the same."""
    from scipy.optimize import minimize

    balance = np.where(labels, 0.5 / max(labels.sum(), 1), 0.5 / max((~labels).sum(), 1))

    def loss(w: np.ndarray) -> float:
        odds = w[0] + features @ w[1:]
        return float(
            (balance * np.logaddexp(0.0, np.where(labels, -odds, odds))).sum() + _RIDGE / 100 * (w[1:] ** 2).sum()
        )

    up = [(0.0, None) if name in _MONOTONE_UP else (None, 0.0) for name in MEASURES]
    found = minimize(loss, np.zeros(len(MEASURES) + 1), method="L-BFGS-B", bounds=[(None, None), *up]).x
    return {"constant": float(found[0]), **dict(zip(MEASURES, map(float, found[1:]), strict=True))}
