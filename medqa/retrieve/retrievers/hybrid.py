"""Words and vectors in one ranking over both languages: the default.

The score is a sum of BM25, relative to the best, and cosine; passages about the same matter share theirs. Passages
in two languages have no common word score, so where both compete a passage loses by every topic of the question
that it does not name. An English question turns to Chinese passages only when the English ones at hand do not name
its topics. What each step is worth: docs/benchmarks/retrieval-quality.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from medqa.domain.conversation import Language, Query
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.protocols import Embedder, OpenSnapshot
from medqa.retrieve import blending, fusion, lexicon
from medqa.retrieve.candidates import DEPTH, Candidates
from medqa.retrieve.lexicon import Concept
from medqa.retrieve.wording import script, wording

_UNNAMED = 0.4  # what is left of a score when a passage names none of the topics
_FOREIGN = 0.7  # and when it is in the other language than the question
_POOL = 60  # passages weighed at least
_SHORTEST = 4  # letters of an English form that is looked for inside a text

_VECTORS, _WORDS = 0.8, 1.0  # of reciprocal ranks

Ranked = tuple[float, int, Passage, Metadata]


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of ranking, each of which an evaluation can leave out."""

    blends: bool = True  # else reciprocal rank fusion
    evens: bool = True
    collapses: bool = True


class Hybrid:
    """The retriever, safe to share between threads."""

    def __init__(
        self,
        snapshot: OpenSnapshot,
        embedder: Embedder,
        *,
        passages_per_document: int = 2,
        steps: Steps = Steps(),
    ) -> None:
        self._passages, self._passages_per_document = snapshot.passages, passages_per_document
        self._candidates, self._steps = Candidates(snapshot, embedder), steps

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits, best first; similarity is the cosine to the wording that the encoder reads."""
        rows = self._candidates.allowed(query.filters)
        if rows is not None and not len(rows):
            return []
        words = wording(query)
        depth = min(max(DEPTH, k), len(self._passages))
        vector = self._candidates.vector(words)
        dense = {} if vector is None else self._candidates.by_meaning(vector, rows, depth)
        english = self._candidates.by_words(words.text_in("en"), "en", query.filters, depth)
        scores = self._scores(vector, dense, [english])
        topics = [mention.concept for mention in lexicon.load().mentions(words.own) if mention.concept.is_topic]
        chinese: dict[int, float] = {}
        if words.language == "zh" or not self._is_covered(scores, topics, k):
            chinese = self._candidates.by_words(words.text_in("zh"), "zh", query.filters, depth)
            if not chinese and words.language == "zh":  # no passage says any of it so: then by what they call it
                chinese = self._candidates.by_words(words.synonyms, "zh", query.filters, depth)
        if chinese:
            ranked = self._weighed(self._scores(vector, dense, [english, chinese]), topics, words.language, k)
        else:
            ranked = self._in_order(scores, k)
        row_of: dict[str, int] = {}
        found = ((score, passage, metadata, dense.get(row)) for score, row, passage, metadata in _noted(ranked, row_of))
        hits = fusion.capped_hits(found, k, self._passages_per_document, collapses=self._steps.collapses)
        return self._candidates.with_sentences(hits, row_of, vector)

    def _scores(
        self, vector: np.ndarray | None, dense: Mapping[int, float], by_words: Sequence[Mapping[int, float]]
    ) -> dict[int, float]:
        """Every candidate row's score, from its words in either language and its vector."""
        if not self._steps.blends:
            lists = [(_VECTORS, list(dense)), *((_WORDS, list(found)) for found in by_words)]
            return fusion.reciprocal_rank(lists)
        rows = list(dict.fromkeys(row for found in (*by_words, dense) for row in found))
        if not rows:
            return {}
        words = np.max([blending.relative(found, rows) for found in by_words], axis=0)
        scores = blending.blended(words, self._candidates.cosines(rows, vector, dense))
        order = np.lexsort((np.array(rows), -scores))
        scores = scores[order]
        if self._steps.evens:
            head = [rows[place] for place in order[: blending.NEIGHBOURHOOD]]
            scores = blending.evened(scores, self._candidates.vectors(head))
        return {rows[place]: score for place, score in zip(order, scores.tolist(), strict=True)}

    def _is_covered(self, scores: dict[int, float], topics: Sequence[Concept], k: int) -> bool:
        """Whether one of the best ``k`` passages in English names every topic."""
        best = self._passages.fetch(fusion.best(scores)[:k]) if topics else []
        return not topics or any(_share_named(topics, *entry) == 1 for entry in best if script(entry[0].text) == "en")

    def _in_order(self, scores: dict[int, float], k: int) -> Iterator[Ranked]:
        """Those in English, or all where none is; in pages of ``2 * k``: the cap on a document seldom needs more."""
        rows, foreign = fusion.best(scores), list[Ranked]()
        for start in range(0, len(rows), 2 * k):
            page = rows[start : start + 2 * k]
            for row, (passage, metadata) in zip(page, self._passages.fetch(page), strict=True):
                if script(passage.text) == "en":
                    yield scores[row], row, passage, metadata
                else:
                    foreign.append((scores[row], row, passage, metadata))
        if len(foreign) == len(rows):
            yield from foreign

    def _weighed(
        self, scores: dict[int, float], topics: Sequence[Concept], language: Language, k: int
    ) -> Iterator[Ranked]:
        """The best rows in the order that they have after weighing."""
        pool = fusion.best(scores)[: max(_POOL, 4 * k)]
        found = dict(zip(pool, self._passages.fetch(pool), strict=True))
        weighed = {
            row: scores[row]
            * (_UNNAMED + (1 - _UNNAMED) * _share_named(topics, *entry))
            * (1 if script(entry[0].text) == language else _FOREIGN)
            for row, entry in found.items()
        }
        for row in fusion.best(weighed):
            yield weighed[row], row, *found[row]


plugin = Hybrid


def _noted(ranked: Iterable[Ranked], row_of: dict[str, int]) -> Iterator[Ranked]:
    """The same, each passage's row noted on the way."""
    for entry in ranked:
        row_of[entry[2].id] = entry[1]
        yield entry


def _share_named(topics: Sequence[Concept], passage: Passage, metadata: Metadata) -> float:
    """How many of the topics the passage or its title names, in [0, 1]; 1 when there are none.

    What a plain word tells of names it too: who keeps forgetting is spoken of where dementia is.
    """
    if not topics:
        return 1.0
    text = " ".join((metadata.title, *metadata.aliases, passage.section or "", passage.text)).lower()
    language = script(passage.text)
    called = [[topic, *lexicon.load().broader(topic)] for topic in topics]
    named = sum(
        any(_stands_in(form.lower(), text) for each in every for form in each.forms(language)) for every in called
    )
    return named / len(topics)


def _stands_in(form: str, text: str) -> bool:
    return form in text if len(form) >= _SHORTEST or not form.isascii() else f" {form} " in f" {text} "
