"""A share with its exact interval."""

from __future__ import annotations

from collections.abc import Sequence


def clopper_pearson(held: Sequence[bool], *, confidence: float = 0.95) -> dict[str, float | int]:
    """The share that held with its exact binomial interval (Clopper and Pearson, 1934), each in [0, 1]."""
    from scipy.stats import beta

    n, k = len(held), sum(held)
    if n == 0:
        return {"share": float("nan"), "low": 0.0, "high": 1.0, "held": 0, "n": 0}
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
    return {"share": round(k / n, 4), "low": round(low, 4), "high": round(high, 4), "held": k, "n": n}
