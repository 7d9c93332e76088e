"""The encoder's last layers, taught to classify: what reads a message in its order, where hashed words only count.

The layers before them are the published ones that search uses too. The file holds eight-bit weights, one scale a row,
and a head over the mean and the maximum of the last states.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.errors import ConfigError
from medqa.minilm.encoder import encoder
from medqa.minilm.layers import embedded, through

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAYERS = 2
"""Taught; with one, a third fewer of the alarms that hashed words miss were heard."""
SCALE = ".scale"


class FineTuned:
    """Probabilities of the classes. The same text always gets the same ones."""

    def __init__(self, weights: Path, classes: int, made_by: str) -> None:
        """Reads the file; ``made_by`` is the command that makes it. Raises ConfigError when it has other classes."""
        import numpy as np

        with np.load(weights, allow_pickle=False) as held:
            self._own = _widened(held)
        if self._own["head.weight"].shape[0] != classes:
            raise ConfigError(f"{weights.name} and its card do not belong together: train them with `{made_by}`")
        self._encoder = encoder()

    def likely(self, text: str) -> NDArray[np.float32]:
        """The probability of each class (classes,)."""
        import numpy as np

        read, shape = self._encoder, self._encoder.shape
        words = read.words.vectors(np.array(read.words.tokens([text])[0]))
        states = through(range(shape.layers - LAYERS), embedded(read.weights, words), read.weights, shape)
        states = through(range(shape.layers - LAYERS, shape.layers), states, self._own, shape)
        pooled = np.concatenate([states.mean(axis=0), states.max(axis=0)])
        logits = self._own["head.weight"] @ pooled + self._own["head.bias"]
        powers = np.exp(logits - logits.max())
        shares: NDArray[np.float32] = powers / powers.sum()
        return shares


def _widened(held: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Float32 weights by name."""
    import numpy as np

    return {
        name: (held[name] * held[name + SCALE][:, None] if name + SCALE in held else held[name]).astype(np.float32)
        for name in held
        if not name.endswith(SCALE)
    }
