"""BM25 alone, over both languages: the baseline that needs no encoder."""

from __future__ import annotations

from medqa.domain.conversation import Query
from medqa.domain.passage import Hit
from medqa.protocols import Embedder, OpenSnapshot
from medqa.retrieve import fusion
from medqa.retrieve.candidates import DEPTH
from medqa.retrieve.wording import wording


class Lexical:
    """Ranks by words; a hit's similarity stays unknown."""

    def __init__(
        self, snapshot: OpenSnapshot, embedder: Embedder | None = None, *, passages_per_document: int = 2
    ) -> None:
        self._snapshot, self._per_document = snapshot, passages_per_document

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits by BM25 score."""
        words = wording(query)
        text = f"{words.own} {words.other}" if words.language == "zh" else words.own
        found = self._snapshot.lexical.search(text, max(k, DEPTH), filters=query.filters)
        passages = self._snapshot.passages.fetch([row for row, _ in found])
        ranked = ((score, *entry, None) for (_, score), entry in zip(found, passages, strict=True))
        return fusion.capped_hits(ranked, k, self._per_document)


plugin = Lexical
