"""Exact search by inner product over half-precision vectors: the best up to some ten thousand passages.

Half precision scans three times as fast as single, in half the space; of unit vectors the cosine keeps three
decimals.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from medqa.index.stored_vectors import RowVectors, batches
from medqa.index.vector_indexes import _faiss

_COPIED = 16_384  # rows copied to a GPU at a time


class FaissFlat:
    """An index opened from a file by mapping it into memory."""

    metric = "inner_product"
    filename = _faiss.FILENAME

    def __init__(self, path: Path, *, device: str = "cpu") -> None:
        self._faiss = _faiss.library()
        self._index: Any = _faiss.opened(path)
        self._gpu = _faiss.on_gpu(self._batches(), int(self._index.d)) if device == "cuda" else None

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @staticmethod
    def write(path: Path, vectors: RowVectors) -> None:
        """Makes the file from unit vectors (n, dim), row by row."""
        faiss = _faiss.library()
        index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        for batch in batches(vectors):
            index.add(batch)
        _faiss.save(index, path)

    def search(self, queries: np.ndarray, k: int, *, rows: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Scores (n, k) float32 and rows (n, k) int64, best first, padded with row -1; among ``rows`` if given."""
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if self._gpu is not None and rows is None:
            return _faiss.search(self._gpu, queries, k)
        params = None if rows is None else self._faiss.SearchParameters(sel=_faiss.selector(rows, len(self)))
        return _faiss.search(self._index, queries, k, params)

    def _batches(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self), _COPIED):
            yield self._index.reconstruct_n(start, min(_COPIED, len(self) - start))

    def reconstruct(self, rows: np.ndarray) -> np.ndarray:
        """The stored vectors (n, dim) float32 of some rows."""
        vectors: np.ndarray = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return vectors


plugin = FaissFlat
