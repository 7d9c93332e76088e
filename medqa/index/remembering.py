"""An embedder that remembers the vectors of what it encoded lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from medqa.protocols import Embedder

_CAPACITY = 20_000  # vectors: 30 MB at 384 dimensions


class Remembering:
    """The same vectors as ``embedder``'s, safe to share between threads. Only for serving: a build reads texts once."""

    def __init__(self, embedder: Embedder, *, capacity: int = _CAPACITY) -> None:
        self.id = embedder.id
        self.dimension = embedder.dimension
        self.max_tokens = embedder.max_tokens
        self.languages = embedder.languages
        self._embedder = embedder
        self._capacity = capacity
        self._vectors: OrderedDict[tuple[bool, str], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        """Float32 vectors (n, dimension), each of length 1; what is new is encoded in one call."""
        found = self._remembered(texts, is_query)
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found |= zip(new, self._embedder.encode(new, is_query=is_query), strict=True)
            self._remember({text: found[text] for text in new}, is_query)
        return np.stack([found[text] for text in texts]) if texts else np.empty((0, self.dimension), np.float32)

    def _remembered(self, texts: Sequence[str], is_query: bool) -> dict[str, np.ndarray]:
        with self._lock:
            found = {text: self._vectors[is_query, text] for text in texts if (is_query, text) in self._vectors}
            for text in found:
                self._vectors.move_to_end((is_query, text))
        return found

    def _remember(self, vectors: dict[str, np.ndarray], is_query: bool) -> None:
        with self._lock:
            for text, vector in vectors.items():
                self._vectors[is_query, text] = vector.copy()  # a row would keep its whole batch alive
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
