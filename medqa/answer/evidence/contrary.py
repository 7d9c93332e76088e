"""What says the opposite of an answer's leading statement: clinicians are told that sources differ, and which one does.

Nothing is taken out of the answer for it. Only a denial or an opposite in nearly the same words counts, from a
document that is known, not retracted and not cited: with less, honest sentences about different things would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medqa.answer.evidence.disputes import same_matter
from medqa.answer.evidence.floods import is_unvouched
from medqa.answer.evidence.sifting import sift
from medqa.answer.notice import says_otherwise
from medqa.answer.terms import terms
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.answer import Answered, Claim
from medqa.domain.conversation import Language, Query
from medqa.domain.language import language_of
from medqa.domain.passage import Hit
from medqa.protocols import Retriever

_SEARCHED = 8  # hits
_ALIKE = 0.5  # Jaccard similarity of words; figures: docs/benchmarks/retrieval-quality.md


@dataclass(frozen=True, slots=True)
class Contrary:
    """A sentence that says the opposite, and the hit that it stands in."""

    quote: str
    hit: Hit


def contrary(claim: Claim, cited: Sequence[str], retriever: Retriever) -> Contrary | None:
    """The best hit that denies the claim; none when nothing does, or another sentence of that hit supports it.

    ``cited`` are ids of documents whose words the answer quotes already.
    """
    query = Query(text=claim.text, standalone=claim.text, language=language_of(claim.text))
    found = [hit for hit in retriever.retrieve(query, _SEARCHED) if hit.passage.document_id not in cited]
    judge, said = Lexical(), terms(claim.text)
    for hit in sift(query, [hit for hit in found if not is_unvouched(hit) and not hit.metadata.retracted]).hits:
        alike = same_matter(said, [hit], _ALIKE)
        judged = [(judge.weakest(claim.text, [passage]), passage.text) for passage in alike]
        denials = [words for j, words in judged if j.verdict == "contradicted" and j.is_denied]
        if denials and not any(j.verdict in ("supported", "partial") for j, _ in judged):
            return Contrary(denials[0], hit)
    return None


def notes(answered: Answered, retriever: Retriever, language: Language) -> tuple[str, ...]:
    """The line for a reader when something says the opposite of the leading claim; empty when nothing does."""
    cited = [citation.document_id for citation in answered.citations]
    found = contrary(answered.claims[0], cited, retriever) if answered.claims else None
    if found is None:
        return ()
    metadata = found.hit.metadata
    return (says_otherwise(language, found.quote, metadata.title, metadata.source, metadata.year),)
