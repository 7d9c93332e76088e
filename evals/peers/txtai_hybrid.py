"""txtai's hybrid search: its own BM25 and its vectors, half and half, as ``Embeddings(hybrid=True)`` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evals.peers._passages import Passages


class TxtaiHybrid:
    """The passages' vectors are given to it; queries are encoded as for the other peers."""

    def __init__(self, passages: Passages) -> None:
        from txtai import Embeddings

        vectors, encode = passages.vectors, passages.encode_query
        waiting = iter(range(len(passages.texts)))
        is_indexed = False

        def transform(texts: Sequence[str]) -> np.ndarray:
            if is_indexed:
                return np.vstack([encode(text) for text in texts])
            return vectors[[next(waiting) for _ in texts]]

        self._embeddings: Any = Embeddings(method="external", transform=transform, hybrid=True)
        self._embeddings.index((row, text, None) for row, text in enumerate(passages.texts))
        is_indexed = True

    def search(self, text: str, k: int) -> list[int]:
        """Rows of passages, best first."""
        return [int(row) for row, _ in self._embeddings.search(text, k)]


plugin = TxtaiHybrid
