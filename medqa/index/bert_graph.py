"""A BERT encoder as an OpenVINO graph, built straight from its safetensors weights.

Mean pooling and L2 normalisation are inside the graph. Building takes a fifth of a second, so nothing compiled
is kept on disk, PyTorch is never imported, and OpenVINO's converter, which reports its use over the network,
never runs. Architecture: Devlin et al., BERT, 2019; as published for sentence-transformers models with
``pooling_mode_mean_tokens``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

_MASKED = -1e4  # added to the attention score of a padding token; bfloat16 can hold it
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class BertShape:
    """What config.json says about the encoder."""

    layers: int
    heads: int
    hidden: int


def sentence_encoder(weights: Mapping[str, np.ndarray], shape: BertShape) -> Any:
    """An ``openvino.Model`` from ``input_ids`` and ``attention_mask`` (n, tokens) int64 to unit vectors (n, hidden)."""
    import openvino
    from openvino import opset15 as op

    ids = op.parameter([-1, -1], np.int64, name="input_ids")
    mask = op.parameter([-1, -1], np.int64, name="attention_mask")
    graph = _Graph(op, weights, shape)
    kept = op.convert(mask, "f32")
    hidden = graph.embeddings(ids)
    bias = op.unsqueeze(op.multiply(op.subtract(kept, np.float32(1)), np.float32(-_MASKED)), graph.ints(1, 2))
    for layer in range(shape.layers):
        hidden = graph.layer(hidden, bias, f"encoder.layer.{layer}")
    return openvino.Model([op.result(graph.pooled(hidden, kept))], [ids, mask], "sentence_encoder")


class _Graph:
    """The building blocks, with the weights at hand. Weights are shared with the graph, not copied."""

    def __init__(self, op: Any, weights: Mapping[str, np.ndarray], shape: BertShape) -> None:
        self.op, self._weights, self._shape = op, weights, shape

    def ints(self, *values: int) -> Any:
        return self.op.constant(np.array(values, np.int64))

    def weight(self, name: str) -> Any:
        return self.op.constant(self._weights[name], shared_memory=True)

    def embeddings(self, ids: Any) -> Any:
        """Word, position and first-segment embeddings, normalised."""
        op, zero = self.op, self.op.constant(np.int64(0))
        length = op.gather(op.shape_of(ids, "i64"), op.constant(np.int64(1)), zero)
        positions = op.range(zero, length, op.constant(np.int64(1)), "i64")
        words = op.gather(self.weight("embeddings.word_embeddings.weight"), ids, zero)
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
        op, tokens = self.op, self.op.unsqueeze(kept, self.ints(2))
        summed = op.reduce_sum(op.multiply(hidden, tokens), self.ints(1))
        mean = op.divide(summed, op.reduce_sum(tokens, self.ints(1)))
        return op.normalize_l2(mean, self.ints(1), _EPSILON, "max")

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
