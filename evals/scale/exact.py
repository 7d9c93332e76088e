"""Exact search over the vectors of a library with FAISS's flat index in single precision: the yardstick."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_TIMED = 25  # searches of one query each


@dataclass(frozen=True, slots=True)
class Exact:
    """The best rows (n, k) of each query, and the median milliseconds of one search on one thread."""

    rows: np.ndarray
    median_ms: float


def exact(vectors: Iterable[np.ndarray], queries: np.ndarray, k: int) -> Exact:
    """Searches everything. Takes four bytes a dimension and row."""
    import faiss

    index = faiss.IndexFlatIP(queries.shape[1])
    for batch in vectors:
        index.add(batch)
    spent = []
    for query in queries[:_TIMED]:
        began = time.perf_counter()
        index.search(query[None], k)
        spent.append((time.perf_counter() - began) * 1000)
    _, rows = index.search(queries, k)
    return Exact(rows=rows, median_ms=statistics.median(spent))


def recall(found: np.ndarray, true: np.ndarray) -> list[float]:
    """For each query the share of the true rows that were found."""
    return [len(set(a.tolist()) & set(b.tolist())) / len(b) for a, b in zip(found, true, strict=True)]
