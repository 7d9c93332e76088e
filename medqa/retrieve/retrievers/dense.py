"""Nearest vectors alone: the baseline that reads meaning only."""

from __future__ import annotations

from medqa.domain.conversation import Query
from medqa.domain.passage import Hit
from medqa.protocols import Embedder, OpenSnapshot
from medqa.retrieve import fusion
from medqa.retrieve.candidates import DEPTH, Candidates
from medqa.retrieve.wording import wording


class Dense:
    """Ranks by cosine, which is both score and similarity of a hit."""

    def __init__(self, snapshot: OpenSnapshot, embedder: Embedder, *, passages_per_document: int = 2) -> None:
        self._snapshot, self._per_document = snapshot, passages_per_document
        self._candidates = Candidates(snapshot, embedder)

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits by cosine; a Chinese query goes in English to an encoder that reads no Chinese."""
        words = wording(query)
        vector = self._candidates.vector(words)
        if vector is None:
            return []
        found = self._candidates.by_meaning(vector, self._candidates.allowed(query.filters), max(k, DEPTH))
        passages = self._snapshot.passages.fetch(list(found))
        ranked = ((cosine, *entry, cosine) for cosine, entry in zip(found.values(), passages, strict=True))
        row_of = {passage.id: row for row, (passage, _) in zip(found, passages, strict=True)}
        return self._candidates.with_sentences(fusion.capped_hits(ranked, k, self._per_document), row_of, vector)


plugin = Dense
