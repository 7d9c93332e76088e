"""The encoder's last layers, taught to classify: what reads a message in its order, where hashed words only count.

The layers before them are the published ones that search uses too. The file holds eight-bit weights, one scale a row,
and a head over the mean and the maximum of the last states.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from medqa.minilm.encoder import Encoder
    from medqa.minilm.graph import CompiledBert

TAUGHT = 2
"""How many of the published layers, the last, are taught."""
SCALE = ".scale"


class FineTuned:
    """Probabilities of the classes. The same text always gets the same ones."""

    def __init__(self, weights: Path, classes: int, made_by: str, *, once: bool = False) -> None:
        """Reads the file; ``made_by`` is the command that makes it. Raises ConfigError when it has other classes.

        With ``once``, for a process that reads one text and ends, nothing is compiled.
        """
        self._encoder = _read(weights)
        self._classes = classes
        if self._encoder.weights["head.bias"].shape[0] != classes:
            raise ConfigError(f"{weights.name} and its card do not belong together: train them with `{made_by}`")
        self._graph = None if once else _compiled(weights)

    def likely(self, text: str) -> NDArray[np.float32]:
        """The probability of each class (classes,)."""
        import numpy as np

        words = self._encoder.words
        logits = self._logits(words.vectors(np.array(words.tokens([text])[0])))
        powers = np.exp(logits - logits.max())
        shares: NDArray[np.float32] = powers / powers.sum()
        return shares

    def _logits(self, words: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        from medqa.minilm.layers import embedded, through

        if self._graph is not None:
            found = np.empty((1, self._classes), np.float32)
            one = np.zeros(1, np.int64), [words[None], np.ones((1, len(words)), np.float32)]
            self._graph.infer(iter([one]), found)
            read: NDArray[np.float32] = found[0]
            return read
        weights, shape = self._encoder.weights, self._encoder.shape
        states = through(range(shape.layers), embedded(weights, words), weights, shape)
        pooled = np.concatenate([states.mean(axis=0), states.max(axis=0)])
        logits: NDArray[np.float32] = weights["head.weight"] @ pooled + weights["head.bias"]
        return logits


@cache
def _read(path: Path) -> Encoder:
    """The shipped encoder with the layers of this file in place of its own, and their head."""
    from dataclasses import replace

    import numpy as np

    from medqa.minilm.encoder import encoder

    shipped = encoder()
    with np.load(path, allow_pickle=False) as held:
        return replace(shipped, weights={**shipped.weights, **_widened(held)})


@cache
def _compiled(path: Path) -> CompiledBert:
    from medqa.minilm.graph import CompiledBert

    read = _read(path)
    return CompiledBert(read.weights, read.shape, classes=True)


def _widened(held: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Float32 weights by name."""
    import numpy as np

    return {
        name: (held[name] * held[name + SCALE][:, None] if name + SCALE in held else held[name]).astype(np.float32)
        for name in held
        if not name.endswith(SCALE)
    }
