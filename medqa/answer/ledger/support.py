"""How far the words of a source carry a claim: measures of shared words, and from them a calibrated probability."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from medqa.answer.ledger.polarity import lonely_denials
from medqa.answer.ledger.quantities import quantities, same
from medqa.answer.ledger.statement import Statement, weight_of
from medqa.answer.terms import phrases, stem, terms

MEASURES = ("covered", "named", "ordered", "spelled", "about", "missing", "lonely", "silent", "amounts")
_AMOUNT = 0.35  # of a name: amounts help to find the sentence, names to tell it from others with the same amounts
_GRAM = {"en": 4, "zh": 2}
_LATIN = re.compile(
    r"[A-Za-z]*(?:[A-Z]{2}|[A-Z]\d|\d[A-Z]|[a-z][A-Z])[A-Za-z0-9]*"
)  # the same in both languages: HbA1c


@dataclass(frozen=True, slots=True)
class _Weights:
    same_language: Mapping[str, float]
    other_language: Mapping[str, float]


@cache
def _weights() -> _Weights:
    table = tomllib.loads(files("medqa.answer").joinpath("data/support.toml").read_text("utf-8"))
    return _Weights(table["same_language"], table["other_language"])


def coverage(claim: Statement, window: Statement, heading: Statement) -> float:
    """The share of the claim's weight, in [0, 1], in words or names that the window or its heading holds."""
    held = window.items | heading.items
    carried = _carried(claim, held)
    wanted = _wanted(claim, window)
    total = sum(wanted.values())
    found = sum(w for item, w in wanted.items() if item in held or item in carried)
    if claim.language != window.language:  # names are few across languages, and amounts are written the same
        amounts = quantities(claim.text)
        total += _AMOUNT * len(amounts)
        found += _AMOUNT * sum(any(same(mine, other) for other in quantities(window.text)) for mine in amounts)
    return found / total if total else 0.0


def measures(claim: Statement, window: Statement, heading: Statement) -> dict[str, float]:
    """What support is judged by, each in [0, 1]."""
    held = window.items | heading.items
    wanted = _wanted(claim, window)
    carried = _carried(claim, held)
    topics = [each for each in claim.named if each.category in ("drug", "condition", "symptom", "test", "procedure")]
    missing = sum(w for item, w in wanted.items() if item not in held and item not in carried and w >= 1.0)
    back = {item: weight_of(item) for item in window.terms}
    lonely, silent = lonely_denials(claim, window), lonely_denials(window, claim)
    if claim.language != window.language:  # words that neither lexicon knows are denied here and there alike
        lonely, silent = max(0, lonely - silent), max(0, silent - lonely)
    return {
        "covered": coverage(claim, window, heading),
        "named": _share((each.key in window.keys or each.key in heading.keys) for each in topics),
        "ordered": _share(pair in phrases(window.text) for pair in phrases(claim.text)),
        "spelled": _spelled(claim, window),
        "about": sum(w for t, w in back.items() if t in claim.terms) / (sum(back.values()) or 1.0),
        "missing": _saturated(missing),
        "lonely": min(1.0, lonely),
        "silent": min(1.0, silent),
        "amounts": _saturated(len(quantities(claim.text))),
    }


def probability(found: Mapping[str, float], *, is_other_language: bool) -> float:
    """The probability, in [0, 1], that a source with these measures says what the claim says."""
    weights = _weights().other_language if is_other_language else _weights().same_language
    odds = weights["constant"] + sum(weights[name] * found[name] for name in MEASURES)
    return 1.0 / (1.0 + math.exp(-odds))


def _wanted(claim: Statement, window: Statement) -> dict[str, float]:
    """The claim's items with their weights; across languages only those that both can hold."""
    if claim.language == window.language:
        return {term: w for term in claim.terms if (w := weight_of(term))}
    latin = {stem(word.lower()): 1.0 for word in _LATIN.findall(claim.text)}
    return latin | {item: weight_of(item) for item in claim.items - claim.terms}


def _saturated(count: float) -> float:
    return count / (count + 2.0)


def _carried(claim: Statement, held: frozenset[str]) -> frozenset[str]:
    """The claim's terms that belong to a name which the source says in other words."""
    spoken = [each for each in claim.named if f"§{each.key}" in held]
    return frozenset(term for each in spoken for term in terms(claim.text[each.start : each.end]))


def _spelled(claim: Statement, window: Statement) -> float:
    size = _GRAM[claim.language]
    mine, theirs = _grams(claim.text, size), _grams(window.text, size)
    return len(mine & theirs) / len(mine) if mine else 0.0


def _grams(text: str, size: int) -> frozenset[str]:
    bare = "".join(c for c in text.lower() if c.isalpha())
    return frozenset(bare[i : i + size] for i in range(len(bare) - size + 1))


def _share(held: Iterable[bool]) -> float:
    values = list(held)
    return sum(values) / len(values) if values else 0.5
