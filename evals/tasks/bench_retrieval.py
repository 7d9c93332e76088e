"""Searching a large library: time of each stage, memory, recall and growth, beside exact search in the same run.

Options: ``passages`` (1000000) of the largest library, measured with a tenth and a hundredth of it as well;
``queries`` (200); ``keep`` (no) keeps the libraries for the next run. Text and vectors are varied copies of the
shipped articles and, with ``--data``, of a BEIR corpus, whose queries are then asked. Read the ratios.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from evals.harness import BeirFolder, Options, Report, bootstrap
from evals.scale.copies import NOISE, Originals, PerturbingEmbedder, copies
from evals.scale.exact import exact, recall
from medqa.index.embedding import embedding_text
from medqa.index.stored_vectors import batches
from medqa.protocols import Embedder
from medqa.settings import Settings, load_settings
from medqa.wiring import parts, upkeep

_K = 10
_SHARES = (100, 10, 1)
_EMBEDDED = 512  # passages, to time embedding by


class BenchRetrieval:
    """What the real path costs as a library grows."""

    def run(self, data: Path | None, options: Options) -> Report:
        """A column for each size, then the ratios that must hold."""
        work = Path(options.get("home", "~/.medqa")).expanduser() / "evals" / "scale"
        folder = BeirFolder(data) if data else None
        originals, embedder, texts = _originals(work / "originals", folder)
        asked = texts[: int(options.get("queries", "200"))]
        passage_s = _embedding_seconds(originals, embedder)
        sizes = {}
        for share in _SHARES:
            passages = int(options.get("passages", "1000000")) // share
            home = work / f"{passages}-of-{len(originals.rows)}"
            built = _build(home, originals, embedder, passages, passage_s)
            _say(f"{passages:,} passages are built")
            sizes[f"{passages:,}"] = {**built, **_measure(home, embedder, asked)}
            _say(json.dumps(sizes[f"{passages:,}"]))
            if options.get("keep", "no") == "no":
                shutil.rmtree(home)
        return {
            "originals": len(originals.rows),
            "noise": NOISE,
            "queries": len(asked),
            "sizes": sizes,
            "ratios": _ratios([*sizes.values()]),
        }


plugin = BenchRetrieval


def _originals(home: Path, folder: BeirFolder | None) -> tuple[Originals, Embedder, list[str]]:
    """Documents with vectors, the encoder, and queries: those of the folder, else the documents' titles."""
    settings = _settings(home / (folder.name if folder else "starter"))
    upkeep.ingest(settings, [upkeep.starter_folder()])
    if folder:
        upkeep.ingest(settings, [folder.corpus], source_id=folder.name)
    embedder = parts.embedder(settings)
    with contextlib.closing(parts.library(settings)) as library:
        entries = list(library.passages())
        vectors = library.vectors(embedder)[:]
    documents = [list(group) for _, group in itertools.groupby(entries, lambda entry: entry[0].document_id)]
    texts = [s.text for s in folder.samples("style")] if folder else [d[0][1].title for d in documents]
    return Originals(documents, vectors), embedder, texts


def _settings(home: Path) -> Settings:
    return load_settings(home=home, sentence_vectors_up_to=0)


def _embedding_seconds(originals: Originals, embedder: Embedder) -> float:
    """Seconds that embedding one passage takes by itself."""
    texts = [embedding_text(*entry) for document in originals.documents for entry in document]
    drawn = texts[:: max(1, len(texts) // _EMBEDDED)][:_EMBEDDED]
    embedder.encode(drawn)  # the first bulk compiles
    began = time.perf_counter()
    embedder.encode(drawn)
    return (time.perf_counter() - began) / len(drawn)


def _build(home: Path, originals: Originals, embedder: Embedder, passages: int, passage_s: float) -> dict[str, Any]:
    """Fills a library and publishes it; seconds, and their share of what embedding alone would take."""
    settings, times = _settings(home), home / "build.json"
    perturbing = PerturbingEmbedder(embedder, originals)
    with contextlib.closing(parts.library(settings)) as library:
        taken, building = json.loads(times.read_text()) if times.exists() else (0.0, 0.0)
        if library.counts()["passages"] != passages:
            began = time.perf_counter()
            library.apply(copies(originals, passages, perturbing), perturbing)
            taken = time.perf_counter() - began
            _say(f"{passages:,} passages are in the library")
        snapshots = parts.snapshots(settings)
        kept, began = snapshots.ids(), time.perf_counter()
        if snapshots.build(library, embedder) not in kept:  # a kept one may be of an older MedQA
            building = time.perf_counter() - began
        times.write_text(json.dumps([taken, building]))
    folder = home / "snapshots" / snapshots.current()
    files = {"vectors": "vectors*", "lexical": "lexical/**/*", "passages": "passages*"}
    return {
        "intake_s": round(taken, 1),
        "build_s": round(building, 1),
        "of_embedding": round((taken + building) / (passages * passage_s), 3),
        "disk_mb": {
            name: round(sum(p.stat().st_size for p in folder.glob(glob) if p.is_file()) / 1e6, 1)
            for name, glob in files.items()
        },
    }


def _measure(home: Path, embedder: Embedder, texts: list[str]) -> dict[str, Any]:
    """What the probe finds in a process of its own, and how its nearest rows compare with the exact ones."""
    asked, nearest = home / "queries.json", home / "nearest.npz"
    asked.write_text(json.dumps(texts), "utf-8")
    command = [sys.executable, "-m", "evals.scale.probe", str(home), str(asked), str(nearest)]
    probed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    with np.load(nearest) as stored, contextlib.closing(parts.library(_settings(home))) as library:
        true = exact(batches(library.vectors(embedder)), stored["queries"], _K)
        found = recall(stored["rows"][:, :_K], true.rows)
    return {
        **probed,
        "recall@10": bootstrap(found),
        "exact_ms": round(true.median_ms, 3),
        "exact_over_vectors": round(true.median_ms / probed["stages_ms"]["vectors"]["p50"], 1),
        "exact_over_whole": round(true.median_ms / probed["whole_ms"]["p50"], 1),
    }


def _ratios(sizes: list[dict[str, Any]]) -> dict[str, float]:
    """The ratios that a reader looks for, of the largest library."""
    large, tenth = sizes[-1], sizes[-2]
    return {
        "growth of the median from a tenth": round(large["whole_ms"]["p50"] / tenth["whole_ms"]["p50"], 2),
        "exact search over vector search, medians": large["exact_over_vectors"],
        "exact search over whole search, medians": large["exact_over_whole"],
        "whole over sum of stages": large["whole_over_stages"],
        "eight searchers over one": large["throughput_ratio"],
    }


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
