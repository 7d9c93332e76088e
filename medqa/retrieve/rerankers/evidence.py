"""Stronger and newer evidence first, by a rule that a reader can check.

A hit's score is multiplied by what its evidence level and its age are worth; what is not stated counts as the middle.
Levels follow the order of the Oxford Centre for Evidence-Based Medicine (2011): systematic reviews and guidelines,
trials, observational studies, opinion. It is meant for clinicians; set MEDQA_RERANKER=evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from medqa.domain.conversation import Query
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit

_TYPES: tuple[tuple[str, float], ...] = (
    (r"guideline|systematic review|meta.?analysis", 1.15),
    (r"randomi[sz]ed|clinical trial", 1.08),
    (r"case report|opinion|editorial|letter|comment", 0.9),
)
_LEVELS: Mapping[str, float] = {
    **dict.fromkeys(("1", "1a", "i", "ia", "a", "high"), 1.15),
    **dict.fromkeys(("1b", "2", "2a", "2b", "ii", "ib", "b", "moderate"), 1.08),
    **dict.fromkeys(("4", "5", "iv", "v", "d", "very low"), 0.9),
}
_RETRACTED = 0.3
_NEWEST, _YEARLY, _OLDEST = 1.05, 0.01, 0.9  # what a document of this year is worth, loses each year, and keeps


class EvidenceReranker:
    """The rule."""

    def __init__(self, *, this_year: int | None = None) -> None:
        self._this_year = this_year or datetime.now(UTC).year

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """The same hits, their scores weighed, their ranks counted anew."""
        weighed = [replace(hit, score=hit.score * self.weight(hit.metadata)) for hit in hits]
        ordered = sorted(weighed, key=lambda hit: -hit.score)
        return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)]

    def weight(self, metadata: Metadata) -> float:
        """What the document's level and age multiply a score by: 0.27 to 1.21."""
        return level_weight(metadata) * age_weight(metadata.year, self._this_year)


plugin = EvidenceReranker


def level_weight(metadata: Metadata) -> float:
    """What a stated level is worth, else what the type of publication is; 1 for the middle and the unknown."""
    if metadata.retracted:
        return _RETRACTED
    level = (metadata.evidence_level or "").lower().removeprefix("level").strip()
    if level in _LEVELS:
        return _LEVELS[level]
    stated = f"{metadata.evidence_level or ''} {metadata.publication_type or ''}".lower()
    return next((weight for pattern, weight in _TYPES if re.search(pattern, stated)), 1.0)


def age_weight(year: int | None, this_year: int) -> float:
    """1 when the year is not known."""
    if year is None:
        return 1.0
    return max(_OLDEST, _NEWEST - _YEARLY * max(0, this_year - year))
