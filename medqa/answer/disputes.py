"""When sources differ: what a document of unknown origin says against a known one is left out, and that is said.

Each statement of an unvouched hit that touches the question is held against the passages of vouched ones, as a claim
is: another amount with the same unit, a denial, an opposite on the same matter. Only what all of them contradict and
none supports goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from medqa.answer.floods import is_unvouched
from medqa.answer.reading import read
from medqa.answer.terms import terms, weight
from medqa.answer.trust import blanked_out
from medqa.answer.verifiers.lexical import Lexical
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit

_MOST = 8  # hits of each kind that are held against each other


@dataclass(frozen=True, slots=True)
class Settled:
    """The hits without what is disputed, and the sources, as shown to a reader, that it was taken from."""

    hits: list[Hit]
    sources: tuple[str, ...] = ()


def settled(query: Query, hits: Sequence[Hit]) -> Settled:
    """Offsets stay true: a statement that is left out is blanked where it stands."""
    doubtful = [hit for hit in hits if is_unvouched(hit)][:_MOST]
    known = [hit for hit in hits if not is_unvouched(hit) and not hit.metadata.retracted]
    if not doubtful or not known:
        return Settled(list(hits))
    judge = Lexical()
    changed = {hit.passage.id: _without_disputed(query, hit, known, judge) for hit in doubtful}
    sources = [hit.metadata.source for hit in doubtful if changed[hit.passage.id] != hit]
    return Settled([changed.get(hit.passage.id, hit) for hit in hits], tuple(dict.fromkeys(sources)))


def _without_disputed(query: Query, hit: Hit, known: Sequence[Hit], judge: Lexical) -> Hit:
    passages = [k.passage for k in known if k.passage.language == hit.passage.language][:_MOST]
    asked = frozenset(term for term in terms(query.standalone) if weight(term) == 1.0)
    spans = [
        (sentence.start, sentence.end)
        for sentence in read(hit.passage.text)
        if sentence.usable and sentence.terms & asked and _is_denied(sentence.shown, hit, passages, judge)
    ]
    if not spans:
        return hit
    return replace(hit, passage=replace(hit.passage, text=blanked_out(hit.passage.text, spans)))


def _is_denied(text: str, hit: Hit, passages: Sequence[object], judge: Lexical) -> bool:
    return judge.weakest(text, passages).verdict == "contradicted"  # type: ignore[arg-type]
