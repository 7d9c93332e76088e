"""Measures searching one home, in a process of its own: ``python -m evals.scale.probe HOME QUERIES.json OUT.npz``.

Prints JSON: opening, memory, milliseconds of each stage and of the whole, throughput of one searcher and of eight.
The nearest rows of each query go to OUT.npz for the caller to compare with exact ones.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from evals.scale.stages import TimedSearch
from medqa.domain.conversation import Question
from medqa.retrieve.wording import script
from medqa.settings import load_settings
from medqa.wiring import Application, parts

_K, _DEPTH = 10, 200
_WARM_UP = 50
_SEARCHERS = 8


def probe(home: Path, texts: Sequence[str], nearest: Path) -> dict[str, Any]:
    """The measurements of one home; milliseconds, megabytes, searches a second."""
    settings = load_settings(home=home)
    embedder = parts.embedder(settings)
    bare = memory_mb()
    began = time.perf_counter()
    application = Application(settings, embedder)
    opening = (time.perf_counter() - began) * 1000
    timed = _timed(application, texts)
    vectors = embedder.encode(list(texts), is_query=True)
    found = np.vstack([application.snapshot.vectors.search(vector[None], _DEPTH)[1] for vector in vectors])
    np.savez(nearest, queries=vectors, rows=found)
    speeds = _throughput(application, texts)
    return {
        "vector_index": application.snapshot.manifest["parts"]["vectors"],  # type: ignore[index]
        "open_ms": round(opening),
        **timed,
        **speeds,
        "encoder_alone_mb": bare,
        "memory_mb": memory_mb(),
    }


def memory_mb() -> dict[str, int]:
    """Resident memory: all of it, and how much is the process's own rather than pages of files it has mapped."""
    lines = Path("/proc/self/status").read_text().splitlines()
    values = {
        line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith(("VmRSS", "RssAnon"))
    }
    return {"resident": values["VmRSS"], "own": values["RssAnon"]}


def _timed(application: Application, texts: Sequence[str]) -> dict[str, Any]:
    """Median and 99th percentile of the whole and of each stage, and the whole against the sum of the stages."""
    search = TimedSearch(application)
    for text in texts[:_WARM_UP]:
        search.search(text, _K)
    timed = [search.search(text, _K) for text in texts]
    totals, stages = [total for total, _ in timed], [spent for _, spent in timed]
    names = sorted({name for spent in stages for name in spent})
    each = {name: [spent.get(name, 0.0) for spent in stages] for name in names}
    return {
        "whole_ms": _spread(totals),
        "stages_ms": {name: _spread(values) for name, values in each.items()},
        "whole_over_stages": round(sum(totals) / sum(sum(spent.values()) for spent in stages), 3),
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(values), 3), "p99": round(float(np.percentile(values, 99)), 3)}


def _throughput(application: Application, texts: Sequence[str]) -> dict[str, Any]:
    """Searches a second by one searcher and by eight at once, threads of this process."""

    def search(text: str) -> None:
        application.search(Question(text=text, language=script(text)), _K)

    speeds = {}
    for searchers in (1, _SEARCHERS):
        with ThreadPoolExecutor(searchers) as pool:
            list(pool.map(search, texts[:_WARM_UP]))
            began = time.perf_counter()
            list(pool.map(search, texts))
            speeds[searchers] = len(texts) / (time.perf_counter() - began)
    return {
        "searches_per_s": {f"{searchers} at once": round(speed, 1) for searchers, speed in speeds.items()},
        "throughput_ratio": round(speeds[_SEARCHERS] / speeds[1], 2),
        "cores": len(os.sched_getaffinity(0)),
    }


if __name__ == "__main__":
    _, home_, queries_, nearest_ = sys.argv
    print(json.dumps(probe(Path(home_), json.loads(Path(queries_).read_text("utf-8")), Path(nearest_))))
