"""A retriever whose hits a reranker puts in their final order."""

from __future__ import annotations

from medqa.domain.conversation import Query
from medqa.domain.passage import Hit
from medqa.protocols import Reranker, Retriever

_DEEPER = 3  # times as many hits are found as are asked for


class Reranked:
    """Finds more hits than asked, reorders them and keeps the best."""

    def __init__(self, retriever: Retriever, reranker: Reranker) -> None:
        self._retriever, self._reranker = retriever, reranker

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits in the reranker's order."""
        return self._reranker.rerank(query, self._retriever.retrieve(query, _DEEPER * k))[:k]
