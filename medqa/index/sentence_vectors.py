"""The vector of every sentence of a snapshot, so that an answer's sentences can be compared without a model.

Vectors are scaled to bytes: cosines keep about two decimals in a quarter of the space. A passage in a language that
the encoder does not understand has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from medqa.domain.sentences import sentences
from medqa.errors import HomeError, SnapshotCorrupt

FOLDER = "sentences"
"""Of the snapshot's folder; its files are in the manifest like all others."""

CUT = "sentences/1"
"""The way of cutting: raise it when ``medqa.domain.sentences`` cuts differently."""

_VECTORS, _ENDS = "vectors.npy", "ends.npy"
_SCALE = 127.0


def record(dimension: int) -> np.dtype[np.void]:
    """How one sentence is stored: where it starts in its passage, and its vector in bytes."""
    return np.dtype([("start", "<i4"), ("vector", "i1", (dimension,))])


def starts_of(text: str) -> list[tuple[int, str]]:
    """The sentences of a passage with their offsets."""
    return [(start, text[start:end]) for start, end in sentences(text)]


def packed(starts: Sequence[int], vectors: np.ndarray) -> np.ndarray:
    """Records (n,) of a passage's sentences from their unit vectors (n, dim)."""
    made = np.zeros(len(starts), record(vectors.shape[1]))
    made["start"] = starts
    made["vector"] = np.rint(vectors * (_SCALE / np.abs(vectors).max(axis=1, keepdims=True)))
    return made


class SentenceVectors:
    """The vectors of one snapshot, mapped into memory. The caller has hashed the files before."""

    def __init__(self, folder: Path) -> None:
        try:
            self._ends = np.load(folder / _ENDS, allow_pickle=False)
            self._records = np.load(folder / _VECTORS, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as err:
            raise SnapshotCorrupt(f"{folder} holds no sentence vectors ({err}): run `medqa index build`") from err

    @staticmethod
    def write(folder: Path, sizes: Sequence[int], passages: Iterable[bytes], dimension: int) -> None:
        """Makes the files from each passage's records as bytes, in row order; ``sizes`` are their numbers."""
        try:
            folder.mkdir()
            ends = np.cumsum(sizes, dtype=np.int64)
            np.save(folder / _ENDS, ends, allow_pickle=False)
            shape = (int(ends[-1]) if len(ends) else 0,)
            header = {"descr": np.lib.format.dtype_to_descr(record(dimension)), "fortran_order": False, "shape": shape}
            with (folder / _VECTORS).open("wb") as file:
                np.lib.format.write_array_header_2_0(file, header)
                file.writelines(passages)
        except OSError as err:
            raise HomeError(f"cannot write {folder} ({err.strerror}): check free space and rights") from err

    def similarities(self, query: np.ndarray, rows: Sequence[int]) -> list[tuple[tuple[int, float], ...]]:
        """For each row of passages its sentences as (start, cosine to the query's vector (1, dim)), in order."""
        spans = [(int(self._ends[row - 1]) if row else 0, int(self._ends[row])) for row in rows]
        if not spans:
            return []
        found = np.concatenate([self._records[first:last] for first, last in spans])
        vectors = found["vector"].astype(np.float32)
        cosines = (vectors @ query[0]) / np.maximum(np.linalg.norm(vectors, axis=1), 1.0)
        pairs = iter(zip(found["start"].tolist(), cosines.tolist(), strict=True))
        return [tuple(next(pairs) for _ in range(last - first)) for first, last in spans]
