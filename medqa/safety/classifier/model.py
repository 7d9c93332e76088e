"""The two readers of the second layer, and what they say of a message together.

``weights.npz`` holds a softmax regression over hashed words and concepts, ``layers.npz`` the encoder's last layers,
taught the same classes: one a presentation, and "no alarm". ``card.json`` says what they were trained on, how good
they are, and from which probability on they are heard. Each is wrong elsewhere: the one knows what concepts the rules
found, the other in which order and of whom it is said.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from medqa.safety.classifier.features import rows
from medqa.safety.classifier.fine_tuned import FineTuned
from medqa.safety.classifier.softmax import Softmax

_HERE = Path(__file__).parent
WEIGHTS = _HERE / "weights.npz"
LAYERS = _HERE / "layers.npz"
CARD = _HERE / "card.json"
NO_ALARM = "none"
_MADE_BY = "medqa eval screen_classifier -o write=yes"
_SUREST = 4.0
"""Log odds beyond which the encoder's word counts no more; its labels were smoothed, so it is seldom surer."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How likely a message tells an emergency, in [0, 1], and which one it would be, by its presentation's id."""

    probability: float
    presentation: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a suspicion adds a soft card, and from which one it takes over."""

    soft: float
    takeover: float


class Classifier:
    """Judges normalised text. The same text always gets the same verdict."""

    thresholds: Mapping[str, Thresholds]
    """By language."""

    def __init__(
        self, weights: Path = WEIGHTS, layers: Path = LAYERS, card: Path = CARD, *, once: bool = False
    ) -> None:
        """Reads the files; ``once`` for a process that judges one message. Raises ConfigError when they do not fit."""
        known = json.loads(card.read_text(encoding="utf-8"))
        self.thresholds = {language: Thresholds(**limits) for language, limits in known["thresholds"].items()}
        self._classes: list[str] = known["classes"]
        self._none = self._classes.index(NO_ALARM)
        self._softmax = Softmax(weights, len(self._classes), _MADE_BY)
        self._fine_tuned = FineTuned(layers, len(self._classes), _MADE_BY, once=once)

    def judge(self, text: str, concepts: Iterable[str], told: str, *, least: float) -> Suspicion:
        """The suspicion that a text raises, none where it cannot reach ``least``.

        ``text`` and ``concepts`` are for the hashed words, ``told`` is for the encoder: some ten milliseconds, so it
        reads only where its word can matter.
        """
        found = rows(text, concepts)
        if not found:
            return Suspicion(0.0, NO_ALARM)
        counted = self._softmax.likely(found)
        odds = _odds(1.0 - float(counted[self._none]))
        if (odds + _SUREST) / 2 < _odds(least):
            return Suspicion(0.0, NO_ALARM)
        read = self._fine_tuned.likely(told)
        probability = pooled(1.0 - float(counted[self._none]), 1.0 - float(read[self._none]))
        shares = counted / max(1.0 - float(counted[self._none]), 1e-12)
        shares += read / max(1.0 - float(read[self._none]), 1e-12)
        shares[self._none] = 0.0
        return Suspicion(probability, self._classes[int(shares.argmax())])


def pooled(counted: float, read: float) -> float:
    """The probability of an alarm where the hashed words say ``counted`` and the encoder ``read``: mean log odds."""
    both = (_odds(counted) + min(max(_odds(read), -_SUREST), _SUREST)) / 2
    return 1.0 / (1.0 + math.exp(-both))


def _odds(probability: float) -> float:
    limited = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(limited / (1 - limited))
