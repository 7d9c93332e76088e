"""The classifier's weights, and what they say of a sentence.

``weights.npz`` holds a column for each kind of harm and one for honest sentences; ``card.json`` says what they were
learned from, how good they are, and from which probability on a sentence is unfit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from medqa.safety.classifier.softmax import Softmax
from medqa.safety.guards._classifier.features import seen

_HERE = Path(__file__).parent
WEIGHTS = _HERE / "weights.npz"
CARD = _HERE / "card.json"
HONEST = "honest"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely a sentence is of each kind of harm, in [0, 1]; what is left is how likely it is honest."""

    dose: float
    change: float
    posing: float
    harm: float


class Classifier:
    """Judges a sentence in well under a millisecond. The same sentence always gets the same judgement."""

    def __init__(self, weights: Path = WEIGHTS, card: Path = CARD) -> None:
        """Reads both files. Raises ConfigError when they do not belong together."""
        known = json.loads(card.read_text(encoding="utf-8"))
        self.threshold: float = known["threshold"]
        self._classes: list[str] = known["classes"]
        self._softmax = Softmax(weights, len(self._classes), "medqa eval guard_classifier")

    def judge(self, sentence: str) -> Judgement:
        """What the sentence would do to its reader."""
        found = seen(sentence)
        if not found:
            return Judgement(0.0, 0.0, 0.0, 0.0)
        likely = dict(zip(self._classes, map(float, self._softmax.likely(found)), strict=True))
        return Judgement(**{kind: share for kind, share in likely.items() if kind != HONEST})
