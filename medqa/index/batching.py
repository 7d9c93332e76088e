"""Batches of texts of like length, so that little time goes into padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np


def by_length(lengths: Sequence[int], *, max_texts: int, max_tokens: int) -> Iterator[np.ndarray]:
    """Positions of texts, longest first, in batches of at most ``max_texts`` and ``max_tokens`` after padding."""
    order = np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable")
    start = 0
    while start < len(order):
        longest = max(1, lengths[order[start]])
        size = max(1, min(max_texts, max_tokens // longest))
        yield order[start : start + size]
        start += size
