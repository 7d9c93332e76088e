"""Softmax regression over hashed features: how the small classifiers are fitted and kept. Needs scikit-learn."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from medqa.safety.classifier.features import ROWS

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, slots=True)
class Linear:
    """A softmax regression: ``columns`` (rows, classes), ``intercept`` (classes,)."""

    classes: tuple[str, ...]
    columns: np.ndarray
    intercept: np.ndarray

    def likely(self, features: csr_matrix) -> np.ndarray:
        """The probability of each class (n, classes)."""
        logits = features @ self.columns + self.intercept
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def apart_from(self, name: str, features: csr_matrix) -> np.ndarray:
        """The probability of any class but this one (n,)."""
        return np.asarray(1.0 - self.likely(features)[:, self.classes.index(name)])

    def rounded(self) -> Linear:
        """The model as eight-bit weights hold it."""
        scale = self._scale()
        return Linear(self.classes, np.round(self.columns / scale) * scale, self.intercept)

    def keep(self, weights: Path, card: Path, about: Mapping[str, Any]) -> None:
        """Writes what ``medqa.safety.classifier.softmax`` reads, and the card beside it."""
        scale = self._scale().astype(np.float32)
        columns = np.round(self.columns / scale).astype(np.int8)
        np.savez_compressed(weights, columns=columns, scale=scale, intercept=self.intercept.astype(np.float32))
        card.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _scale(self) -> np.ndarray:
        return np.asarray(np.abs(self.columns).max(axis=0) / 127)


def digest(learned: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over classes and texts, whatever their order."""
    return hashlib.sha256("\n".join(sorted(f"{name}\t{text}" for name, text in learned)).encode()).hexdigest()


def out_of_fold(
    texts: Sequence[str], features: csr_matrix, name: str, *, folds: int, fit: Callable[[list[int]], Linear]
) -> np.ndarray:
    """For each row the probability of any class but ``name`` by a model that did not learn from it (n,).

    ``fit`` is given the places of the rows to learn from; a text is always in the same fold.
    """
    fold = np.array([hashlib.sha256(text.encode()).digest()[0] % folds for text in texts])
    probabilities = np.zeros(len(texts))
    for number in range(folds):
        model = fit(np.flatnonzero(fold != number).tolist())
        held = np.flatnonzero(fold == number)
        probabilities[held] = model.apart_from(name, features[held])
    return probabilities


def stacked(found: Iterable[Sequence[int]]) -> csr_matrix:
    """Binary features (n, ROWS), each row of length 1."""
    from scipy.sparse import csr_matrix

    indices: list[int] = []
    ends = [0]
    values: list[float] = []
    for rows in found:
        indices += rows
        values += [max(len(rows), 1) ** -0.5] * len(rows)
        ends.append(len(indices))
    return csr_matrix((np.array(values, np.float32), indices, ends), shape=(len(ends) - 1, ROWS))


def fitted(features: csr_matrix, targets: Sequence[str], *, strength: float, steps: int) -> Linear:
    """The regression on these rows after so many steps; ``strength`` is the inverse of the penalty on large weights."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is meant
        found = LogisticRegression(C=strength, max_iter=steps, tol=1e-5).fit(features, targets)
    return Linear(tuple(map(str, found.classes_)), found.coef_.T, found.intercept_)
