"""Times search against the sum of its stages, and indexing against embedding alone; peak memory.

Options: ``queries`` (200) and ``documents`` (2000), how many of each to time. Times are wall-clock; read the ratios.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.corpora import application
from evals.harness import BeirFolder, Options, Report
from medqa.domain.conversation import Question
from medqa.errors import UsageError
from medqa.index.embedding import embedding_text
from medqa.registry import load
from medqa.retrieve.wording import script
from medqa.settings import load_settings
from medqa.wiring import Application, parts, upkeep

_K = 10
_WARM_UP = 20
_WINDOW = 4096
_TO_MB = 1024 if sys.platform != "darwin" else 1024**2  # ru_maxrss counts in kB, on macOS in bytes


class BenchSearch:
    """Ratios that hold on any machine: what MedQA adds to the parts that it is made of."""

    def run(self, data: Path | None, options: Options) -> Report:
        """``search``, ``indexing`` and ``peak_rss_mb``."""
        if data is None:
            raise UsageError("name a BEIR folder with --data", field="data")
        folder = BeirFolder(data)
        app = application(folder, options)
        texts = [sample.text for sample in folder.samples("style")][: int(options.get("queries", "200"))]
        return {
            "data": folder.path.name,
            "passages": len(app.snapshot.passages),
            "search": _search(app, texts),
            "indexing": _indexing(app, folder, int(options.get("documents", "2000"))),
            "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _TO_MB),
        }


plugin = BenchSearch


class _Clock:
    """Seconds spent inside the methods of wrapped stages."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def wrap(self, stage: str, part: Any, *methods: str) -> Any:
        """A stand-in for the part that times these methods."""
        return _Timed(self, stage, part, methods)

    @contextlib.contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began


class _Timed:
    def __init__(self, clock: _Clock, stage: str, part: Any, methods: Sequence[str]) -> None:
        self._clock, self._stage, self._part, self._methods = clock, stage, part, methods

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name not in self._methods:
            return found

        def timed(*args: Any, **given: Any) -> Any:
            with self._clock.timing(self._stage):
                return found(*args, **given)

        return timed

    def __len__(self) -> int:
        return len(self._part)


def _search(app: Application, texts: Sequence[str]) -> dict[str, Any]:
    """Median milliseconds of whole searches and, by the mean, how much is spent outside the stages."""
    clock = _Clock()
    snapshot, opened = app.snapshot, _Opened()
    opened.vectors = clock.wrap("vectors", snapshot.vectors, "search")
    opened.lexical = clock.wrap("lexical", snapshot.lexical, "search")
    opened.passages = clock.wrap("passages", snapshot.passages, "fetch", "rows_where")
    embedder = clock.wrap("embed", app.embedder, "encode")
    understanding = clock.wrap("understand", app.understanding, "understand")
    retriever = load("medqa.retrieve.retrievers", app.settings.retriever)(opened, embedder)
    totals: list[float] = []
    for place, text in enumerate([*texts[:_WARM_UP], *texts]):
        if place == len(texts[:_WARM_UP]):
            clock.seconds.clear()
            totals.clear()
        began = time.perf_counter()
        retriever.retrieve(understanding.understand(Question(text=text, language=script(text))), _K)
        totals.append(time.perf_counter() - began)
    stages = sum(clock.seconds.values())
    return {
        "median_ms": round(statistics.median(totals) * 1000, 2),
        "stages_ms": {name: round(spent / len(texts) * 1000, 3) for name, spent in clock.seconds.items()},
        "total_over_stages": round(sum(totals) / stages, 3),
    }


class _Opened:
    """The snapshot's parts, each timed."""

    vectors: Any
    lexical: Any
    passages: Any
    sentences: Any = None  # they play no part in ranking


def _indexing(app: Application, folder: BeirFolder, documents: int) -> dict[str, Any]:
    """Seconds from files to a published snapshot for the first documents, against embedding their passages alone."""
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus.jsonl"
        opener = gzip.open if folder.corpus.suffix == ".gz" else open
        with opener(folder.corpus, "rt", encoding="utf-8") as file:
            corpus.write_text("".join(itertools.islice(file, documents)), "utf-8")
        settings = load_settings(home=Path(scratch) / "home")
        began = time.perf_counter()
        upkeep.ingest(settings, [corpus], source_id="sample")
        indexing = time.perf_counter() - began
        with contextlib.closing(parts.library(settings)) as library:
            texts = [embedding_text(passage, metadata) for passage, metadata in library.passages()]
    began = time.perf_counter()
    for start in range(0, len(texts), _WINDOW):
        app.embedder.encode(texts[start : start + _WINDOW])
    embedding = time.perf_counter() - began
    return {
        "documents": documents,
        "passages": len(texts),
        "seconds": round(indexing, 2),
        "embedding_alone_seconds": round(embedding, 2),
        "ratio": round(indexing / embedding, 3),
    }
