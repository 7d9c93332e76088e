"""Which hits may be evidence, and which of their words: documents are data, never instructions.

Held back are documents that ingestion flagged for review, and passages with advice that would harm. Of near-identical
passages of one title the best counts, so that a flood of copies weighs no more than one. A sentence that speaks to the
machine is blanked where it stands: offsets stay true, and no model, quote or source panel ever holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from medqa.domain.instructions import SUSPICIOUS, is_instruction_like, ploys
from medqa.domain.passage import Hit

_BLANK = "\n\n[…]"
_BULLET = re.compile(r"[-•*·‣◦▪●–]\s+$")
_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NEGATION = re.compile(r"\b(?:no|not|never|without|cannot)\b|n't\b|不|没|無|无|勿|禁", re.IGNORECASE)
_SHINGLE = 4  # tokens
_SAME = 0.8  # Jaccard similarity of shingles


def trusted(hits: Sequence[Hit]) -> list[Hit]:
    """The hits that may be evidence, best first, with what speaks to the machine blanked out of their text."""
    kept: list[Hit] = []
    for hit in hits:
        if not _is_held_back(hit) and not any(_repeats(hit, other) for other in kept):
            kept.append(hit)
    return [_blanked(hit) for hit in kept]


def _is_held_back(hit: Hit) -> bool:
    names = (hit.metadata.title, hit.passage.section or "")
    return SUSPICIOUS in hit.metadata.extra or any(map(is_instruction_like, names)) or _harms(hit.passage.text)


@lru_cache(maxsize=4096)
def _harms(text: str) -> bool:
    return any(ploy == "harm" for _, _, ploy in ploys(text))


def _blanked(hit: Hit) -> Hit:
    text = blank(hit.passage.text)
    return hit if text == hit.passage.text else replace(hit, passage=replace(hit.passage, text=text))


@lru_cache(maxsize=4096)
def blank(text: str) -> str:
    """The text, as long as before, with ``[…]`` for each instruction-like sentence and its bullet."""
    return blanked_out(text, [(start, end) for start, end, _ in ploys(text)])


def blanked_out(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text, as long as before, with ``[…]`` for each stretch and the bullet before it."""
    for start, end in spans:
        bullet = _BULLET.search(text, max(0, start - 4), start)
        begin = bullet.start() if bullet else start
        text = text[:begin] + _hole(end - begin) + text[end:]
    return text


def _hole(length: int) -> str:
    """``[…]`` in a paragraph of its own, so that nothing around it is read as one sentence with it."""
    return _BLANK.ljust(length - 1) + "\n" if length > len(_BLANK) else "\n" * length


def _repeats(hit: Hit, other: Hit) -> bool:
    """Whether two documents of one title say the same in nearly the same words, with the same numbers."""
    if hit.passage.document_id == other.passage.document_id:
        return False
    if _words(hit.metadata.title) != _words(other.metadata.title):
        return False
    (mine, facts), (theirs, other_facts) = _shape(hit.passage.text), _shape(other.passage.text)
    return facts == other_facts and len(mine & theirs) >= _SAME * len(mine | theirs)


@lru_cache(maxsize=4096)
def _shape(text: str) -> tuple[frozenset[tuple[str, ...]], tuple[frozenset[str], int]]:
    """The shingles of a text; its numbers, and how often it denies something."""
    tokens = _TOKEN.findall(text.casefold())
    shingles = frozenset(zip(*(tokens[at:] for at in range(_SHINGLE)), strict=False))
    return shingles, (frozenset(_NUMBER.findall(text)), len(_NEGATION.findall(text)))


@lru_cache(maxsize=4096)
def _words(title: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(title.casefold()))
