"""Seconds spent in each stage of a search, told from outside by wrapping the parts."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from medqa.domain.conversation import Question
from medqa.registry import load
from medqa.retrieve.wording import script
from medqa.wiring import Application


class Clock:
    """Milliseconds by stage since the last ``take``, of the calling thread alone."""

    def __init__(self) -> None:
        self._local = threading.local()

    def add(self, stage: str, milliseconds: float) -> None:
        """Counts time towards a stage."""
        spent = self._local.__dict__
        spent[stage] = spent.get(stage, 0.0) + milliseconds

    def take(self) -> dict[str, float]:
        """What was counted; counting begins anew."""
        spent = dict(self._local.__dict__)
        self._local.__dict__.clear()
        return spent


class TimedPart:
    """A stand-in for a part: these methods of it are timed, all else is passed on."""

    def __init__(self, clock: Clock, stage: str, part: Any, methods: Sequence[str]) -> None:
        self._clock, self._stage, self._part, self._methods = clock, stage, part, methods

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name not in self._methods:
            return found

        def timed(*args: Any, **given: Any) -> Any:
            began = time.perf_counter()
            try:
                return found(*args, **given)
            finally:
                self._clock.add(self._stage, (time.perf_counter() - began) * 1000)

        return timed

    def __len__(self) -> int:
        return len(self._part)


class TimedSnapshot:
    """The parts of a snapshot, each timed."""

    def __init__(self, snapshot: Any, clock: Clock) -> None:
        self.id, self.manifest, self.sentences = snapshot.id, snapshot.manifest, snapshot.sentences
        self.vectors = TimedPart(clock, "vectors", snapshot.vectors, ["search", "reconstruct"])
        self.lexical = TimedPart(clock, "lexical", snapshot.lexical, ["search"])
        self.passages = TimedPart(clock, "passages", snapshot.passages, ["fetch", "rows_where"])


class TimedSearch:
    """The configured retriever over timed parts."""

    def __init__(self, application: Application) -> None:
        self.clock = Clock()
        self.understanding = TimedPart(self.clock, "understand", application.understanding, ["understand"])
        embedder = TimedPart(self.clock, "embed", application.embedder, ["encode"])
        snapshot = TimedSnapshot(application.snapshot, self.clock)
        self.retriever = load("medqa.retrieve.retrievers", application.settings.retriever)(snapshot, embedder)

    def search(self, text: str, k: int) -> tuple[float, dict[str, float]]:
        """Milliseconds of the whole and of each stage."""
        self.clock.take()
        began = time.perf_counter()
        query = self.understanding.understand(Question(text=text, language=script(text)))
        self.retriever.retrieve(query, k)
        return (time.perf_counter() - began) * 1000, self.clock.take()
