"""Trains the second layer of the guards on sentences that were written for it, and says how it meets unseen ones.

Options: ``write`` (no or yes): whether the weights and their card replace the shipped ones. Learned from: every file
of ``evals/data/guards_training``, the attacks of ``evals/data/guards``, the first three rounds of
``evals/data/guards_fresh``, and the sentences of the starter articles, which are all honest. Each sentence is judged
by a model that did not learn from it; the threshold is the lowest at which few honest sentences are lost. Later
rounds are measured with ``medqa eval guards``. Needs scikit-learn.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.harness import Options, Report
from evals.scorers.proportion import clopper_pearson
from evals.softmax import Linear, digest, fitted, out_of_fold, stacked
from medqa.safety.guards._classifier.features import seen
from medqa.safety.guards._classifier.model import CARD, HONEST, WEIGHTS

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_ROOT = Path(__file__).resolve().parents[2]
_DATA = _ROOT / "evals" / "data"
_LEARNED_ROUNDS = ("first", "second", "third")
_KINDS = {"method": "harm", "link": HONEST}
"""How the guards' own sets call what is a kind of ours; links are another guard's."""
_FOLDS = 5
_STRENGTH = 30.0
_STEPS = 50
_MOST_LOST = {"article": 0.005, "kept": 0.02, "near": 0.1}
"""Of each group of honest sentences, the share that may be lost: of articles, of the fresh rounds, and of those that
were written to lie as near to harm as honest sentences can, of which the rules lost 9% as well."""
_FOOTNOTE = re.compile(r"\s*\[\^[^\]]+\]")
_BULLET = re.compile(r"^[-*\s]+")
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_NO_SENTENCE = re.compile(r"^(?:[a-z_]+:|---|\[\^|\||#)")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence and what it is: a kind of harm, or honest. ``group`` says where it stands."""

    text: str
    kind: str
    language: str
    group: str


class GuardClassifier:
    """Fits, sets the threshold, and with ``write`` keeps the weights."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Shares caught and lost out of fold, with Clopper-Pearson intervals, at the chosen threshold."""
        learned = rows_learned()
        features = stacked(seen(row.text) for row in learned)
        probabilities = out_of_fold(
            [row.text for row in learned],
            features,
            HONEST,
            folds=_FOLDS,
            fit=lambda chosen: fit([learned[i] for i in chosen], features[chosen]),
        )
        threshold = lowest(learned, probabilities)
        report: Report = {
            "learned_from": {"harmful": sum(r.kind != HONEST for r in learned), "rows": len(learned)},
            "threshold": threshold,
            "out_of_fold": shares(learned, probabilities, threshold),
        }
        if options.get("write", "no") == "yes":
            _write(fit(learned, features), report, learned)
        return report


plugin = GuardClassifier


def rows_learned() -> list[Row]:
    """Every sentence that is learned from, each once."""
    every = [*_by_hand(), *_attacks(), *_rounds(), *_cards(), *_reworded(), *_articles()]
    return list({row.text: row for row in reversed(every)}.values())[::-1]


def _by_hand() -> Iterator[Row]:
    for path in sorted((_DATA / "guards_training").glob("*.txt")):
        kind, language, _ = path.name.split(".")
        group = "near" if kind == HONEST else "harmful"
        for line in path.read_text("utf-8").splitlines():
            yield Row(line, kind, language, f"{group} {language}")


def _attacks() -> Iterator[Row]:
    """What the attacks of the guards' own set want said."""
    for path in sorted((_DATA / "guards").glob("attacks.*.jsonl")):
        for raw in map(json.loads, path.read_text("utf-8").splitlines()):
            if raw["kind"] in {"dose", "change", "posing", "method"}:
                kind = _KINDS.get(raw["kind"], raw["kind"])
                yield Row(raw["forbidden"], kind, raw["language"], f"attack {raw['language']}")


def _rounds() -> Iterator[Row]:
    for name in _LEARNED_ROUNDS:
        for path in sorted((_DATA / "guards_fresh" / name).glob("*.jsonl")):
            for raw in map(json.loads, path.read_text("utf-8").splitlines()):
                kind = _KINDS.get(raw.get("kind", HONEST), raw.get("kind", HONEST))
                group = "kept" if kind == HONEST else "fresh"
                yield Row(raw["says"], kind, raw["language"], f"{group} {raw['language']}")


def _cards() -> Iterator[Row]:
    """What MedQA's own cards and lines tell people."""
    held: list[tuple[str, str]] = []
    for path in sorted((_ROOT / "medqa" / "safety" / "actions").glob("*.toml")):
        card = tomllib.loads(path.read_text("utf-8"))
        held += [(language, card[part][language]) for part in ("headline", "action") for language in ("en", "zh")]
    lines = tomllib.loads((_ROOT / "medqa" / "answer" / "data" / "texts.toml").read_text("utf-8"))
    held += [(language, line) for language, named in lines.items() for line in named.values()]
    for language, text in held:
        for sentence in filter(str.strip, _SENTENCES.split(text)):
            yield Row(sentence.strip(), HONEST, language, f"card {language}")


def _reworded() -> Iterator[Row]:
    """What articles say, in other words."""
    for raw in map(json.loads, (_DATA / "claims" / "reworded.jsonl").read_text("utf-8").splitlines()):
        yield Row(raw["claim"], HONEST, raw["language"], f"reworded {raw['language']}")


def _articles() -> Iterator[Row]:
    """The sentences and list items of the starter articles."""
    for path in sorted((_ROOT / "knowledge_base" / "medqa-starter" / "files").rglob("*.md")):
        language = path.parent.name
        for line in path.read_text("utf-8").splitlines():
            if _NO_SENTENCE.match(line):
                continue
            plain = _BULLET.sub("", _FOOTNOTE.sub("", line)).strip()
            for sentence in _SENTENCES.split(plain):
                if sentence.strip():
                    yield Row(sentence.strip(), HONEST, language, f"article {language}")


def fit(learned: Sequence[Row], features: csr_matrix) -> Linear:
    """The regression on all of these rows, as eight-bit weights hold it."""
    kinds = [row.kind for row in learned]
    return fitted(features, kinds, strength=_STRENGTH, steps=_STEPS).rounded()


def lowest(learned: Sequence[Row], probabilities: np.ndarray) -> float:
    """The lowest threshold, in hundredths, at which no group of honest sentences loses more than it may."""
    least = 0.0
    for name, most in _MOST_LOST.items():
        here = [p for row, p in zip(learned, probabilities, strict=True) if row.group.split()[0] == name]
        least = max(least, float(np.quantile(here, 1.0 - most)))
    return math.ceil(100 * least) / 100


def shares(measured: Sequence[Row], probabilities: np.ndarray, threshold: float) -> dict[str, Any]:
    """For each group and kind, the share at or above the threshold."""
    shown: dict[str, Any] = {}
    for group, kind in sorted({(row.group, row.kind) for row in measured}):
        here = [p for row, p in zip(measured, probabilities, strict=True) if (row.group, row.kind) == (group, kind)]
        name = group if kind == HONEST else f"{group} {kind}"
        shown[name] = clopper_pearson([bool(p >= threshold) for p in here])
    return shown


def _write(model: Linear, report: Report, learned: Sequence[Row]) -> None:
    sha256 = digest((row.kind, row.text) for row in learned)
    card = {
        "what": "Softmax regression over hashed words, characters and groups of words; English and Chinese.",
        "learned_from": {**report["learned_from"], "sha256": sha256},
        "made_by": "medqa eval guard_classifier -o write=yes",
        "limits": "Sentences were written for MedQA; no clinician has reviewed their kinds.",
        "classes": list(model.classes),
        "threshold": report["threshold"],
        "out_of_fold": report["out_of_fold"],
    }
    model.keep(WEIGHTS, CARD, card)
