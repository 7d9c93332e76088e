"""Word scores and cosines made one score, and that score evened out between passages that say the same.

Numbers over at most a few hundred rows: some tenths of a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

WORDS = 0.3
"""Share of the word score, the rest being the cosine: Bruch, Gai and Ingber, "An analysis of fusion functions for
hybrid retrieval", TOIS 2023, where such a sum beats reciprocal ranks. Figures: docs/benchmarks/retrieval-quality.md."""

_SHARED = 0.4  # of a score, taken from the neighbours
_SHARPNESS = 10  # exponent of their cosines: near ones count, far ones do not
NEIGHBOURHOOD = 40
"""Best rows that share among each other."""


def blended(words: np.ndarray, cosines: np.ndarray, share: float = WORDS) -> np.ndarray:
    """One score (n,) of word scores in [0, 1] and cosines. Without a vector a passage is as near as its words are."""
    nearest = float(cosines.max(initial=0.0))
    near = np.where(cosines == 0, words * nearest, cosines)
    return share * words + (1 - share) * near


def relative(scores: Mapping[int, float], rows: Sequence[int]) -> np.ndarray:
    """The rows' scores (n,) divided by the best one, 0 for rows without."""
    best = max(scores.values(), default=1.0) or 1.0
    return np.array([scores.get(row, 0.0) / best for row in rows])


def evened(scores: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Scores (n,) best first, each drawn towards those of its nearest neighbours; ``vectors`` are of the first ones.

    Passages about the same matter deserve like scores: Diaz, "Regularizing ad hoc retrieval scores", CIKM 2005.
    Rows beyond the neighbourhood keep their order below it.
    """
    size = min(NEIGHBOURHOOD, len(scores))
    if size < 3:
        return scores
    head, near = scores[:size], _nearness(vectors[:size])
    totals = near.sum(axis=1)
    shared = np.where(totals > 0, near @ head / np.where(totals > 0, totals, 1), head)
    drawn = (1 - _SHARED) * head + _SHARED * shared
    gap = max(0.0, float(scores[size] - drawn.min())) if len(scores) > size else 0.0
    return np.concatenate([drawn, scores[size:] - gap])


def _nearness(vectors: np.ndarray) -> np.ndarray:
    products = np.einsum("id,jd->ij", vectors, vectors)  # ``@`` wakes a second thread, and waits where it is busy
    near: np.ndarray = np.clip(products, 0, 1) ** _SHARPNESS
    np.fill_diagonal(near, 0)
    return near
