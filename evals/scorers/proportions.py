"""Shares with exact intervals, for outcomes that are yes or no."""

from __future__ import annotations

from collections.abc import Iterable


def share(outcomes: Iterable[bool]) -> dict[str, float]:
    """The share that is true with its 95% Clopper-Pearson interval (Biometrika 1934) and the count."""
    from scipy.stats import beta

    values = list(outcomes)
    n, hits = len(values), sum(values)
    if not n:
        return {"share": float("nan"), "low": 0.0, "high": 1.0, "n": 0}
    low = float(beta.ppf(0.025, hits, n - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, n - hits)) if hits < n else 1.0
    return {"share": round(hits / n, 4), "low": round(low, 4), "high": round(high, 4), "n": n}
