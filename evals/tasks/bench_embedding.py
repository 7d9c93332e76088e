"""The embedded encoder beside sentence-transformers in the same run: speed on one core, agreement, cold start.

Options: ``texts`` (128) of each length, ``rounds`` (5), ``passages`` (1000) to compare nearest neighbours over.
Both encoders take turns on the same core; the ratio is the median over the rounds.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.corpora import starter_application
from evals.harness import Options, Report, bootstrap
from evals.scale.processes import cpu_seconds
from medqa.index.embedding import embedding_text
from medqa.minilm.published import model_folder
from medqa.settings import load_settings
from medqa.wiring import parts

_LENGTHS = (128, 256)
_BATCH = 32
_K, _QUERIES = 10, 200
_IMPORT = "import sentence_transformers"

Encode = Callable[[Sequence[str]], np.ndarray]


class BenchEmbedding:
    """How many times as fast as the reference implementation, and how near to it."""

    def run(self, data: Path | None, options: Options) -> Report:
        """``speed`` by text length in tokens, ``agreement`` and ``cold_start``."""
        application = starter_application(options)
        count, rounds = int(options.get("texts", "128")), int(options.get("rounds", "5"))
        passages = application.snapshot.passages
        entries = passages.fetch(range(len(passages)))
        texts = [embedding_text(*entry) for entry in entries if entry[0].language != "zh"]
        cold = _cold_start(application.settings.home)
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before either library counts the cores
        os.environ["OMP_NUM_THREADS"] = "1"
        reference = _reference()
        embedder = parts.embedder(load_settings(home=application.settings.home))
        agreement = _agreement(
            embedder.encode, _encoding(reference, _LENGTHS[-1]), texts[: int(options.get("passages", "1000"))]
        )
        speed = {}
        for length in _LENGTHS:
            long = _of_length(texts, length, count, reference.tokenizer)
            speed[f"{length} tokens"] = _speed(embedder.encode, _encoding(reference, length), long, rounds)
        return {"encoder": embedder.id, "speed": speed, "agreement": agreement, "cold_start": cold}


plugin = BenchEmbedding


def _reference() -> Any:
    """The published model in single precision on one thread."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    return SentenceTransformer(str(model_folder()), device="cpu")


def _encoding(model: Any, tokens: int) -> Encode:
    def encode(texts: Sequence[str]) -> np.ndarray:
        model.max_seq_length = tokens
        vectors: np.ndarray = model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True)
        return vectors

    return encode


def _of_length(texts: Sequence[str], tokens: int, count: int, tokenizer: Any) -> list[str]:
    """Texts of just so many tokens, the two at the ends included, cut from all texts in a row."""
    ids = tokenizer("\n".join(texts), add_special_tokens=False)["input_ids"]
    step = tokens - 2
    starts = [(place * step) % max(1, len(ids) - step) for place in range(count)]
    return [tokenizer.decode(ids[start : start + step]) for start in starts]


def _speed(ours: Encode, theirs: Encode, texts: list[str], rounds: int) -> dict[str, Any]:
    """Texts a second of each, and the ratio with the range that it took over the rounds."""
    ours(texts), theirs(texts)
    spent = [(_seconds(ours, texts), _seconds(theirs, texts)) for _ in range(rounds)]
    ratios = [reference / own for own, reference in spent]
    return {
        "texts_per_s": round(len(texts) / statistics.median(own for own, _ in spent), 1),
        "sentence_transformers_per_s": round(len(texts) / statistics.median(theirs_ for _, theirs_ in spent), 1),
        "ratio": round(statistics.median(ratios), 2),
        "lowest": round(min(ratios), 2),
        "highest": round(max(ratios), 2),
    }


def _seconds(encode: Encode, texts: list[str]) -> float:
    began = time.process_time()
    encode(texts)
    return time.process_time() - began


def _agreement(ours: Encode, theirs: Encode, texts: Sequence[str]) -> dict[str, Any]:
    """Cosine of the two vectors of each text, and the share of the ten nearest texts that both name."""
    own, reference = ours(texts), theirs(texts)
    cosines = (own * reference).sum(axis=1)
    near = [_nearest(own), _nearest(reference)]
    shared = [len(set(a) & set(b)) / _K for a, b in zip(*near, strict=True)]
    return {
        "texts": len(texts),
        "mean_cosine": round(float(cosines.mean()), 6),
        "lowest_cosine": round(float(cosines.min()), 6),
        "top-10 overlap": bootstrap(shared),
    }


def _nearest(vectors: np.ndarray) -> list[list[int]]:
    """The ten nearest other texts of some of them."""
    chosen = np.linspace(0, len(vectors) - 1, min(_QUERIES, len(vectors))).astype(int)
    products = vectors[chosen] @ vectors.T
    products[np.arange(len(chosen)), chosen] = -np.inf
    found: list[list[int]] = np.argsort(-products, axis=1, kind="stable")[:, :_K].tolist()
    return found


def _cold_start(home: Path) -> dict[str, float]:
    """CPU seconds of one search from the command line against importing sentence-transformers alone."""
    search = [sys.executable, "-m", "medqa", "search", "high blood pressure", "--home", str(home), "--json"]
    own, reference = cpu_seconds(search), cpu_seconds([sys.executable, "-c", _IMPORT])
    return {
        "medqa_search_cpu_s": round(own, 2),
        "import_sentence_transformers_cpu_s": round(reference, 2),
        "ratio": round(reference / own, 1),
    }
