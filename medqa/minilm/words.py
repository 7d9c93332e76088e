"""From a text to the word vectors of its tokens: the published ones, and MedQA's own for Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from medqa.minilm import published
from medqa.minilm.chinese_rows import ChineseRows, encoded

_MATRIX = "embeddings.word_embeddings.weight"


class Words:
    """Tokens and their vectors, safe to share between threads. Texts longer than ``most`` tokens are cut there."""

    def __init__(self, folder: Path, weights: Mapping[str, np.ndarray], most: int) -> None:
        self._folder, self._most = folder, most
        self._matrix = weights[_MATRIX]
        self._english = published.tokenizer(folder, most)
        self._chinese: tuple[ChineseRows, Any] | None = None  # made for the first Chinese text: a tenth of a second

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of each text's tokens."""
        return [encoding.ids for encoding in encoded(texts, self._english, self._taught)]

    def vectors(self, tokens: np.ndarray) -> np.ndarray:
        """Float32 word vectors (..., 384). English text never has a token that the Chinese rows replace."""
        vectors: np.ndarray
        vectors = self._matrix[tokens] if self._chinese is None else self._chinese[0].vectors(self._matrix, tokens)
        return vectors

    def _taught(self) -> Any:
        """The tokenizer that knows Chinese; two threads may both make it, alike."""
        if self._chinese is None:
            rows = ChineseRows()
            self._chinese = rows, rows.taught(published.tokenizer(self._folder, self._most))
        return self._chinese[1]
