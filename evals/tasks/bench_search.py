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
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.corpora import application
from evals.harness import BeirFolder, Options, Report
from evals.scale.stages import TimedSearch
from medqa.errors import UsageError
from medqa.index.embedding import embedding_text
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


def _search(app: Application, texts: Sequence[str]) -> dict[str, Any]:
    """Median milliseconds of whole searches and, by the mean, how much is spent outside the stages."""
    timed = TimedSearch(app)
    for text in texts[:_WARM_UP]:
        timed.search(text, _K)
    found = [timed.search(text, _K) for text in texts]
    stages: Counter[str] = Counter()
    for _, spent in found:
        stages.update(spent)
    return {
        "median_ms": round(statistics.median(total for total, _ in found), 2),
        "stages_ms": {name: round(spent / len(texts), 3) for name, spent in stages.items()},
        "total_over_stages": round(sum(total for total, _ in found) / sum(stages.values()), 3),
    }


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
