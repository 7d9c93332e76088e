"""Single characters that a Chinese question and a sentence share: 捏哪里 finds 捏住, where no longer word does."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LEAST_WEIGHT = 3.0  # what a question's characters weigh together at least: two or three common ones prove little


@cache
def _empty() -> frozenset[str]:
    table = tomllib.loads(files("medqa.answer").joinpath("data/words.toml").read_text("utf-8"))
    return frozenset(table["chinese"]["characters"].replace(" ", "").replace("\n", ""))


@lru_cache(maxsize=16_384)
def characters(text: str) -> frozenset[str]:
    """The Chinese characters of a text that mean something on their own."""
    return frozenset(_HAN.findall(text)) - _empty()


class Rarity:
    """How much each character tells among some sentences: the fewer hold it, the more."""

    def __init__(self, sentences: Iterable[str]) -> None:
        held = [characters(sentence) for sentence in sentences]
        self._count = Counter(c for each in held for c in each)
        self._sentences = len(held)

    def weights(self, question: str) -> Mapping[str, float]:
        """The question's characters with their weights."""
        return {c: math.log((self._sentences + 1) / (self._count[c] + 1)) for c in characters(question)}


def shared(weights: Mapping[str, float], sentence: str, names: str) -> float:
    """The weight of the question's characters in a sentence, in [0, 1]; those of its document's names tell nothing."""
    telling = {c: w for c, w in weights.items() if c not in characters(names)}
    if not telling:
        return 0.0
    return sum(w for c, w in telling.items() if c in characters(sentence)) / max(_LEAST_WEIGHT, sum(telling.values()))
