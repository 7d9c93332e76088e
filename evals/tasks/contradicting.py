"""Is a source that says the opposite of a statement found, and are honest sources left in peace?

Statements are cut from the shipped articles (or, with --data DIR, from a BEIR corpus) and turned round by negation or
comparison: the article then denies them. True ones are asked as they stand, their own document counting as cited.
Options: ``limit`` (statements of each kind, 300), ``documents`` (of a corpus to cut from, 400), ``seed`` (0).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from evals.corpora import application, starter_application
from evals.harness import BeirFolder, Options, Report
from evals.ledger.samples import Sample, samples
from evals.ledger.shelf import corpus_articles, starter_articles
from evals.scorers.proportion import clopper_pearson
from medqa.domain.conversation import Query
from medqa.domain.language import language_of
from medqa.protocols import Retriever
from medqa.retrieve.contradicting import Contradicting
from medqa.wiring import parts

_TURNED = ("negation", "comparison")
_TRUE = ("verbatim", "reworded", "shortened")
_DEPTH = 8


class ContradictingEvidence:
    """Shares with 95% intervals: the denying passage among the first eight, by words and by the default search; turned
    statements that a reader is warned of; true ones with a false warning, which are listed."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures by kind of statement."""
        corpus = BeirFolder(data) if data is not None else None
        options = {"sentence_vectors_up_to": "0", **options}
        app = application(corpus, options) if corpus else starter_application(options)
        by_words, contradictions = Contradicting(app.snapshot), parts.contradictions(app.snapshot)
        made = _statements(corpus, options)
        turned = {kind: [s for s in made if s.kind == kind] for kind in _TURNED}
        true = [s for s in made if s.kind in _TRUE]
        warned = [(s, contradictions.of(s.claim, _own(s, by_words))) for s in true]
        return {
            "data": corpus.name if corpus else "starter",
            "snapshot": app.snapshot.id,
            "turned": {
                kind: {
                    "found by words": clopper_pearson([_is_found(s, by_words) for s in own]),
                    "found by the default search": clopper_pearson([_is_found(s, app.retriever) for s in own]),
                    "warned of": clopper_pearson([contradictions.of(s.claim, []) is not None for s in own]),
                }
                for kind, own in turned.items()
                if own
            },
            "true, warned of": clopper_pearson([found is not None for _, found in warned]),
            "false warnings": [{"statement": s.claim, "otherwise": f.quote} for s, f in warned if f is not None],
        }


plugin = ContradictingEvidence


def _statements(corpus: BeirFolder | None, options: Options) -> list[Sample]:
    """At most ``limit`` of each kind, drawn from all; true ones count as one kind."""
    limit, seed = int(options.get("limit", "300")), int(options.get("seed", "0"))
    articles = corpus_articles(corpus.path, int(options.get("documents", "400"))) if corpus else starter_articles()
    made = [s for s in samples(articles, own=corpus is None, seed=seed) if len(s.hits) == 1]
    chosen: list[Sample] = []
    for kinds in (*((kind,) for kind in _TURNED), _TRUE):
        own = [s for s in made if s.kind in kinds and s.language == s.hits[0].passage.language]
        chosen += random.Random(seed).sample(own, min(limit, len(own)))
    return chosen


def _query(text: str) -> Query:
    return Query(text=text, standalone=text, language=language_of(text))


def _is_found(sample: Sample, retriever: Retriever) -> bool:
    wanted = sample.hits[0].passage.text
    return any(hit.passage.text == wanted for hit in retriever.retrieve(_query(sample.claim), _DEPTH))


def _own(sample: Sample, retriever: Retriever) -> Sequence[str]:
    """Ids of the documents that hold the statement's own passage, as an answer would cite them."""
    wanted = sample.hits[0].passage.text
    hits = retriever.retrieve(_query(sample.hits[0].passage.text), _DEPTH)
    return [hit.passage.document_id for hit in hits if hit.passage.text == wanted]
