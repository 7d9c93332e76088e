"""Approximate search by inner product for large libraries: a hundred thousand to some ten million passages.

Vectors lie in lists around centroids. A search scans the lists nearest to the query over 4-bit codes (product
quantisation, laid out for SIMD: André, Kermarrec and Le Scouarnec 2017) and ranks the best of them again by their
finer vectors. Few rows, asked for by a filter, are searched exactly. Figures: docs/benchmarks/retrieval.md.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from medqa.errors import SnapshotCorrupt
from medqa.index.stored_vectors import RowVectors, batches
from medqa.index.vector_indexes import _faiss

_LISTS_PER_ROOT = 2.0  # lists = 2 * sqrt(rows): more gave a lower recall for the same time
_PROBED, _PROBED_SHARE = 192, 0.1  # lists scanned: the larger of this number and this share
_TRAINED_PER_LIST = 50
_LEAST_TRAINED = 1_024
_CODED = 4  # dimensions to one 4-bit code
_RANKED_AGAIN, _RANKED_FACTOR = 400, 2.0  # rows, or this many times k
_EXACT_ROWS, _EXACT_FACTOR = 10_000, 50  # up to so many rows, or times k, an exact search is as quick
_SEED = 1234


class FaissIvf:
    """An index opened from a file by mapping it into memory."""

    metric = "inner_product"
    filename = _faiss.FILENAME

    def __init__(self, path: Path, *, device: str = "cpu") -> None:
        self._faiss = _faiss.library()
        self._index: Any = _faiss.opened(path)
        if not isinstance(self._index, self._faiss.IndexRefine):
            raise SnapshotCorrupt(f"{path} is an index of another kind: run `medqa index build`")
        self._vectors = self._faiss.downcast_index(self._index.refine_index)
        self._lists = int(self._faiss.downcast_index(self._index.base_index).nlist)
        self._gpu = _faiss.on_gpu(self._vectors) if device == "cuda" else None

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @staticmethod
    def write(path: Path, vectors: RowVectors) -> None:
        """Makes the file from unit vectors (n, dim), row by row; the same vectors make the same file.

        A row without a vector, all zero, is found by no search but an exact one, with score 0.
        """
        faiss = _faiss.library()
        sample = _sample(vectors)
        lists = _lists_for(vectors.shape[0], len(sample))
        coded, fine = _coded(sample, lists), _fine(sample)
        dice = np.random.default_rng(_SEED)
        for batch in batches(vectors):
            fine.add(batch)
            coded.add(_spread(batch, dice))
        _faiss.save(faiss.IndexRefine(coded, fine), path)

    def search(self, queries: np.ndarray, k: int, *, rows: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Scores (n, k) float32 and rows (n, k) int64, best first, padded with row -1; among ``rows`` if given."""
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if self._gpu is not None and rows is None:
            scores, found = self._gpu.search(queries, k)
            return scores, found
        allowed = len(self) if rows is None else len(rows)
        if allowed <= max(_EXACT_ROWS, _EXACT_FACTOR * k):
            return self._exact(queries, k, np.arange(len(self)) if rows is None else rows)
        within = self._faiss.IVFSearchParameters(nprobe=self._probed(allowed))
        if rows is not None:
            within.sel = _faiss.selector(rows, len(self))
        factor = max(_RANKED_FACTOR, _RANKED_AGAIN / k)
        params = self._faiss.IndexRefineSearchParameters(k_factor=factor, base_index_params=within)
        return _faiss.search(self._index, queries, k, params)

    def reconstruct(self, rows: np.ndarray) -> np.ndarray:
        """The stored vectors (n, dim) float32 of some rows."""
        vectors: np.ndarray = self._vectors.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return vectors

    def _probed(self, allowed: int) -> int:
        """How many lists to scan: more when only some rows are allowed, since each list then holds fewer of them."""
        probed = max(_PROBED, self._lists * _PROBED_SHARE)
        return min(self._lists, math.ceil(probed * math.sqrt(len(self) / allowed)))

    def _exact(self, queries: np.ndarray, k: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Every row compared."""
        scores = np.full((len(queries), k), -np.inf, np.float32)
        found = np.full((len(queries), k), -1, np.int64)
        if len(rows):
            products = queries @ self.reconstruct(rows).T
            best = np.argsort(-products, axis=1, kind="stable")[:, :k]
            scores[:, : best.shape[1]] = np.take_along_axis(products, best, axis=1)
            found[:, : best.shape[1]] = rows[best]
        return scores, found


plugin = FaissIvf


def _lists_for(count: int, trained: int) -> int:
    return max(1, min(round(_LISTS_PER_ROOT * math.sqrt(count)), trained // 8))


def _sample(vectors: RowVectors) -> np.ndarray:
    """Vectors to train on, drawn over all rows; filled up by random ones where a library is very small."""
    count, dimension = vectors.shape
    dice = np.random.default_rng(_SEED)
    wanted = min(count, max(_LEAST_TRAINED, round(_TRAINED_PER_LIST * _LISTS_PER_ROOT * math.sqrt(count))))
    drawn = vectors[np.sort(dice.choice(count, wanted, replace=False))] if count else np.zeros((0, dimension))
    real = np.asarray(drawn, np.float32)
    real = real[real.any(axis=1)]
    filler = np.zeros((max(0, _LEAST_TRAINED - len(real)), dimension), np.float32)
    return np.vstack([real, _spread(filler, dice)])


def _spread(batch: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """The batch with random unit vectors for its zero rows, which would otherwise all crowd into one list."""
    empty = ~batch.any(axis=1)
    if not empty.any():
        return batch
    drawn = dice.standard_normal((int(empty.sum()), batch.shape[1]), dtype=np.float32)
    filled = batch.copy()
    filled[empty] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return filled


def _coded(sample: np.ndarray, lists: int) -> Any:
    """The lists, trained and still empty."""
    faiss = _faiss.library()
    dimension = sample.shape[1]
    centroids = faiss.IndexFlatIP(dimension)
    clustering = faiss.Clustering(dimension, lists)
    clustering.seed, clustering.niter, clustering.spherical = _SEED, 8, True
    clustering.min_points_per_centroid, clustering.max_points_per_centroid = 1, _TRAINED_PER_LIST
    clustering.train(sample, centroids)
    codes = dimension // math.gcd(dimension, _CODED)
    coded = faiss.IndexIVFPQFastScan(centroids, dimension, lists, codes, 4, faiss.METRIC_INNER_PRODUCT)
    coded.train(sample)
    return coded


def _fine(sample: np.ndarray) -> Any:
    """The vectors that rank the best rows again, still empty."""
    faiss = _faiss.library()
    fine = faiss.IndexScalarQuantizer(sample.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    fine.train(sample)
    return fine
