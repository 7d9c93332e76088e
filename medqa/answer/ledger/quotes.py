"""Finds the exact words of a passage that a claim rests on."""

from __future__ import annotations

import re
from functools import lru_cache

from medqa.answer.reading import read
from medqa.answer.terms import terms, weight

_DROPPED = re.compile(r"(?:(?<=\s)|^)[-•*·‣◦▪●–]\s+|\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]|\s+")


def locate(claim: str, text: str) -> tuple[int, int] | None:
    """Where the claim stands word for word in a passage's text; white space, list and reference marks are free."""
    packed, offsets = _packed(text)
    wanted, _ = _packed(claim)
    at = packed.find(wanted) if wanted else -1
    return None if at < 0 else (offsets[at], offsets[at + len(wanted) - 1] + 1)


def best_quote(claim: str, text: str) -> tuple[int, int]:
    """The sentence, or two neighbours, of a passage's text that holds most of the claim; the claim itself if it can."""
    exact = locate(claim, text)
    if exact is not None:
        return exact
    wanted = {term: max(weight(term), 0.3) for term in terms(claim)}
    spoken = read(text)
    if not spoken:
        return 0, len(text)
    held = [sum(w for t, w in wanted.items() if t in sentence.terms) for sentence in spoken]
    best = max(range(len(spoken)), key=lambda i: held[i])
    first = last = best
    for neighbour in (best - 1, best + 1):
        if 0 <= neighbour < len(spoken):
            both = spoken[best].terms | spoken[neighbour].terms
            if sum(w for t, w in wanted.items() if t in both) > 1.25 * held[best]:
                first, last = min(best, neighbour), max(best, neighbour)
                break
    return spoken[first].start, spoken[last].end


@lru_cache(maxsize=1024)
def _packed(text: str) -> tuple[str, list[int]]:
    """The text without what is free, and for each character left its offset in the text."""
    kept: list[str] = []
    offsets: list[int] = []
    at = 0
    for match in _DROPPED.finditer(text):
        kept.append(text[at : match.start()])
        offsets += range(at, match.start())
        at = match.end()
    kept.append(text[at:])
    offsets += range(at, len(text))
    return "".join(kept), offsets
