"""What each step of ranking is worth: the default with one step left out, query by query, over one index.

Takes the data of ``retrieval``, or the 300 questions over the shipped articles. Options: those of ``retrieval``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals import systems
from evals.corpora import application, starter_application
from evals.harness import BeirFolder, Options, Report, Sample, bootstrap
from evals.scorers import ranking
from evals.scorers.paired import paired_difference
from evals.starter import StarterQuestions
from evals.tasks.retrieval import groups, judged
from medqa.domain.conversation import Query, Question
from medqa.retrieve.retrievers.hybrid import Hybrid, Steps
from medqa.retrieve.wording import script
from medqa.wiring import Application

_MEASURE = "nDCG@10"


def _as_it_is(query: Query) -> Query:
    return query


def _unread(query: Query) -> Query:
    """The message as typed: not reduced to its question, no synonyms, no other language."""
    return Query(text=query.text, standalone=query.text, language=query.language, filters=query.filters)


@dataclass(frozen=True, slots=True)
class Variant:
    """The default with something left out. ``per_document`` is how many passages of one document may be hits."""

    steps: Steps = field(default_factory=Steps)
    reading: Callable[[Query], Query] = _as_it_is
    per_document: int = 2


FULL = "all steps"
VARIANTS: Mapping[str, Variant] = {
    FULL: Variant(),
    "reciprocal ranks instead of a weighted sum": Variant(steps=Steps(blends=False)),
    "scores not shared between neighbours": Variant(steps=Steps(evens=False)),
    "repeats kept": Variant(steps=Steps(collapses=False)),
    "message taken as typed": Variant(reading=_unread),
    "one passage a document": Variant(per_document=1),
}


class RetrievalSteps:
    """nDCG@10 of each variant, and what leaving its step out costs."""

    def run(self, data: Path | None, options: Options) -> Report:
        """By group of queries: figures, and paired differences to the ranking with all steps."""
        folder = StarterQuestions() if data is None else BeirFolder(data, options.get("split", "dev"))
        options = {"sentence_vectors_up_to": "0", **options}
        app = application(folder, options) if isinstance(folder, BeirFolder) else starter_application(options)
        samples, qrels, relevant = judged(folder, options)
        scores = {
            name: ranking.score(_ranked(app, variant, samples), qrels, relevant=relevant)[_MEASURE]
            for name, variant in VARIANTS.items()
        }
        return {
            "data": folder.name,
            "snapshot": app.snapshot.id,
            "encoder": app.embedder.id,
            _MEASURE: {group: _figures(ids, scores) for group, ids in groups(samples).items()},
        }


plugin = RetrievalSteps


def _ranked(app: Application, variant: Variant, samples: Sequence[Sample]) -> dict[str, list[str]]:
    retriever = Hybrid(app.snapshot, app.embedder, passages_per_document=variant.per_document, steps=variant.steps)
    found = {}
    for sample in samples:
        query = app.understanding.understand(Question(text=sample.text, language=script(sample.text)))
        found[sample.id] = systems.documents(retriever.retrieve(variant.reading(query), systems.DEPTH))
    return found


def _figures(ids: Sequence[str], scores: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, object]]:
    values = {name: [found.get(i, 0.0) for i in ids] for name, found in scores.items()}
    return {
        name: {_MEASURE: bootstrap(own), "against all steps": paired_difference(own, values[FULL])}
        for name, own in values.items()
    }
