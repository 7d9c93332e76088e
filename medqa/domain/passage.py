"""Passages: what is indexed, found and quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medqa.domain.document import Metadata

CORRECTED = "corrected"
"""Key of ``Metadata.extra``: ids of the passages, one a line, whose text an administrator has corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of one document, whole sentences of one section.

    ``id`` is ``<document_id>#<ordinal>``; ``ordinal`` counts from 0 within the document.
    ``text`` is what quotes are cut from: ``text[start:end]`` of a citation is always exact.
    ``references`` maps keys to the guidance that the text rests on.
    """

    id: str
    document_id: str
    ordinal: int
    text: str
    section: str | None = None
    page: int | None = None
    language: str | None = None
    references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found for a query. ``score`` orders hits of one result list and means nothing else.

    ``similarity`` is the cosine between query and passage where it is known, in [-1, 1]; ``sentences`` are those
    of the passage's sentences, as (start, cosine) in order, empty where they are not known.
    """

    rank: int
    score: float
    passage: Passage
    metadata: Metadata
    similarity: float | None = None
    sentences: tuple[tuple[int, float], ...] = ()


def is_corrected(passage: Passage, metadata: Metadata) -> bool:
    """Whether the passage's words are an administrator's correction rather than the source's own."""
    return passage.id in metadata.extra.get(CORRECTED, "").split("\n")
