"""Gives claims their citations: exact quotes, numbered from 1 in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medqa.answer.claims import Draft
from medqa.answer.quotes import best_quote
from medqa.answer.terms import terms
from medqa.domain.answer import Citation, Claim
from medqa.domain.passage import Hit, Passage, is_corrected
from medqa.protocols import Verifier

_REPAIRS = 3


class Ledger:
    """The claims of one answer as they are checked, and the citations that they share."""

    def __init__(self, hits: Sequence[Hit], verifier: Verifier) -> None:
        self._hits = hits
        self._verifier = verifier
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.citations: list[Citation] = []

    def check(self, draft: Draft) -> tuple[Claim, tuple[Citation, ...]]:
        """The claim with verdict and the citations that it would bring; ``admit`` makes them final.

        A sentence without a mark, or with marks of passages that do not exist, is held against the passages
        that share most of its words.
        """
        cited = [self._hits[n - 1] for n in draft.marks if 1 <= n <= len(self._hits)] or self._likely(draft.text)
        claim = self._verifier.verify(draft.text, [_titled(hit) for hit in cited])
        if not draft.marks and claim.verdict == "supported":
            cited = cited[:1]
        found = tuple(dict.fromkeys(self._citation(draft.text, hit) for hit in cited))
        return replace(claim, citations=tuple(c.n for c in found)), found

    def admit(self, citations: Sequence[Citation]) -> None:
        """Keeps the citations of a claim that is shown."""
        for citation in citations:
            key = (citation.passage_id, citation.start, citation.end)
            if key not in self._numbers:
                self._numbers[key] = citation.n
                self.citations.append(citation)

    def _likely(self, text: str) -> list[Hit]:
        wanted = set(terms(text))
        shared = [(len(wanted & set(terms(hit.passage.text))), -at) for at, hit in enumerate(self._hits)]
        best = sorted(shared, reverse=True)[:_REPAIRS]
        likely = [self._hits[-at] for count, at in best if count]
        return sorted(likely, key=lambda hit: -self._verifier.verify(text, [_titled(hit)]).support)

    def _citation(self, text: str, hit: Hit) -> Citation:
        start, end = best_quote(text, hit.passage.text)
        n = self._numbers.get((hit.passage.id, start, end), len(self._numbers) + 1)
        return _cite(n, hit, start, end)


def _titled(hit: Hit) -> Passage:
    """The passage under its document's title, which often names what its sentences speak of."""
    heading = " · ".join(part for part in (hit.metadata.title, hit.passage.section) if part)
    return replace(hit.passage, section=heading)


def _cite(n: int, hit: Hit, start: int, end: int) -> Citation:
    passage, metadata = hit.passage, hit.metadata
    return Citation(
        n=n,
        passage_id=passage.id,
        document_id=passage.document_id,
        title=metadata.title,
        source=metadata.source,
        quote=passage.text[start:end],
        start=start,
        end=end,
        url=metadata.url,
        page=passage.page,
        section=passage.section,
        year=metadata.year,
        published=metadata.published,
        language=passage.language or metadata.language,
        references=tuple(passage.references.values()),
        clinically_reviewed=metadata.clinically_reviewed,
        retracted=metadata.retracted,
        corrected=is_corrected(passage, metadata),
    )
