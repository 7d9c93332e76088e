"""The Chinese side of the default encoder: tokens with embedding rows of their own, taught by ``medqa train chinese``.

``minilm_chinese/`` holds the tokens, one a line, and their rows as bytes with one scale a row. Tokens that the
published vocabulary knows keep their number and get the new row; the others are numbered after it. English text
never meets them, so its vectors stay what they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff，。？！：；、（）“”《》％～]")


class ChineseRows:
    """Tokens, their numbers, and their rows (n, dim) float32."""

    def __init__(self) -> None:
        from safetensors.numpy import load

        folder = files(__package__).joinpath("minilm_chinese")
        stored = load(folder.joinpath("rows.safetensors").read_bytes())
        self._tokens = folder.joinpath("tokens.txt").read_text("utf-8").split("\n")
        self._numbers: np.ndarray = stored["numbers"]
        self._rows = stored["rows"].astype(np.float32) * stored["scales"][:, None].astype(np.float32)

    def taught(self, tokenizer: Any) -> Any:
        """The tokenizer, which from now on knows the tokens: the longest that fits is taken. About 60 ms."""
        from tokenizers import AddedToken

        tokenizer.add_tokens([AddedToken(token, normalized=False) for token in self._tokens])
        return tokenizer

    def beside(self, matrix: np.ndarray) -> np.ndarray:
        """The embedding matrix with these rows in their places."""
        whole = np.zeros((max(len(matrix), int(self._numbers.max()) + 1), matrix.shape[1]), np.float32)
        whole[: len(matrix)] = matrix
        whole[self._numbers] = self._rows
        return whole


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
