"""What the FAISS indexes share: files opened and written with errors that name the fix, and sets of rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from medqa.errors import ConfigError, HomeError, SnapshotCorrupt

FILENAME = "vectors.faiss"


def library() -> Any:
    """The package, untyped: its stubs miss the Python-side wrappers."""
    import faiss

    return faiss


def opened(path: Path) -> Any:
    """The index in the file, its vectors mapped rather than read. Raises SnapshotCorrupt.

    The caller has hashed the file before: a crafted one can corrupt FAISS's memory.
    """
    faiss = library()
    faiss.set_deserialization_vector_byte_limit(path.stat().st_size)
    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as err:
        raise SnapshotCorrupt(f"{path} is no vector index: run `medqa index build`") from err
    if index.metric_type != faiss.METRIC_INNER_PRODUCT:
        raise SnapshotCorrupt(f"{path} has another metric than inner product: run `medqa index build`")
    return index


def save(index: Any, path: Path) -> None:
    """Writes the file. Raises HomeError when the disk refuses."""
    try:
        library().write_index(index, str(path))
    except RuntimeError as err:
        raise HomeError(f"cannot write {path}: check free space and rights") from err


def search(index: Any, queries: np.ndarray, k: int, params: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Scores (n, k) and rows (n, k). A single query runs on the calling thread alone.

    It is too short to be worth waking other threads for, least of all where the machine is busy with other searches.
    """
    if k == 0:  # an empty index; FAISS asserts that something is wanted
        return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
    faiss = library()
    threads = faiss.omp_get_max_threads()
    if len(queries) == 1:
        faiss.omp_set_num_threads(1)
    try:
        scores, rows = index.search(queries, k, params=params)
    finally:
        faiss.omp_set_num_threads(threads)
    return scores, rows


def selector(rows: np.ndarray, count: int) -> Any:
    """A set of rows out of ``count``, one bit each, that a search is kept to."""
    chosen = np.zeros(count, dtype=bool)
    chosen[rows] = True
    return library().IDSelectorBitmap(np.packbits(chosen, bitorder="little"))


def on_gpu(vectors: Iterable[np.ndarray], dimension: int) -> Any:
    """An exact index over the vectors in half precision on the first GPU.

    Raises ConfigError where the installed FAISS or the machine has none.
    """
    faiss = library()
    if not hasattr(faiss, "StandardGpuResources") or faiss.get_num_gpus() < 1:
        raise ConfigError(
            "no GPU for the vectors: install MedQA's extra `gpu` on a machine that has one,"
            " or set MEDQA_VECTOR_DEVICE=cpu"
        )
    config = faiss.GpuIndexFlatConfig()
    config.useFloat16 = True
    index = faiss.GpuIndexFlatIP(faiss.StandardGpuResources(), dimension, config)
    for batch in vectors:
        index.add(batch)
    return index
