"""The ratio of two means over the same samples, with its interval."""

from __future__ import annotations

import random
from collections.abc import Sequence

_RESAMPLES = 2000


def ratio_of_means(above: Sequence[float], below: Sequence[float], *, seed: int = 0) -> dict[str, float]:
    """``mean(above) / mean(below)`` with its 95% interval; samples are resampled in pairs (percentile bootstrap).

    Raises ValueError when the two differ in length or ``below`` has no positive value.
    """
    pairs = list(zip(above, below, strict=True))
    if sum(below) <= 0:
        raise ValueError("the values below the line sum to zero")
    dice = random.Random(seed)
    found: list[float] = []
    while len(found) < _RESAMPLES:
        drawn = dice.choices(pairs, k=len(pairs))
        if (divisor := sum(low for _, low in drawn)) > 0:
            found.append(sum(high for high, _ in drawn) / divisor)
    found.sort()
    low, high = found[int(_RESAMPLES * 0.025)], found[int(_RESAMPLES * 0.975)]
    return {"ratio": round(sum(above) / sum(below), 4), "low": round(low, 4), "high": round(high, 4), "n": len(pairs)}
