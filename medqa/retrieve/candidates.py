"""Ranked lists of rows from the two engines, filters applied inside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from medqa.domain.conversation import Language
from medqa.domain.passage import Hit
from medqa.protocols import Embedder, Filters, OpenSnapshot
from medqa.retrieve.wording import Wording

DEPTH = 200  # rows taken from each engine
_LEAST_COSINE = 0.1  # below it a vector says nothing; passages without a vector score 0


class Candidates:
    """What each engine of one snapshot finds."""

    def __init__(self, snapshot: OpenSnapshot, embedder: Embedder) -> None:
        self._snapshot, self._embedder = snapshot, embedder

    @property
    def reads_chinese(self) -> bool:
        """Whether the encoder understands Chinese."""
        return not self._embedder.languages or "zh" in self._embedder.languages

    def by_words(self, text: str, language: Language | None, filters: Filters, depth: int = DEPTH) -> dict[int, float]:
        """BM25 score by row, best first."""
        if not text.strip():
            return {}
        return dict(self._snapshot.lexical.search(text, depth, language=language, filters=filters))

    def by_meaning(self, vector: np.ndarray, rows: np.ndarray | None, depth: int = DEPTH) -> dict[int, float]:
        """Cosine by row, best first, among ``rows`` if given."""
        scores, found = self._snapshot.vectors.search(vector, depth, rows=rows)
        each = zip(scores[0].tolist(), found[0].tolist(), strict=True)
        return {row: score for score, row in each if row >= 0 and score >= _LEAST_COSINE}

    def cosines(self, rows: Sequence[int], vector: np.ndarray | None, known: Mapping[int, float]) -> np.ndarray:
        """Cosines (n,) of some rows to the query's vector; those that a search has not told are worked out."""
        found = np.array([known.get(row, 0.0) for row in rows], np.float32)
        missing = [place for place, row in enumerate(rows) if row not in known]
        if vector is not None and missing:
            vectors = self.vectors([rows[place] for place in missing])
            found[missing] = np.einsum("id,d->i", vectors, vector[0])  # too short for the threads of ``@``
        return found

    def vectors(self, rows: Sequence[int]) -> np.ndarray:
        """Stored vectors (n, dim) of some rows; of a passage that the encoder cannot read it is zero."""
        return self._snapshot.vectors.reconstruct(np.array(rows, np.int64))

    def with_sentences(self, hits: Sequence[Hit], row_of: Mapping[str, int], vector: np.ndarray | None) -> list[Hit]:
        """The hits, each told how near its sentences are to the query; as they are where that is not known."""
        if vector is None or self._snapshot.sentences is None:
            return list(hits)
        known = self._snapshot.sentences.similarities(vector, [row_of[hit.passage.id] for hit in hits])
        return [replace(hit, sentences=each) for hit, each in zip(hits, known, strict=True)]

    def vector(self, words: Wording) -> np.ndarray | None:
        """The query's vector (1, dim), or ``None`` for no words.

        A Chinese query goes in its lexicon's English words, together with its own where the encoder reads Chinese: the
        mean is as good as the better of the two, which of them that is differs (docs/benchmarks/retrieval-quality.md).
        """
        english = words.text_in("en")
        texts = [english] if words.language == "en" or not self.reads_chinese else [words.own, english]
        texts = [text for text in texts if text.strip()]
        if not texts:
            return None
        mean: np.ndarray = self._embedder.encode(texts, is_query=True).mean(axis=0, keepdims=True)
        unit: np.ndarray = mean / np.linalg.norm(mean)
        return unit

    def allowed(self, filters: Filters) -> np.ndarray | None:
        """Rows that pass the filters; ``None`` means all."""
        return self._snapshot.passages.rows_where(filters) if filters else None
