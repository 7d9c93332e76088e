"""MedQA beside LangChain's usual recipe, txtai and Milvus Lite: the same passages, time of a search and nDCG@10.

Options: ``passages`` (200000): the corpus of ``--data``, then varied copies of the shipped articles up to that
number; ``queries`` (100), of those with a relevant document; ``systems`` (all); ``split`` (dev). Needs the extra
``peers``. Every system gets the same vectors; peers encode queries with sentence-transformers. Read the ratios.
"""

from __future__ import annotations

import contextlib
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.harness import BeirFolder, Options, Report, bootstrap
from evals.peers._passages import EncodeQuery, Passages, Peer
from evals.scale.copies import Originals, PerturbingEmbedder, copies
from evals.scorers import ranking
from medqa.errors import UsageError
from medqa.index.embedding import embedding_text, is_chinese
from medqa.minilm.published import model_folder
from medqa.registry import load, names
from medqa.settings import load_settings
from medqa.wiring import parts, upkeep

_PEERS = "evals.peers"
_OURS = "medqa"
_K = 20  # passages a search; nDCG looks at the first ten documents among them
_WARM_UP = 5
_GRADED = 3


class BenchPeers:
    """Median milliseconds, nDCG@10 with its interval, and how many times as fast MedQA is."""

    def run(self, data: Path | None, options: Options) -> Report:
        """Figures by system. Raises UsageError without a BEIR folder."""
        if data is None:
            raise UsageError("name a BEIR folder with --data", field="data")
        folder = BeirFolder(data, options.get("split", "dev"))
        wanted = options.get("systems", ",".join(names(_PEERS))).split(",")
        home = Path(options.get("home", "~/.medqa")).expanduser() / "evals" / "peers" / folder.name
        documents, texts, vectors = _library(home, folder, int(options.get("passages", "200000")))
        figures = {}
        with tempfile.TemporaryDirectory() as scratch:
            passages = Passages(texts, vectors, _query_encoder(), home, Path(scratch))
            for name in wanted:
                began = time.perf_counter()
                peer: Peer = load(_PEERS, name)(passages)
                _say(f"{name} is built in {time.perf_counter() - began:.0f} s")
                figures[name] = _figures(peer, folder, documents, int(options.get("queries", "100")))
                _say(f"{name}: {figures[name]}")
        return {"data": folder.name, "passages": len(texts), "systems": figures, "ratios": _ratios(figures)}


plugin = BenchPeers


def _library(home: Path, folder: BeirFolder, passages: int) -> tuple[list[str], list[str], np.ndarray]:
    """Fills MedQA's own library and publishes it: the document of each row, its text, and the vectors."""
    settings = load_settings(home=home, sentence_vectors_up_to=0)
    upkeep.ingest(settings, [folder.corpus], source_id=folder.name)
    embedder = parts.embedder(settings)
    with contextlib.closing(parts.library(settings)) as library:
        missing = passages - library.counts()["passages"]
        if missing > 0:
            originals = _shipped_articles(home.parent / "starter")
            perturbing = PerturbingEmbedder(embedder, originals)
            library.apply(copies(originals, missing, perturbing), perturbing)
        parts.snapshots(settings).build(library, embedder)
        entries = list(library.passages())
        vectors = library.vectors(embedder)[:]
    return [p.document_id for p, _ in entries], [embedding_text(*entry) for entry in entries], vectors


def _shipped_articles(home: Path) -> Originals:
    """The English articles that ship with MedQA."""
    settings = load_settings(home=home, sentence_vectors_up_to=0)
    upkeep.build_index(settings)
    with contextlib.closing(parts.library(settings)) as library:
        entries = list(library.passages())
        vectors = library.vectors(parts.embedder(settings))[:]
    rows = [row for row, (passage, _) in enumerate(entries) if not is_chinese(passage.text)]
    english = [entries[row] for row in rows]
    documents = [list(group) for _, group in itertools.groupby(english, lambda entry: entry[0].document_id)]
    return Originals(documents, vectors[rows])


def _query_encoder() -> EncodeQuery:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_folder()), device="cpu")

    def encode(text: str) -> np.ndarray:
        vector: np.ndarray = model.encode(text, normalize_embeddings=True)
        return vector

    return encode


def _figures(peer: Peer, folder: BeirFolder, documents: Sequence[str], queries: int) -> dict[str, Any]:
    """Milliseconds and nDCG@10 over the first judged queries; the first five are asked once before, to warm up."""
    qrels = folder.qrels()
    relevant = 2 if max(grade for grades in qrels.values() for grade in grades.values()) >= _GRADED else 1
    judged = [s for s in folder.samples("style") if max(qrels.get(s.id, {"": 0}).values()) >= relevant]
    for sample in judged[:_WARM_UP]:
        peer.search(sample.text, _K)
    spent: list[float] = []
    run: dict[str, list[str]] = {}
    for sample in judged[:queries]:
        began = time.perf_counter()
        rows = peer.search(sample.text, _K)
        spent.append((time.perf_counter() - began) * 1000)
        run[sample.id] = list(dict.fromkeys(documents[row] for row in rows))
    scores = ranking.score(run, qrels, relevant=relevant)["nDCG@10"]
    return {
        "median_ms": round(statistics.median(spent), 2),
        "p99_ms": round(float(np.percentile(spent, 99)), 2),
        "nDCG@10": bootstrap([scores.get(query, 0.0) for query in run]),
    }


def _ratios(figures: dict[str, dict[str, Any]]) -> dict[str, float]:
    """How many times as long as MedQA each other system takes at the median."""
    if _OURS not in figures:
        return {}
    own = figures[_OURS]["median_ms"]
    return {f"{name} over MedQA": round(f["median_ms"] / own, 1) for name, f in figures.items() if name != _OURS}


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
