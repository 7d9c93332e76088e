"""Approximate search by inner product for large libraries: fifty thousand to some ten million passages.

Vectors lie in lists around centroids. A search scans the lists nearest to the query over 4-bit codes (product
quantisation, laid out for SIMD: André, Kermarrec and Le Scouarnec 2017) and ranks the best of them again by their
vectors in half precision. Only the codes stay in memory. The file holds FAISS's index, then from a page boundary to
its end the vectors, row by row. Few rows, asked for by a filter, are all compared. Figures:
docs/benchmarks/retrieval.md.
"""

from __future__ import annotations

import math
import mmap
from pathlib import Path
from typing import Any

import numpy as np

from medqa.errors import HomeError, SnapshotCorrupt
from medqa.index.stored_vectors import RowVectors, batches
from medqa.index.vector_indexes import _faiss

_LISTS_PER_ROOT = 2.0  # lists = 2 * sqrt(rows): more gave a lower recall for the same time
_PROBED, _PROBED_SHARE = 128, 0.06  # lists scanned: the larger of this number and this share
_TRAINED_PER_LIST = 50
_LEAST_TRAINED = 1_024
_CODED = 2  # dimensions to one 4-bit code: with 4, three times as many rows had to be ranked again
_RANKED_AGAIN, _RANKED_FACTOR = 250, 1.25  # rows, or this many times k
_EXACT_ROWS, _EXACT_FACTOR = 1_000, 5  # up to so many rows, or times k, comparing each is as quick
_PAGE = 65_536  # bytes: where a mapping may begin on every system
_BLOCK = 65_536  # bytes that the system maps where one is read
_MOST_BLOCKS = 128  # read, after which they leave this process; the system goes on caching them
_WIDER = np.float32(2.0**112)  # 2 ** (127 - 15): the biases of single and half precision
_SEED = 1234


class FaissIvf:
    """An index opened from a file by mapping it into memory."""

    metric = "inner_product"
    filename = _faiss.FILENAME

    def __init__(self, path: Path, *, device: str = "cpu") -> None:
        self._faiss = _faiss.library()
        self._coded: Any = _faiss.opened(path)
        if not isinstance(self._coded, self._faiss.IndexIVFPQFastScan):
            raise SnapshotCorrupt(f"{path} is an index of another kind: run `medqa index build`")
        self._fine = _HalfPrecision(path, len(self), int(self._coded.d))
        self._gpu = _faiss.on_gpu(batches(self._fine), int(self._coded.d)) if device == "cuda" else None

    def __len__(self) -> int:
        return int(self._coded.ntotal)

    @staticmethod
    def write(path: Path, vectors: RowVectors) -> None:
        """Makes the file from unit vectors (n, dim), row by row; the same vectors make the same file.

        A row without a vector, all zero, is found by no search but an exact one, with score 0.
        """
        sample = _sample(vectors)
        coded = _coded(sample, _lists_for(vectors.shape[0], len(sample)))
        dice = np.random.default_rng(_SEED)
        for batch in batches(vectors):
            coded.add(_spread(batch, dice))
        _faiss.save(coded, path)
        try:
            with path.open("ab") as file:
                file.write(bytes(-file.tell() % _PAGE))
                for batch in batches(vectors):
                    file.write(batch.astype(np.float16).tobytes())
        except OSError as err:
            raise HomeError(f"cannot write {path} ({err.strerror}): check free space and rights") from err

    def search(self, queries: np.ndarray, k: int, *, rows: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Scores (n, k) float32 and rows (n, k) int64, best first, padded with row -1; among ``rows`` if given."""
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if self._gpu is not None and rows is None:
            return _faiss.search(self._gpu, queries, k)
        allowed = len(self) if rows is None else len(rows)
        if allowed <= max(_EXACT_ROWS, _EXACT_FACTOR * k):
            return self._compared(queries, k, [np.arange(len(self)) if rows is None else rows] * len(queries))
        params = self._faiss.IVFSearchParameters(nprobe=self._probed(allowed))
        if rows is not None:
            params.sel = _faiss.selector(rows, len(self))
        _, found = _faiss.search(self._coded, queries, max(_RANKED_AGAIN, round(_RANKED_FACTOR * k)), params)
        return self._compared(queries, k, [each[each >= 0] for each in found])

    def reconstruct(self, rows: np.ndarray) -> np.ndarray:
        """The stored vectors (n, dim) float32 of some rows."""
        return self._fine[rows]

    def _probed(self, allowed: int) -> int:
        """How many lists to scan: more when only some rows are allowed, since each list then holds fewer of them."""
        lists = int(self._coded.nlist)
        probed = max(_PROBED, lists * _PROBED_SHARE)
        return min(lists, math.ceil(probed * math.sqrt(len(self) / allowed)))

    def _compared(self, queries: np.ndarray, k: int, candidates: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """The best of each query's candidates by their vectors."""
        scores = np.full((len(queries), k), -np.inf, np.float32)
        found = np.full((len(queries), k), -1, np.int64)
        for place, (query, rows) in enumerate(zip(queries, candidates, strict=True)):
            products = np.einsum("id,d->i", self._fine[rows], query)  # too short for the threads of ``@``
            best = np.argsort(-products, kind="stable")[:k]
            scores[place, : len(best)], found[place, : len(best)] = products[best], rows[best]
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


class _HalfPrecision:
    """The vectors at the end of the file, mapped; threads may share it."""

    def __init__(self, path: Path, count: int, dimension: int) -> None:
        self.shape = (count, dimension)
        start = path.stat().st_size - 2 * count * dimension
        if start <= 0 or start % _PAGE:
            raise SnapshotCorrupt(f"{path} has lost its end: run `medqa index build`")
        self._map: mmap.mmap | None = None
        self._vectors = np.zeros(self.shape, np.float16)
        if count:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ, offset=start)
            self._vectors = np.frombuffer(self._map, np.float16).reshape(self.shape)
        self._blocks = 0

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        """Float32 vectors (m, dim) of a slice or of an array of rows."""
        wanted = np.arange(*rows.indices(self.shape[0])) if isinstance(rows, slice) else rows
        vectors = _single_precision(self._vectors.take(wanted, axis=0))
        self._blocks += len(set((wanted * (2 * self.shape[1]) // _BLOCK).tolist()))
        if self._blocks >= _MOST_BLOCKS:
            self._blocks = 0
            self._let_go()
        return vectors

    def _let_go(self) -> None:
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


def _single_precision(halves: np.ndarray) -> np.ndarray:
    """Finite numbers of half precision in single: their bits moved to their places, six times as fast as a cast."""
    bits = halves.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= np.int32(-0x70002000)  # sign, exponent and fraction; the sign had filled the bits between
    numbers = bits.view(np.float32)
    numbers *= _WIDER
    return numbers
