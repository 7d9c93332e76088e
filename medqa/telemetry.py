"""Log set-up, request ids and timings. Question text is never logged."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
import time
import uuid
from collections.abc import Iterator
from contextvars import ContextVar

# What JSON leaves as it is and a terminal or a reader of lines obeys: C1 controls, line separators, bidi marks.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")

request_id: ContextVar[str] = ContextVar("request_id", default="-")
caller: ContextVar[str] = ContextVar("caller", default="")
"""Who asks, as far as a door knows: an address. Kept out of every log; the audit log keeps a keyed hash of it."""


class _JsonFormatter(logging.Formatter):
    """One JSON object a line: control characters of a message cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": request_id.get(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(entry, ensure_ascii=False))


def configure_logging(level: str) -> None:
    """Sends MedQA's logs to stderr as JSON lines. Called once, by the edge."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter())
    logger = logging.getLogger("medqa")
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False


def new_id() -> str:
    """A fresh request id: 32 hexadecimal characters."""
    return uuid.uuid4().hex


class Stopwatch:
    """Milliseconds spent in named stages.

    >>> watch = Stopwatch()
    >>> with watch.stage("retrieve"): ...
    >>> watch.timings_ms()["retrieve"]  # doctest: +SKIP
    """

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time spent inside to the stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + time.perf_counter() - began

    def mark(self, name: str) -> None:
        """Keeps the time since the beginning at which something first happened."""
        self._stages.setdefault(name, time.perf_counter() - self._began)

    def spent_s(self, name: str) -> float:
        """Seconds spent in a stage so far, each time that it was entered and left."""
        return self._stages.get(name, 0.0)

    def timings_ms(self) -> dict[str, float]:
        """Each stage, each mark and ``total``, in milliseconds, to a microsecond."""
        total = time.perf_counter() - self._began
        return {name: round(seconds * 1000, 3) for name, seconds in [*self._stages.items(), ("total", total)]}
