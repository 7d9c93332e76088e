"""One text told by many documents is one voice.

Near copies are told by shared pairs of words (Jaccard similarity of word bigrams, Broder 1997), looser than for copies
of one title: a planted text is reworded a little from one document to the next. The same sentence about two diseases
is no copy, so both must speak of the same words of the question. Only documents that nobody stands for are judged
so; of known publishers only what repeats word for word is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from medqa.answer.terms import terms
from medqa.domain.conversation import Query
from medqa.domain.document import UNVOUCHED
from medqa.domain.passage import Hit

ECHOES = "echoes"
"""Key in ``Metadata.extra`` of the hit that speaks for a flood: how many documents say the same."""

_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]")
_ALIKE = 0.4  # Jaccard similarity of bigrams: above any two texts of different hands in the starter articles
_MANY = 3  # documents from which copies are a flood
_SHORTEST = 12  # bigrams: shorter texts are alike by chance


@dataclass(slots=True)
class _Voice:
    """A text and the hits that tell it, the best first."""

    hits: list[Hit]

    @property
    def documents(self) -> int:
        return len({hit.passage.document_id for hit in self.hits})


def is_unvouched(hit: Hit) -> bool:
    """Whether nobody known stands for the hit's document."""
    return UNVOUCHED in hit.metadata.extra


def without_echoes(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """The hits in order with one left of each flood, marked with ``ECHOES``."""
    voices: list[_Voice] = []
    for hit in filter(is_unvouched, hits):
        asked = frozenset(terms(query.standalone))
        voice = next((v for v in voices if _tells(hit, v.hits[0], asked)), None)
        if voice is None:
            voices.append(_Voice([hit]))
        else:
            voice.hits.append(hit)
    floods = [voice for voice in voices if voice.documents >= _MANY]
    speakers = {voice.hits[0].passage.id: voice.documents for voice in floods}
    silent = {hit.passage.id for voice in floods for hit in voice.hits[1:]}
    return [_marked(hit, speakers.get(hit.passage.id, 0)) for hit in hits if hit.passage.id not in silent]


def is_echoed(hit: Hit) -> bool:
    """Whether the hit speaks for a flood."""
    return ECHOES in hit.metadata.extra


def _marked(hit: Hit, documents: int) -> Hit:
    if not documents:
        return hit
    extra = {**hit.metadata.extra, ECHOES: str(documents)}
    return replace(hit, metadata=replace(hit.metadata, extra=extra))


def _tells(hit: Hit, other: Hit, asked: frozenset[str]) -> bool:
    if _touched(hit, asked) != _touched(other, asked):
        return False
    mine, theirs = _bigrams(hit.passage.text), _bigrams(other.passage.text)
    return min(len(mine), len(theirs)) >= _SHORTEST and len(mine & theirs) >= _ALIKE * len(mine | theirs)


def _touched(hit: Hit, asked: frozenset[str]) -> frozenset[str]:
    """The question's words that a document's passage or title speaks of."""
    return asked & frozenset(terms(f"{hit.metadata.title}\n{hit.passage.text}"))


@lru_cache(maxsize=4096)
def _bigrams(text: str) -> frozenset[tuple[str, str]]:
    tokens = _TOKEN.findall(text.casefold())
    return frozenset(pairwise(tokens))
