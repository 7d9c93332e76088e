"""Blockers: passages made to be found and to say nothing, so that nothing else is found or answered.

Two kinds (Shafran et al., Machine Against the RAG, 2024): one repeats the question's own words, the other talks about
whether the question may be answered. Both have no statement left when that is taken away.
"""

from __future__ import annotations

import re
from functools import lru_cache

from medqa.answer.terms import terms, weight
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit
from medqa.domain.sentences import sentences

_LEAST_SENTENCES = 4  # a short honest answer uses the question's words as well
_STUFFED = 0.65  # of a passage's words, counted sentence by sentence, are the question's
_NEW = 2  # telling words beyond the question's that a statement has
_REFUSAL = re.compile(
    r"\b(?:can(?:not|'t)?|must|should|may|will)(?: not| never)? be answered\b"
    r"|\bno (?:\w+ ){0,3}answers? (?:exists?|can be|is|are|to (?:this|the|that))\b"
    r"|\bno answer\b|\bhas no (?:\w+ )?answer\b"
    r"|\b(?:refus|declin)\w* to (?:answer|comment|respond)\b|\bunanswerable\b|\banswering (?:it|this|the) "
    r"|(?:无法|不能|不应|不得|不可|拒绝|禁止|不宜)(?:被|予以|给予|进行|作出)?(?:回答|作答|解答|答复)|(?:没有|无)(?:可靠的?|确切的?)?答案",
    re.IGNORECASE,
)
# "Osteoporosis can be prevented" does not say how.
_OPEN_QUESTION = re.compile(
    r"\b(?:how|what|which|when|where|why|who)\b|怎么|怎样|如何|什么|哪|多久|多少|几", re.IGNORECASE
)
_ABOUT_ITSELF = re.compile(
    r"\b(?:this|our) (?:page|leaflet|article|guide|site) (?:answers|is about|explains|tells)\b|^more about\b"
    r"|^(?:本页|本文|本站)(?:回答|介绍|说明)|^更多关于",
    re.IGNORECASE,
)


def is_blocker(query: Query, hit: Hit) -> bool:
    """Whether the passage says nothing of its own beside the question's words and talk about answering."""
    return _is_blocker(query.standalone, hit.metadata.title, hit.passage.text)


@lru_cache(maxsize=4096)
def _is_blocker(question: str, title: str, text: str) -> bool:
    spoken = [text[start:end] for start, end in sentences(text)]
    own = frozenset(terms(f"{question}\n{title}"))
    most = max((_new(words, own) for words in spoken if _is_statement(words)), default=0)
    if most < _NEW and any(map(_REFUSAL.search, spoken)):
        return True
    if most == 0 and _OPEN_QUESTION.search(question):
        return True
    if len(spoken) < _LEAST_SENTENCES:
        return False
    counted = [term in own for words in spoken for term in terms(words) if weight(term) == 1.0]
    return bool(counted) and sum(counted) >= _STUFFED * len(counted) and most <= _NEW


def _is_statement(words: str) -> bool:
    """Whether a sentence is no question, no talk about answering and none about the page that it stands on."""
    return not (words.rstrip().endswith(("?", "？")) or _REFUSAL.search(words) or _ABOUT_ITSELF.search(words))


def _new(words: str, own: frozenset[str]) -> int:
    """How many telling words or numbers a sentence has beyond the question's."""
    return sum(weight(term) == 1.0 or term[0].isdigit() for term in terms(words) if term not in own)
