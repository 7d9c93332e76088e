"""What says the opposite of an answer's leading statement: clinicians are told that sources differ, and which one does.

Nothing is taken out of the answer for it. Only a denial or an opposite in nearly the same words counts, from a
document that is known, not retracted and not cited: with less, honest sentences about different things would do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from medqa.answer.evidence.disputes import same_matter
from medqa.answer.evidence.floods import is_unvouched
from medqa.answer.evidence.sifting import sift
from medqa.answer.notice import says_otherwise
from medqa.answer.terms import terms
from medqa.answer.verifiers.lexical import Judgement, Lexical
from medqa.domain.answer import Answered
from medqa.domain.conversation import Language, Query
from medqa.domain.language import language_of
from medqa.domain.naming import Vocabulary, knows_nothing
from medqa.domain.passage import Hit
from medqa.protocols import Retriever

_SEARCHED = 8  # hits
_ALIKE = 0.5  # Jaccard similarity of words; figures: docs/benchmarks/retrieval-quality.md


@dataclass(frozen=True, slots=True)
class Contrary:
    """A sentence that says the opposite, and the hit that it stands in."""

    quote: str
    hit: Hit


class Contradictions:
    """Looks for them with ``retriever``; the vocabulary tells which medicines a sentence names."""

    def __init__(self, retriever: Retriever, vocabulary: Vocabulary = knows_nothing) -> None:
        self._retriever, self._judge = retriever, Lexical(vocabulary)

    def of(self, text: str, cited: Collection[str]) -> Contrary | None:
        """The best hit that denies the statement; none when nothing does, or another sentence of it agrees.

        ``cited`` are ids of documents whose words the answer quotes already.
        """
        query = Query(text=text, standalone=text, language=language_of(text))
        found = [hit for hit in self._retriever.retrieve(query, _SEARCHED) if hit.passage.document_id not in cited]
        said = terms(text)
        for hit in sift(query, [hit for hit in found if not is_unvouched(hit) and not hit.metadata.retracted]).hits:
            judged = [(self._judge.weakest(text, [each]), each.text) for each in same_matter(said, [hit], _ALIKE)]
            denials = [words for judgement, words in judged if _is_denied(judgement)]
            if denials and not any(judgement.verdict in ("supported", "partial") for judgement, _ in judged):
                return Contrary(denials[0], hit)
        return None

    def notes(self, answered: Answered, language: Language) -> tuple[str, ...]:
        """The line for a reader when something denies the leading statement; empty when nothing does."""
        cited = {citation.document_id for citation in answered.citations}
        found = self.of(answered.claims[0].text, cited) if answered.claims else None
        if found is None:
            return ()
        metadata = found.hit.metadata
        return (says_otherwise(language, found.quote, metadata.title, metadata.source, metadata.year),)


def _is_denied(judgement: Judgement) -> bool:
    """Whether the sentence says the opposite and of the same thing: another medicine or amount is another matter."""
    kinds = {each.kind for each in judgement.differs}
    return judgement.verdict == "contradicted" and kinds <= {"denial", "opposite"}
