"""When sources differ: what a document of unknown origin says against a known one is left out, and that is said.

Each statement of an unvouched hit that touches the question is held against what vouched ones say in nearly the same
words, as a claim is: another amount with the same unit, a denial, an opposite. Only what one of them contradicts and
none supports goes; a lie in words of its own is not found so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from medqa.answer.evidence.floods import is_unvouched
from medqa.answer.evidence.trust import blanked_out
from medqa.answer.reading import Sentence, read
from medqa.answer.terms import terms, weight
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit, Passage

_MOST = 16  # hits of each kind that are held against each other
_SAME_MATTER = 0.7  # Jaccard similarity of words: lower, and two honest sentences about different things conflict


@dataclass(frozen=True, slots=True)
class Settled:
    """The hits without what is disputed, and the sources, as shown to a reader, that it was taken from."""

    hits: list[Hit]
    sources: tuple[str, ...] = ()


def settled(query: Query, hits: Sequence[Hit]) -> Settled:
    """Offsets stay true: a statement that is left out is blanked where it stands."""
    doubtful = [hit for hit in hits if is_unvouched(hit)][:_MOST]
    known = [hit for hit in hits if not is_unvouched(hit) and not hit.metadata.retracted][:_MOST]
    if not doubtful or not known:
        return Settled(list(hits))
    judge = Lexical()
    changed = {hit.passage.id: _without_disputed(query, hit, known, judge) for hit in doubtful}
    sources = [hit.metadata.source for hit in doubtful if changed[hit.passage.id] != hit]
    return Settled([changed.get(hit.passage.id, hit) for hit in hits], tuple(dict.fromkeys(sources)))


def _without_disputed(query: Query, hit: Hit, known: Sequence[Hit], judge: Lexical) -> Hit:
    asked = frozenset(term for term in terms(query.standalone) if weight(term) == 1.0)
    spans = [
        (sentence.start, sentence.end)
        for sentence in read(hit.passage.text)
        if sentence.usable
        and sentence.terms & asked
        and _is_denied(sentence, same_matter(sentence.terms, known, _SAME_MATTER), judge)
    ]
    if not spans:
        return hit
    return replace(hit, passage=replace(hit.passage, text=blanked_out(hit.passage.text, spans)))


def same_matter(said: Collection[str], hits: Sequence[Hit], alike: float) -> list[Passage]:
    """Sentences of the hits in nearly the same terms, numbers aside, each as a passage of its own.

    ``alike`` is the least Jaccard similarity of the terms, in [0, 1].
    """
    mine = _words(said)
    return [
        replace(hit.passage, text=other.shown)
        for hit in hits
        for other in read(hit.passage.text)
        if len(mine & _words(other.terms)) >= alike * len(mine | _words(other.terms))
    ]


def _words(said: Collection[str]) -> frozenset[str]:
    return frozenset(term for term in said if not term[0].isdigit())


def _is_denied(sentence: Sentence, others: Sequence[Passage], judge: Lexical) -> bool:
    """Whether somebody known says the opposite of it, and nobody known says it."""
    verdicts = {judge.weakest(sentence.shown, [other]).verdict for other in others}
    return "contradicted" in verdicts and not verdicts & {"supported", "partial"}
