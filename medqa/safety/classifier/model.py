"""The classifier's weights, and what they say of a message.

``weights.npz`` holds one column a presentation and one for "no alarm", as eight-bit integers with a scale a
column; ``card.json`` says what it was trained on, how good it is, and from which probability on it is heard.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from medqa.safety.classifier.features import rows
from medqa.safety.classifier.softmax import Softmax

_HERE = Path(__file__).parent
WEIGHTS = _HERE / "weights.npz"
CARD = _HERE / "card.json"
NO_ALARM = "none"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How likely a message tells an emergency, in [0, 1], and which one it would be, by its presentation's id."""

    probability: float
    presentation: str
    share: float
    """Of all emergencies, how much of the probability lies on this one."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a suspicion adds a soft card, and from which one it takes over."""

    soft: float
    takeover: float


class Classifier:
    """Judges normalised text in well under a millisecond. The same text always gets the same verdict."""

    thresholds: Thresholds

    def __init__(self, weights: Path = WEIGHTS, card: Path = CARD) -> None:
        """Reads both files. Raises ConfigError when they do not belong together."""
        known = json.loads(card.read_text(encoding="utf-8"))
        self.thresholds = Thresholds(**known["thresholds"])
        self._classes: list[str] = known["classes"]
        self._none = self._classes.index(NO_ALARM)
        self._softmax = Softmax(weights, len(self._classes), "medqa eval screen_classifier")

    def judge(self, text: str, concepts: Iterable[str]) -> Suspicion:
        """The suspicion that a normalised text raises."""
        found = rows(text, concepts)
        if not found:
            return Suspicion(0.0, NO_ALARM, 0.0)
        likely = self._softmax.likely(found)
        probability = 1.0 - float(likely[self._none])
        likely[self._none] = 0.0
        best = int(likely.argmax())
        return Suspicion(probability, self._classes[best], float(likely[best] / max(likely.sum(), 1e-12)))
