"""What every system under comparison is given, and what it must do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

EncodeQuery = Callable[[str], np.ndarray]


@dataclass(frozen=True, slots=True)
class Passages:
    """The same for all: texts, their vectors (n, dim) of length 1, and how peers turn a query into one (dim,).

    ``home`` is MedQA's own, with these passages in its library in the same order; ``scratch`` an empty folder.
    """

    texts: Sequence[str]
    vectors: np.ndarray
    encode_query: EncodeQuery
    home: Path
    scratch: Path


class Peer(Protocol):
    """A system over the passages."""

    def search(self, text: str, k: int) -> list[int]:
        """Rows of passages, best first."""
        ...
