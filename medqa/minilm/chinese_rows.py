"""The Chinese side of the default encoder: tokens with embedding rows of their own, taught by ``medqa train chinese``.

``chinese/`` holds the tokens, one a line, and their rows as bytes with one scale a row. Tokens that the
published vocabulary knows keep their number and get the new row; the others are numbered after it. English text
never meets them, so its vectors stay what they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff，。？！：；、（）“”《》％～]")
_PUBLISHED = -1


class ChineseRows:
    """Tokens, their numbers, and their rows: bytes with a scale each."""

    def __init__(self) -> None:
        from safetensors.numpy import load

        folder = files(__package__).joinpath("chinese")
        stored = load(folder.joinpath("rows.safetensors").read_bytes())
        self._tokens = folder.joinpath("tokens.txt").read_text("utf-8").split("\n")
        self._rows, self._scales = stored["rows"], stored["scales"]
        self._row_of = np.full(int(stored["numbers"].max()) + 1, _PUBLISHED)
        self._row_of[stored["numbers"]] = np.arange(len(self._rows))

    def taught(self, tokenizer: Any) -> Any:
        """The tokenizer, which from now on knows the tokens: the longest that fits is taken. About 60 ms."""
        from tokenizers import AddedToken

        tokenizer.add_tokens([AddedToken(token, normalized=False) for token in self._tokens])
        return tokenizer

    def vectors(self, matrix: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Float32 word vectors (..., dim) of tokens: from these rows where they have one, else from ``matrix``."""
        row_of = self._row_of[np.minimum(numbers, len(self._row_of) - 1)]
        own = row_of != _PUBLISHED
        vectors = matrix[np.where(own, 0, numbers)]
        vectors[own] = self._rows[row_of[own]] * self._scales[row_of[own], None]
        return vectors


def is_chinese(text: str) -> bool:
    """Whether any of it needs the Chinese tokens."""
    return _HAN.search(text) is not None


def encoded(texts: Sequence[str], english: Any, chinese: Callable[[], Any]) -> list[Any]:
    """Encodings in order, each text by the tokenizer that it needs; the Chinese one is asked for only then."""
    places = [i for i, text in enumerate(texts) if is_chinese(text)]
    if not places:
        return list(english.encode_batch(list(texts)))
    chosen = set(places)
    others = [i for i in range(len(texts)) if i not in chosen]
    found: list[Any] = [None] * len(texts)
    for tokenizer, positions in ((english, others), (chinese(), places)):
        for i, encoding in zip(positions, tokenizer.encode_batch([texts[i] for i in positions]), strict=True):
            found[i] = encoding
    return found
