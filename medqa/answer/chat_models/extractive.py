"""The embedded chat model: quotes the sentences of the passages that answer the question. No server, no weights."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from medqa.answer.extraction.needs import need_of
from medqa.answer.extraction.scoring import Candidate, score
from medqa.answer.extraction.selection import Limits, closing, select
from medqa.answer.reading import read
from medqa.domain.attached import asks_for_whole, matter
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit

_OPENING = 6  # statements that tell what a whole document says
_LIMITS: dict[Audience, Limits] = {"patient": Limits(), "clinician": Limits(behind=3.9)}


class Extractive:
    """Chooses and orders sentences by what is asked; every one is an exact quote with its mark."""

    id = "extractive"
    prompt_sha256: str | None = None

    async def stream(self, query: Query, hits: Sequence[Hit], *, audience: Audience) -> AsyncIterator[str]:
        """The chosen sentences, each with ``[n]``; nothing when none of them answers."""
        for sentence in await asyncio.to_thread(self.compose, query, hits, audience):
            yield sentence

    def compose(self, query: Query, hits: Sequence[Hit], audience: Audience) -> list[str]:
        """The answer sentence by sentence, each ending with its mark and a separator."""
        if not hits:
            return []
        if asks_for_whole(query.standalone) and all(hit.metadata.is_attached for hit in hits):
            return _opening(hits)
        need = need_of(query, hits)
        candidates = _of_the_matter(query, hits, score(query, hits, audience, need))
        limits = _LIMITS[audience]
        chosen = select(candidates, need, limits)
        last = closing(candidates, chosen, hits, need.asked) if audience == "patient" else None
        quoted = [*chosen, *([last] if last and len(chosen) < limits.sentences else [])]
        return [f"{c.sentence.shown} [{c.hit + 1}]{_separator(c.sentence.shown)}" for c in quoted]


def _of_the_matter(query: Query, hits: Sequence[Hit], candidates: list[Candidate]) -> list[Candidate]:
    """The candidates; of one's own document only those that tell when one is seen again, if that is asked."""
    asked = matter(query.standalone)
    if asked is None or not all(hit.metadata.is_attached for hit in hits):
        return candidates
    return [c for c in candidates if asked.tells(c.sentence.shown)]


def _opening(hits: Sequence[Hit]) -> list[str]:
    """The first statements of a document, in its order."""
    told = [(at, s) for at, hit in enumerate(hits, start=1) for s in read(hit.passage.text) if s.usable]
    return [f"{s.shown} [{at}]{_separator(s.shown)}" for at, s in told[:_OPENING]]


def _separator(shown: str) -> str:
    return "\n\n" if "\n" in shown else " "


plugin = Extractive
