"""The library's vectors by row number, read as they are asked for: a million of them never stand in memory at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

_KEY_BYTES = 16
_BATCH = 16_384  # rows: 25 MB of 384 dimensions


class RowVectors(Protocol):
    """Vectors (n, dim) by row number: an array, or what reads them from somewhere."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, dim)``."""
        ...

    def __getitem__(self, rows: Any, /) -> Any:
        """The vectors (m, dim) of a slice or of an array of rows."""
        ...


class StoredVectors:
    """Float32 vectors of one encoder; zero where it does not know the passage's language.

    Good as long as the library's view is frozen.
    """

    def __init__(self, db: sqlite3.Connection, encoder_id: str, keys: Sequence[bytes], dimension: int) -> None:
        self._db, self._encoder_id = db, encoder_id
        self._keys = b"".join(keys)  # 16 MB for a million, a tenth of what a list takes
        self.shape = (len(keys), dimension)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        """The vectors (m, dim) of these rows, in the order asked."""
        wanted = range(*rows.indices(len(self))) if isinstance(rows, slice) else rows.tolist()
        found = np.zeros((len(wanted), self.shape[1]), np.float32)
        for place, row in enumerate(wanted):
            key = self._keys[row * _KEY_BYTES : (row + 1) * _KEY_BYTES]
            stored = self._db.execute(
                "SELECT vector FROM vectors WHERE encoder = ? AND key = ?", (self._encoder_id, key)
            ).fetchone()
            if stored is not None:
                found[place] = np.frombuffer(stored[0], np.float16)
        return found


def batches(vectors: RowVectors) -> Iterator[np.ndarray]:
    """All vectors in order, float32 and contiguous, some thousands at a time."""
    for start in range(0, vectors.shape[0], _BATCH):
        yield np.ascontiguousarray(vectors[start : start + _BATCH], dtype=np.float32)
