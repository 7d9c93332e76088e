"""Which Chinese tokens the encoder is given, and where their vectors begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from medqa.train.encoder_pairs import Concept

_PUNCTUATION = "，。？！：；、（）“”《》％～"
_LONGEST = 6  # characters of a word; longer forms are made of shorter ones


def is_han(text: str) -> bool:
    """Whether every character is Chinese."""
    return bool(text) and all("\u3400" <= c <= "\u9fff" for c in text)


def common_characters() -> str:
    """The 3,755 characters of GB 2312 level 1, the common ones of Simplified Chinese."""
    pairs = (bytes([high, low]) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return b"".join(pairs).decode("gb2312", "ignore")


def characters(texts: Iterable[str], common: str) -> list[str]:
    """Chinese punctuation, every Chinese character of the texts, and further ``common`` ones."""
    found = Counter(c for text in texts for c in text if is_han(c))
    return list(dict.fromkeys([*_PUNCTUATION, *(c for c, _ in found.most_common()), *common]))


def words(concepts: Sequence[Concept], seen: Mapping[str, int], *, least: int) -> list[str]:
    """Forms that no shorter forms make up, then words seen at least so often in running text."""
    forms = sorted(
        {f for c in concepts for f in c.zh if is_han(f) and 1 < len(f) <= _LONGEST}, key=lambda f: (len(f), f)
    )
    kept: dict[str, None] = {}
    for form in forms:
        if len(form) == 2 or not _is_made_of(form, kept):
            kept[form] = None
    kept.update(
        dict.fromkeys(w for w, count in sorted(seen.items()) if count >= least and is_han(w) and 1 < len(w) <= 4)
    )
    return list(kept)


def _is_made_of(form: str, parts: Mapping[str, None]) -> bool:
    """Whether the form is two known words."""
    return any(form[:i] in parts and form[i:] in parts for i in range(2, len(form) - 1))


def beginnings(
    tokens: Sequence[str], concepts: Sequence[Concept], english: Callable[[str], np.ndarray], *, fallback: np.ndarray
) -> np.ndarray:
    """First vectors (n, dim): of a form the mean of its English word pieces, of a character the mean of its words."""
    known: dict[str, np.ndarray] = {}
    for concept in concepts:
        for form in concept.zh:
            if is_han(form):
                known.setdefault(form, english(concept.en[0]))
    sums: dict[str, Any] = {}
    for form, vector in known.items():
        for c in form:
            total, weight = sums.get(c, (0.0, 0.0))
            sums[c] = (total + vector / len(form), weight + 1 / len(form))
    of_character = {c: total / weight for c, (total, weight) in sums.items()}
    made = {t: np.mean([of_character.get(c, fallback) for c in t], axis=0) for t in tokens if t not in known}
    return np.stack([made[t] if t in made else known[t] for t in tokens]).astype(np.float32)
