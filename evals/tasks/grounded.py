"""Whether the configured chat model's answers rest on what they cite, and whether it refuses where nothing answers.

Without ``--data``: the 300 questions of ``evals/data/topics.jsonl``. With a BEIR folder: its queries that have
relevant documents. Each question is asked twice: as it is, and with its gold documents taken out of what is found.

Options: ``limit`` (questions, 0 for all), ``at_once`` (4), ``split`` (dev).

``written`` is what the model wrote, ``shown`` what was left of it after the claim check. The judge is the configured
verifier, the same that decides what is shown: ``shown`` is supported by construction, ``written`` is the measure.
Taken-out documents may have others beside them that answer too, so refusal recall has a ceiling below 1.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.asking import Asked, IsGold, ask_all
from evals.corpora import application as corpus_application
from evals.harness import BeirFolder, Options, Report, bootstrap
from evals.reporting import prompt_hashes
from evals.scorers.citations import CitationScore, Statement, score_citations
from evals.scorers.proportion import clopper_pearson
from medqa.domain.conversation import Question
from medqa.domain.language import language_of
from medqa.protocols import Verifier
from medqa.settings import load_settings
from medqa.wiring import Application, open_application

_STARTER = "medqa-starter/"
_GRADED = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """A question and which documents answer it."""

    question: Question
    is_gold: IsGold


class Grounded:
    """Citation recall and precision, fully supported and contradicted answers, refusals: with 95% intervals."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures for what was written and what was shown, by language."""
        limit = int(options.get("limit", "0")) or None
        if data is not None:
            folder = BeirFolder(data, options.get("split", "dev"))
            return _measured(corpus_application(folder, options), _beir_samples(folder)[:limit], options)
        with open_application(load_settings(home=options.get("home"))) as app:
            return _measured(app, _spread(_topic_samples(), limit), options)


plugin = Grounded


def _measured(app: Application, samples: Sequence[Sample], options: Options) -> Report:
    questions = [sample.question for sample in samples]
    at_once = int(options.get("at_once", "4"))
    asked = asyncio.run(ask_all(app, questions, at_once=at_once))
    bereft = asyncio.run(ask_all(app, questions, [sample.is_gold for sample in samples], at_once=at_once))
    judge = app.engine.parts.verifier
    languages = sorted({question.language for question in questions})
    chosen: dict[str, Callable[[Question], bool]] = {"all": lambda _: True}
    if len(languages) > 1:
        chosen |= {language: lambda q, language=language: q.language == language for language in languages}  # type: ignore[misc]
    report: Report = {
        "model": f"{app.engine.parts.chat_model.id}; encoder {app.embedder.id}",
        "judge": app.settings.verifier,
        "snapshot": app.snapshot.id,
        "prompts": prompt_hashes(),
        "questions": len(questions),
        "degraded": clopper_pearson([each.reply.provenance.degraded for each in [*asked, *bereft]]),
    }
    for name, fits in chosen.items():
        mine = [place for place, question in enumerate(questions) if fits(question)]
        report[name] = _figures([asked[i] for i in mine], [bereft[i] for i in mine], judge)
    return report


def _figures(asked: Sequence[Asked], bereft: Sequence[Asked], judge: Verifier) -> dict[str, Any]:
    refused = [each.answered is None for each in asked]
    rightly = [each.answered is None for each in bereft]
    return {
        "written": _grounding([each.written_statements() for each in asked], judge),
        "shown": _grounding([each.shown_statements() for each in asked], judge),
        "refusals": {
            "answered where gold is there": clopper_pearson([not each for each in refused]),
            "recall: refused where gold is gone": clopper_pearson(rightly),
            "precision: refusals where gold is gone": clopper_pearson([False] * sum(refused) + [True] * sum(rightly)),
            "of those not refused, fully supported by what they cite": clopper_pearson(
                [_score(each.shown_statements(), judge).is_fully_supported for each in bereft if each.answered]
            ),
        },
    }


def _grounding(answers: Sequence[Sequence[Statement]], judge: Verifier) -> dict[str, Any]:
    scores = [_score(statements, judge) for statements in answers if statements]
    precise = [score.precision for score in scores if score.precision is not None]
    return {
        "citation recall": bootstrap([score.recall for score in scores]),
        "citation precision": bootstrap(precise),
        "fully supported": clopper_pearson([score.is_fully_supported for score in scores]),
        "contradicted": clopper_pearson([score.is_contradicted for score in scores]),
        "sentences with a citation": clopper_pearson([bool(s.cited) for answer in answers for s in answer]),
    }


def _score(statements: Sequence[Statement], judge: Verifier) -> CitationScore:
    return score_citations(statements, judge)


def _topic_samples() -> list[Sample]:
    lines = files("evals").joinpath("data/topics.jsonl").read_text("utf-8").splitlines()
    return [_topic(json.loads(line)) for line in lines]


def _topic(row: dict[str, Any]) -> Sample:
    slugs = frozenset(row["slug"])

    def is_gold(document_id: str) -> bool:
        slug = document_id.rpartition("/")[2].removesuffix(".clinician")
        return document_id.startswith(_STARTER) and slug in slugs

    return Sample(Question(text=row["question"], language=row["language"]), is_gold)


def _beir_samples(folder: BeirFolder) -> list[Sample]:
    qrels = folder.qrels()
    lowest = 2 if max(g for grades in qrels.values() for g in grades.values()) >= _GRADED else 1
    found = []
    for sample in folder.samples("style"):
        gold = frozenset(d for d, grade in qrels.get(sample.id, {}).items() if grade >= lowest)
        if gold:
            found.append(Sample(Question(text=sample.text, language=language_of(sample.text)), gold.__contains__))
    return found


def _spread(samples: list[Sample], limit: int | None) -> list[Sample]:
    """At most ``limit`` samples, from all over the file."""
    return samples if limit is None else samples[:: max(1, len(samples) // limit)][:limit]
