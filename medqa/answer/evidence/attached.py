"""What the reader's own attached document says is answered from it alone, and before the knowledge base is asked."""

from __future__ import annotations

from collections.abc import Sequence

from medqa.answer.evidence.weigh import Evidence
from medqa.answer.extraction.aspects import said
from medqa.answer.extraction.needs import Need, hit_language, need_of
from medqa.answer.extraction.subjects import surroundings
from medqa.answer.reading import read
from medqa.answer.terms import terms, weight
from medqa.domain.attached import Matter, asks_for_whole, matter, papers
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit

_SPOKEN_OF = 0.6  # of what the question names, a sentence speaks of
_LONGEST_HEADING = 80  # characters
_ASKED_FOR = 1.0  # the weight of an aspect that the question's own words name


def own_evidence(query: Query, hits: Sequence[Hit], k: int) -> Evidence | None:
    """At most ``k`` hits of attached documents, in one language, that tell what is asked; nothing where none does."""
    attached = [hit for hit in hits if hit.metadata.is_attached]
    mine = [hit for hit in attached if hit_language(hit) == hit_language(attached[0])]
    if not mine:
        return None
    if not asks_for_whole(query.standalone):
        need = need_of(query, mine)
        paper = frozenset(terms(papers(query.standalone)))
        asked = matter(query.standalone)
        if asked:
            besides = frozenset(terms(asked.rest(query.standalone))) - paper
            mine = [hit for hit in mine if _tells_matter(asked, besides, hit)]
        else:
            mine = [hit for hit in mine if _tells(need, hit, paper)]
    return Evidence(tuple(mine[:k]), 1.0, hit_language(mine[0])) if mine else None


def _tells(need: Need, hit: Hit, paper: frozenset[str]) -> bool:
    """Whether a passage speaks of the things in question, and a sentence of it says what is asked of them.

    ``paper`` are the words by which the question speaks of the document itself. A sentence need not name what the
    passage is headed by: on a label for amoxicillin all is said of that.
    """
    things = {term for term in need.all_weights if weight(term) == 1.0} - need.cues - paper
    if not things and not paper:
        return False
    wanted = () if paper else [name for name, worth in need.asked.aspects.items() if worth == _ASKED_FOR]
    headed = surroundings(hit) | _first_line(hit.passage.text)
    for sentence in read(hit.passage.text):
        words = need.understood(sentence.terms | headed if wanted else sentence.terms)
        speaks = len(things & words) >= _SPOKEN_OF * len(things)
        if sentence.usable and speaks and (not wanted or said(sentence.shown, wanted)):
            return True
    return False


def _tells_matter(asked: Matter, besides: frozenset[str], hit: Hit) -> bool:
    """Whether a sentence tells it, in a passage that names whatever else is spoken of: "my next kidney check"."""
    things = {term for term in besides if weight(term) == 1.0}
    spoken = surroundings(hit) | frozenset(terms(hit.passage.text))
    told = any(sentence.usable and asked.tells(sentence.shown) for sentence in read(hit.passage.text))
    return told and len(things & spoken) >= _SPOKEN_OF * len(things)


def _first_line(text: str) -> frozenset[str]:
    """The terms of a heading; none where the text begins with a statement."""
    line = text.partition("\n")[0].strip()
    is_heading = len(line) <= _LONGEST_HEADING and not line.endswith((".", "。", "!", "?", "！", "？"))
    return frozenset(terms(line)) if is_heading else frozenset()
