"""What keeps a failing model server from harming its readers, and its readers' retries from harming the server.

A circuit breaker (Nygard, Release It!, 2nd ed. 2018) and a retry budget (Google, Site Reliability Engineering, 2016,
chapter 22).
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Opens after ``failures`` in a row; ``rest_s`` later one request at a time may try whether it works again."""

    def __init__(self, *, failures: int = 5, rest_s: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowed = failures
        self._rest_s = rest_s
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Whether requests are kept away from the server."""
        return self._opened_at is not None

    def admits(self) -> bool:
        """Whether a request may be made now; one that is must end in ``succeeded``, ``failed`` or ``left``."""
        if self._opened_at is None:
            return True
        if self._is_probing or self._clock() - self._opened_at < self._rest_s:
            return False
        self._is_probing = True
        return True

    def succeeded(self) -> None:
        """The server works: the count of failures begins anew."""
        self._failures, self._opened_at, self._is_probing = 0, None, False

    def failed(self) -> None:
        """One more failure in a row; a failed probe begins a new rest."""
        self._failures += 1
        if self._is_probing or self._failures >= self._allowed:
            self._opened_at = self._clock()
        self._is_probing = False

    def left(self) -> None:
        """The reader went away before it was known whether the server works."""
        self._is_probing = False


class RetryBudget:
    """Retries for at most ``ratio`` of the requests: a server in trouble sees 1 + ``ratio`` times them, no more."""

    def __init__(self, ratio: float = 0.1, *, most_saved: float = 10.0) -> None:
        self._ratio = ratio
        self._most_saved = most_saved
        self._saved = 0.0

    def earn(self) -> None:
        """Counts a request."""
        self._saved = min(self._saved + self._ratio, self._most_saved)

    def spend(self) -> bool:
        """Whether one request may be repeated; if so it is paid for."""
        if self._saved < 1.0 - 1e-9:
            return False
        self._saved -= 1.0
        return True
