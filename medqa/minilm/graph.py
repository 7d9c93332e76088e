"""A BERT encoder as an OpenVINO graph, built straight from its safetensors weights.

Word vectors go in, so that a matrix of them stays where it is, on disk; what comes of the last states, a unit vector
or the logits of classes, is inside the graph. Building takes a fifth of a second, so nothing compiled is kept on
disk, PyTorch is never imported, and OpenVINO's converter, which reports its use over the network, never runs.
Architecture: Devlin et al., BERT, 2019; as published for sentence-transformers models with
``pooling_mode_mean_tokens``.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from medqa.minilm.layers import BertShape

_MASKED = -1e4  # added to the attention score of a padding token; bfloat16 can hold it
_EPSILON = 1e-12
_MOST_AT_ONCE = 16  # queries

Batch = tuple[np.ndarray, list[np.ndarray]]  # positions of the texts; their word vectors and mask


class CompiledBert:
    """The encoder compiled for this CPU, safe to share between threads."""

    def __init__(self, weights: Mapping[str, np.ndarray], shape: BertShape, *, classes: bool = False) -> None:
        """With ``classes`` the weights have a head, whose logits come out, in float32; else unit vectors."""
        import openvino

        self._core = openvino.Core()
        self._is_exact = classes
        self._model = _model(weights, shape, _Graph.logits if classes else _Graph.pooled)
        self._compiled = self._compile(_one_core_each())
        self._idle: deque[Any] = deque()
        self._bulk: Any = None
        self._bulk_lock = threading.Lock()

    def infer(self, batches: Iterator[Batch], vectors: np.ndarray) -> None:
        """Writes what comes of each batch's texts into ``vectors`` at its positions, on one core."""
        with self._request() as request:
            for positions, tensors in batches:
                vectors[positions] = request.infer(tensors)[0]

    def infer_many(self, batches: Iterator[Batch], vectors: np.ndarray) -> None:
        """The same with one stream a core, fed from this thread; callers take turns."""
        with self._bulk_lock:
            if self._bulk is None:
                self._bulk = self._throughput_queue()
            self._bulk.set_callback(lambda request, positions: _store(request, positions, vectors))
            for positions, tensors in batches:
                self._bulk.start_async(tensors, positions)
            self._bulk.wait_all()

    def _throughput_queue(self) -> Any:
        import openvino

        return openvino.AsyncInferQueue(self._compile({"PERFORMANCE_HINT": "THROUGHPUT"}))

    def _compile(self, properties: dict[str, Any]) -> Any:
        """The graph for this CPU; vectors in bfloat16 where the CPU computes in it, at cosine 0.9999 to float32."""
        capabilities = self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        precision = "bf16" if "BF16" in capabilities and not self._is_exact else "f32"
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


def _one_core_each() -> dict[str, Any]:
    """Every query on one core: half a question's work is lost when cores must wait for each other."""
    cores = min(
        _MOST_AT_ONCE, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return {"NUM_STREAMS": cores, "INFERENCE_NUM_THREADS": cores}


def _store(request: Any, positions: np.ndarray, vectors: np.ndarray) -> None:
    vectors[positions] = request.get_output_tensor(0).data


def _model(weights: Mapping[str, np.ndarray], shape: BertShape, outcome: Callable[[_Graph, Any, Any], Any]) -> Any:
    """An ``openvino.Model`` from word vectors (n, tokens, hidden) and mask (n, tokens) to what comes of the states."""
    import openvino
    from openvino import opset15 as op

    words = op.parameter([-1, -1, shape.hidden], np.float32, name="word_vectors")
    mask = op.parameter([-1, -1], np.float32, name="attention_mask")
    graph = _Graph(op, weights, shape)
    hidden = graph.embeddings(words)
    bias = op.unsqueeze(op.multiply(op.subtract(mask, np.float32(1)), np.float32(-_MASKED)), graph.ints(1, 2))
    for layer in range(shape.layers):
        hidden = graph.layer(hidden, bias, f"encoder.layer.{layer}")
    return openvino.Model([op.result(outcome(graph, hidden, mask))], [words, mask], "encoder")


class _Graph:
    """The building blocks, with the weights at hand. Weights are shared with the graph, not copied."""

    def __init__(self, op: Any, weights: Mapping[str, np.ndarray], shape: BertShape) -> None:
        self.op, self._weights, self._shape = op, weights, shape

    def ints(self, *values: int) -> Any:
        return self.op.constant(np.array(values, np.int64))

    def weight(self, name: str) -> Any:
        return self.op.constant(self._weights[name], shared_memory=True)

    def embeddings(self, words: Any) -> Any:
        """Word, position and first-segment embeddings, normalised."""
        op, zero = self.op, self.op.constant(np.int64(0))
        length = op.gather(op.shape_of(words, "i64"), op.constant(np.int64(1)), zero)
        positions = op.range(zero, length, op.constant(np.int64(1)), "i64")
        places = op.gather(self.weight("embeddings.position_embeddings.weight"), positions, zero)
        segment = op.constant(self._weights["embeddings.token_type_embeddings.weight"][0])
        return self._normalised(op.add(op.add(words, places), segment), "embeddings.LayerNorm")

    def layer(self, hidden: Any, bias: Any, name: str) -> Any:
        """One transformer layer: attention, then feed-forward, each with its residual."""
        attended = self._linear(
            self._attention(hidden, bias, f"{name}.attention.self"), f"{name}.attention.output.dense"
        )
        hidden = self._normalised(self.op.add(attended, hidden), f"{name}.attention.output.LayerNorm")
        inner = self.op.gelu(self._linear(hidden, f"{name}.intermediate.dense"), "erf")
        return self._normalised(
            self.op.add(self._linear(inner, f"{name}.output.dense"), hidden), f"{name}.output.LayerNorm"
        )

    def pooled(self, hidden: Any, kept: Any) -> Any:
        """The mean over real tokens, scaled to length 1."""
        return self.op.normalize_l2(self._mean(hidden, kept), self.ints(1), _EPSILON, "max")

    def logits(self, hidden: Any, kept: Any) -> Any:
        """The head over the mean and the maximum of real tokens."""
        op = self.op
        padding = op.unsqueeze(op.multiply(op.subtract(kept, np.float32(1)), np.float32(-_MASKED)), self.ints(2))
        most = op.reduce_max(op.add(hidden, padding), self.ints(1))
        return self._linear(op.concat([self._mean(hidden, kept), most], 1), "head")

    def _mean(self, hidden: Any, kept: Any) -> Any:
        op, tokens = self.op, self.op.unsqueeze(kept, self.ints(2))
        summed = op.reduce_sum(op.multiply(hidden, tokens), self.ints(1))
        return op.divide(summed, op.reduce_sum(tokens, self.ints(1)))

    def _attention(self, hidden: Any, bias: Any, name: str) -> Any:
        query, key, value = (self._heads(self._linear(hidden, f"{name}.{part}")) for part in ("query", "key", "value"))
        mixed = self.op.scaled_dot_product_attention(query, key, value, bias)
        return self.op.reshape(
            self.op.transpose(mixed, self.ints(0, 2, 1, 3)), self.ints(0, 0, self._shape.hidden), True
        )

    def _heads(self, hidden: Any) -> Any:
        width = self._shape.hidden // self._shape.heads
        split = self.op.reshape(hidden, self.ints(0, 0, self._shape.heads, width), True)
        return self.op.transpose(split, self.ints(0, 2, 1, 3))

    def _linear(self, hidden: Any, name: str) -> Any:
        product = self.op.matmul(hidden, self.weight(f"{name}.weight"), False, True)
        return self.op.add(product, self.weight(f"{name}.bias"))

    def _normalised(self, hidden: Any, name: str) -> Any:
        centred = self.op.mvn(hidden, self.ints(-1), True, _EPSILON, "inside_sqrt")
        return self.op.add(self.op.multiply(centred, self.weight(f"{name}.weight")), self.weight(f"{name}.bias"))
