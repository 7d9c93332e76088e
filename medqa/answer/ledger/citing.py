"""Gives claims their citations: exact quotes, numbered from 1 in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medqa.answer.ledger.claims import Draft
from medqa.answer.ledger.quotes import best_quote, locate
from medqa.answer.reading import read
from medqa.answer.terms import terms
from medqa.domain.answer import Citation, Claim
from medqa.domain.language import language_of
from medqa.domain.passage import Hit, Passage, is_corrected
from medqa.protocols import Verifier

_REPAIRS = 3
_BETWEEN_CHARS = 240  # quoted along, where a claim rests on two sentences


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
        that share most of its words; so is one whose own passages do not say it: a wrong mark is put right.
        """
        cited = [self._hits[n - 1] for n in draft.marks if 1 <= n <= len(self._hits)] or self._likely(draft.text)
        claim = self._verifier.verify(draft.text, [_titled(hit) for hit in cited])
        if draft.marks and claim.verdict == "unsupported":
            claim, cited = self._recited(draft.text) or (claim, cited)
        if not draft.marks and claim.verdict == "supported":
            cited = cited[:1]
        found = tuple(dict.fromkeys(self._citation(claim, hit) for hit in cited))
        return replace(claim, citations=tuple(c.n for c in found)), found

    def restated(self, draft: Draft, citations: Sequence[Citation]) -> Draft | None:
        """The cited source's own sentence in place of a draft that contradicts it, where it can stand alone."""
        for citation in citations:
            hit = next(hit for hit in self._hits if hit.passage.id == citation.passage_id)
            for sentence in read(hit.passage.text):
                holds_quote = sentence.start <= citation.start and citation.end <= sentence.end
                fits = sentence.usable and not sentence.leans and not sentence.is_cut
                if holds_quote and fits and language_of(sentence.shown) == language_of(draft.text):
                    return Draft(sentence.shown, (self._hits.index(hit) + 1,), draft.before)
        return None

    def admit(self, citations: Sequence[Citation]) -> None:
        """Keeps the citations of a claim that is shown."""
        for citation in citations:
            key = (citation.passage_id, citation.start, citation.end)
            if key not in self._numbers:
                self._numbers[key] = citation.n
                self.citations.append(citation)

    def _recited(self, text: str) -> tuple[Claim, list[Hit]] | None:
        """The claim with the first of the likely passages that says it in full."""
        judged = self._judged(text)
        return next(((claim, [hit]) for claim, hit in judged if claim.verdict == "supported"), None)

    def _likely(self, text: str) -> list[Hit]:
        return [hit for _, hit in self._judged(text)]

    def _judged(self, text: str) -> list[tuple[Claim, Hit]]:
        """The text as each passage carries it that shares most of its words, the best first."""
        wanted = set(terms(text))
        shared = [(len(wanted & set(terms(hit.passage.text))), -at) for at, hit in enumerate(self._hits)]
        best = sorted(shared, reverse=True)[:_REPAIRS]
        likely = [self._hits[-at] for count, at in best if count]
        return sorted(
            ((self._verifier.verify(text, [_titled(hit)]), hit) for hit in likely), key=lambda pair: -pair[0].support
        )

    def _citation(self, claim: Claim, hit: Hit) -> Citation:
        start, end = _quoted(claim, hit.passage.text)
        n = self._numbers.get((hit.passage.id, start, end), len(self._numbers) + 1)
        return _cite(n, hit, start, end)


def _quoted(claim: Claim, text: str) -> tuple[int, int]:
    """Where the passage says what the claim was held against: one stretch if that is close together."""
    spans = sorted((at, at + len(words)) for words in claim.evidence if (at := text.find(words)) >= 0)
    if not spans or locate(claim.text, text) is not None:
        return best_quote(claim.text, text)
    start, end = spans[0][0], max(end for _, end in spans)
    if end - start > sum(b - a for a, b in spans) + _BETWEEN_CHARS:
        return max(spans, key=lambda span: span[1] - span[0])
    return start, end


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
        attached=metadata.is_attached,
    )
