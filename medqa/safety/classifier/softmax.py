"""A softmax regression over hashed features, read from a file: one eight-bit column a class, with its scale."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.errors import ConfigError
from medqa.safety.classifier.features import ROWS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Softmax:
    """Probabilities of the classes. The same features always get the same ones."""

    def __init__(self, weights: Path, classes: int, made_by: str) -> None:
        """Reads the file; ``made_by`` is the command that makes it. Raises ConfigError when it has other classes."""
        import numpy as np

        with np.load(weights, allow_pickle=False) as held:
            self._columns = held["columns"]
            self._scale = held["scale"]
            self._intercept = held["intercept"]
        if self._columns.shape != (ROWS, classes):
            raise ConfigError(f"{weights.name} and its card do not belong together: train them with `{made_by}`")

    def likely(self, found: Sequence[int]) -> NDArray[np.float64]:
        """The probability of each class (classes,) where these rows are set; at least one is."""
        import numpy as np

        summed = self._columns[found].sum(axis=0, dtype=np.int32) * self._scale / len(found) ** 0.5
        logits = summed + self._intercept
        powers = np.exp(logits - logits.max())
        shares: NDArray[np.float64] = powers / powers.sum()
        return shares
