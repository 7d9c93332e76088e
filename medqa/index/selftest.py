"""The self-test of a snapshot: a question cut from a passage must find that passage's document again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from medqa.index.embedding import embedding_text
from medqa.index.manifest import SelfTest
from medqa.protocols import Embedder

if TYPE_CHECKING:
    from medqa.protocols import OpenSnapshot

_CANDIDATES = 16
_LONGEST = 400  # characters of the question
_DEPTH = 10
_KINDS: tuple[Literal["vectors", "words"], ...] = ("vectors", "words")
_LEAST_COSINE = 0.5


def choose(snapshot: OpenSnapshot, embedder: Embedder, passages: int) -> SelfTest | None:
    """The first candidate, spread over the corpus, that the snapshot passes; ``None`` when there is none."""
    rows = np.linspace(0, passages - 1, min(_CANDIDATES, passages)).astype(int).tolist()
    found = [
        (embedding_text(passage, metadata)[:_LONGEST], passage.document_id)
        for passage, metadata in snapshot.passages.fetch(rows)
    ]
    tests = (
        SelfTest(question=question, document_id=document_id, by=by) for by in _KINDS for question, document_id in found
    )
    return next((test for test in tests if passes(test, snapshot, embedder)), None)


def passes(test: SelfTest, snapshot: OpenSnapshot, embedder: Embedder) -> bool:
    """Whether the document is among the best passages for the question."""
    rows = _by_vectors(test, snapshot, embedder) if test.by == "vectors" else _by_words(test, snapshot)
    return any(passage.document_id == test.document_id for passage, _ in snapshot.passages.fetch(rows))


def _by_vectors(test: SelfTest, snapshot: OpenSnapshot, embedder: Embedder) -> list[int]:
    scores, rows = snapshot.vectors.search(embedder.encode([test.question], is_query=True), _DEPTH)
    pairs = zip(scores[0], rows[0], strict=True)
    return [int(row) for score, row in pairs if row >= 0 and score >= _LEAST_COSINE]


def _by_words(test: SelfTest, snapshot: OpenSnapshot) -> list[int]:
    return [row for row, _ in snapshot.lexical.search(test.question, _DEPTH)]
