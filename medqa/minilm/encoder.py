"""The encoder's parts, read once for all that use them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from medqa.minilm import published
from medqa.minilm.layers import BertShape, Weights
from medqa.minilm.words import Words

MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Encoder:
    """Weights that stay on disk until they are used, and the words that go into them."""

    weights: Weights
    shape: BertShape
    words: Words


def encoder() -> Encoder:
    """The shipped encoder. Raises ConfigError unless its weights are the published file, byte for byte."""
    return _read(published.model_folder())


@cache
def _read(folder: Path) -> Encoder:
    weights = published.weights(folder)
    return Encoder(weights, published.shape(folder), Words(folder, weights, MAX_TOKENS))
