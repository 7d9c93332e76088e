"""Words and vectors in one ranking over both languages: the default.

Each engine gives a list, the lists are fused by reciprocal rank, and what is left is weighed by how many of the
query's topics a passage names. Weights were chosen on BioASQ and LiveQA (evals/tasks/retrieval.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from medqa.domain.conversation import Query
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.protocols import Embedder, OpenSnapshot
from medqa.retrieve import fusion, lexicon
from medqa.retrieve.candidates import DEPTH, Candidates
from medqa.retrieve.wording import Wording, script, wording

_WORDS, _VECTORS = 1.0, 0.8
_CHINESE_WORDS = 2.0  # one list for Chinese passages, against two for English ones
_OTHER_LANGUAGE = 0.5
_UNNAMED = 0.5  # what is left of a score when a passage names none of the topics
_POOL = 3  # passages weighed for each hit wanted


class Hybrid:
    """The retriever, safe to share between threads."""

    def __init__(self, snapshot: OpenSnapshot, embedder: Embedder, *, passages_per_document: int = 2) -> None:
        self._snapshot, self._per_document = snapshot, passages_per_document
        self._candidates = Candidates(snapshot, embedder)

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits, best first; similarity is the cosine to the English or, where read, Chinese wording."""
        words = wording(query)
        rows = self._candidates.allowed(query.filters)
        if rows is not None and not len(rows):
            return []
        depth = max(DEPTH, k)
        dense = self._dense(words, rows, depth)
        fused = fusion.reciprocal_rank([(_VECTORS, list(dense)), *self._lexical(words, query, depth)])
        pool = fusion.best(fused)[: max(DEPTH, k * self._per_document * _POOL)]
        weighed = self._weighed(pool, fused, words)
        ranked = ((score, passage, metadata, dense.get(row)) for score, row, passage, metadata in weighed)
        return fusion.capped_hits(ranked, k, self._per_document)

    def _dense(self, words: Wording, rows: np.ndarray | None, depth: int) -> dict[int, float]:
        vector = self._candidates.vector(words.own if self._candidates.reads_chinese else words.text_in("en"))
        return {} if vector is None else self._candidates.by_meaning(vector, rows, depth)

    def _lexical(self, words: Wording, query: Query, depth: int) -> Iterator[tuple[float, Sequence[int]]]:
        english, chinese = words.text_in("en"), words.text_in("zh")
        own_is_chinese = words.language == "zh"
        yield _WORDS, self._candidates.by_words(english, "en", query.filters, depth)
        weight = _CHINESE_WORDS if own_is_chinese else _CHINESE_WORDS * _OTHER_LANGUAGE
        yield weight, self._candidates.by_words(chinese, "zh", query.filters, depth)

    def _weighed(
        self, pool: Sequence[int], fused: dict[int, float], words: Wording
    ) -> list[tuple[float, int, Passage, Metadata]]:
        topics = [m.concept for m in lexicon.load().mentions(words.own) if m.concept.is_topic]
        found = []
        for row, (passage, metadata) in zip(pool, self._snapshot.passages.fetch(pool), strict=True):
            score = fused[row] * _named(topics, passage, metadata)
            found.append((score, row, passage, metadata))
        return sorted(found, key=lambda entry: (-entry[0], entry[1]))


plugin = Hybrid


def _named(topics: Sequence[lexicon.Concept], passage: Passage, metadata: Metadata) -> float:
    """1 when the passage or its title names every topic, less for each that is missing."""
    if not topics:
        return 1.0
    text = " ".join((metadata.title, *metadata.aliases, passage.section or "", passage.text)).lower()
    language = script(text)
    named = sum(any(form.lower() in text for form in topic.forms(language)) for topic in topics)
    return _UNNAMED + (1 - _UNNAMED) * named / len(topics)
