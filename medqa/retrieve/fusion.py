"""Several ranked lists made one, and the list of hits cut from it. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage

RANK_CONSTANT = 20
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009); 20 to 60 rank much alike on our sets."""


def reciprocal_rank(lists: Iterable[tuple[float, Sequence[int]]], constant: int = RANK_CONSTANT) -> dict[int, float]:
    """Each row's sum over weighted lists of ``weight / (constant + rank)``, ranks counting from 1."""
    scores: dict[int, float] = {}
    for weight, rows in lists:
        for rank, row in enumerate(rows, start=1):
            scores[row] = scores.get(row, 0.0) + weight / (constant + rank)
    return scores


def best(scores: Mapping[int, float]) -> list[int]:
    """Rows by falling score; equal scores by row, so that a ranking is always the same."""
    return [row for _, row in sorted((-score, row) for row, score in scores.items())]


def capped_hits(
    ranked: Iterable[tuple[float, Passage, Metadata, float | None]],
    k: int,
    per_document: int,
    *,
    collapses: bool = False,
) -> list[Hit]:
    """The first ``k`` of (score, passage, metadata, similarity) with at most so many of each document.

    With ``collapses`` a passage goes when a better one says the same, word for word, under the same title.
    """
    hits: list[Hit] = []
    taken: Counter[str] = Counter()
    said: set[str] = set()
    for score, passage, metadata, similarity in ranked:
        if len(hits) == k:
            break
        words = " ".join(f"{metadata.title} {passage.text}".lower().split())
        if collapses and words in said:
            continue
        if taken[passage.document_id] < per_document:
            said.add(words)
            taken[passage.document_id] += 1
            rank = len(hits) + 1
            hits.append(Hit(rank=rank, score=score, passage=passage, metadata=metadata, similarity=similarity))
    return hits
