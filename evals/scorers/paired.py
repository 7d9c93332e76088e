"""Whether one system is better than another over the same queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_BLOCKS, _BLOCK = 20, 500  # 10,000 resamples, some at a time


def paired_difference(ours: Sequence[float], theirs: Sequence[float], *, seed: int = 0) -> dict[str, float]:
    """The mean of ``ours - theirs`` with its 95% interval, and ``p`` of a two-sided randomisation test.

    Interval: percentile bootstrap over queries. Test: signs of the differences flipped at random (Smucker, Allan
    and Carterette, CIKM 2007). Raises ValueError when the two differ in length or are empty.
    """
    import numpy as np

    differences = np.array([a - b for a, b in zip(ours, theirs, strict=True)])
    if not len(differences):
        raise ValueError("there is no query to compare on")
    dice, found = np.random.default_rng(seed), float(differences.mean())
    means = np.concatenate([_resampled(differences, dice) for _ in range(_BLOCKS)])
    flipped = np.concatenate([_flipped(differences, dice) for _ in range(_BLOCKS)])
    as_far = int((np.abs(flipped) >= abs(found) - 1e-12).sum())
    low, high = (float(edge) for edge in np.percentile(means, (2.5, 97.5)))
    return {
        "difference": round(found, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "p": round((as_far + 1) / (_BLOCKS * _BLOCK + 1), 4),
        "n": len(differences),
    }


def _resampled(differences: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    drawn: np.ndarray = differences[dice.integers(0, len(differences), (_BLOCK, len(differences)))]
    means: np.ndarray = drawn.mean(axis=1)
    return means


def _flipped(differences: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    means: np.ndarray = (dice.choice((-1.0, 1.0), (_BLOCK, len(differences))) * differences).mean(axis=1)
    return means
