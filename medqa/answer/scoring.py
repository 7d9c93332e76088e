"""How well each sentence of the hits answers this question: a few measures, weighed. No model, some milliseconds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medqa.answer.aspects import Asked, asked, aspects, headed, said
from medqa.answer.reading import Sentence, read
from medqa.answer.terms import terms, weight
from medqa.domain.conversation import Audience, Language, Query
from medqa.domain.language import language_of
from medqa.domain.passage import Hit

_CUE_WEIGHT = 0.15
_BARE_SUBJECT: Mapping[str, float] = {"definition": 1.0, "symptoms": 0.8, "treatment": 0.7}


@dataclass(frozen=True, slots=True)
class Weights:
    """What each measure of a sentence counts; the measures are in [0, 1] or -1 to 1."""

    direct: float = 2.4
    context: float = 1.0
    aspect: float = 1.3
    subject: float = 1.0
    rank: float = 0.6
    group: float = 0.5
    audience: float = 0.35
    leaning: float = -0.35


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed to judge a sentence: the question's terms with weights, other wordings, what is asked.

    ``weights`` holds the terms of the question that some hit speaks of; ``all_weights`` those that none does too.
    """

    language: Language
    weights: Mapping[str, float]
    all_weights: Mapping[str, float]
    wordings: tuple[frozenset[str], ...]
    asked: Asked


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a hit with its score. ``hit`` and ``index`` say where it is; ``aspects`` what it speaks of."""

    hit: int
    index: int
    sentence: Sentence
    score: float
    direct: float
    subject: float
    aspects: frozenset[str]


def hit_language(hit: Hit) -> Language:
    """The language of a hit: as recorded, else as its text looks."""
    known = hit.passage.language or hit.metadata.language
    if known in ("en", "zh"):
        return "zh" if known == "zh" else "en"
    return language_of(hit.passage.text)


def need_of(query: Query, hits: Sequence[Hit]) -> Need:
    """The question's needs, its terms weighed by how few of the hits hold them."""
    wanted = asked(query.standalone)
    cues = frozenset(terms(wanted.cues))
    question = terms(query.standalone)
    held = [_held(hit) for hit in hits]
    weights = {}
    for term in question:
        count = sum(term in words for words in held)
        rarity = max(0.35, math.log((len(hits) + 2) / (count + 1)))
        weights[term] = rarity * min(weight(term), _CUE_WEIGHT if term in cues else 1.0)
    present = {t: w for t, w in weights.items() if any(t in words for words in held)}
    wordings = tuple(frozenset(terms(text)) for text in query.expansions)
    if not wanted.aspects and not any(weight(t) == 1.0 and not _in_names(t, hits) for t in question):
        wanted = Asked(_BARE_SUBJECT, wanted.groups, wanted.yes_no, wanted.cues)
    return Need(query.language, present, weights, tuple(w for w in wordings if w), wanted)


def _held(hit: Hit) -> frozenset[str]:
    return frozenset(terms(hit.passage.text)) | frozenset(terms(hit.metadata.title)) | _name_terms(hit)


def _name_terms(hit: Hit) -> frozenset[str]:
    return frozenset(t for name in hit.metadata.aliases for t in terms(name))


def _in_names(term: str, hits: Sequence[Hit]) -> bool:
    return any(term in terms(hit.metadata.title) or term in _name_terms(hit) for hit in hits)


def coverage(need: Need, words: frozenset[str]) -> float:
    """The share of the question's weight that stands among the words, in [0, 1]; other wordings count in full."""
    total = sum(need.weights.values())
    plain = sum(w for t, w in need.weights.items() if t in words) / total if total else 0.0
    if not any(wording <= words for wording in need.wordings):
        return plain
    said_otherwise = {t for wording in need.wordings if wording <= words for t in wording}
    other = len(said_otherwise) / max(len({t for wording in need.wordings for t in wording}), 1)
    return min(1.0, max(plain + 0.25 * (1 - plain), other))


def subject_match(need: Need, hit: Hit) -> float:
    """Whether the document is about what is asked: the best share of one of its names that the question says."""
    question = need.all_weights.keys()
    best = 0.0
    for name in (hit.metadata.title, *hit.metadata.aliases):
        heavy = [t for t in terms(name) if weight(t) == 1.0] or list(terms(name))
        if heavy:
            best = max(best, sum(t in question for t in heavy) / len(heavy))
        if any(wording and wording <= set(terms(name)) for wording in need.wordings):
            best = max(best, 0.9)
    return best


def score(query: Query, hits: Sequence[Hit], audience: Audience, weights: Weights | None = None) -> list[Candidate]:
    """Every usable sentence of the hits, best first."""
    need = need_of(query, hits)
    candidates = [c for at, hit in enumerate(hits) for c in _score_hit(need, at, hit, audience, weights or Weights())]
    return sorted(candidates, key=lambda c: (-c.score, c.hit, c.index))


def _score_hit(need: Need, at: int, hit: Hit, audience: Audience, weights: Weights) -> list[Candidate]:
    heading = f"{hit.passage.section or ''}\n{hit.metadata.title}"
    names = frozenset(terms(hit.metadata.title)) | _name_terms(hit)
    around = names | frozenset(terms(hit.passage.section or ""))
    subject = subject_match(need, hit)
    place = (
        weights.subject * subject
        + weights.rank * (hit.similarity if hit.similarity is not None else 1 / (1 + 0.15 * at))
        + weights.audience * _audience_match(hit, audience)
    )
    found = []
    for index, sentence in enumerate(read(hit.passage.text)):
        if not sentence.usable:
            continue
        speaks_of = said(sentence.shown)
        direct = coverage(need, sentence.terms)
        total = (
            place
            + weights.direct * direct
            + weights.context * coverage(need, sentence.terms | around)
            + weights.aspect * _aspect_match(need.asked, headed(heading), speaks_of)
            + weights.group * _group_match(need.asked, speaks_of | headed(heading), speaks_of)
            + (weights.leaning if sentence.leans else 0.0)
            + 0.1 / (1 + index)
        )
        found.append(Candidate(at, index, sentence, total, direct, subject, speaks_of | headed(heading)))
    return found


def _aspect_match(wanted: Asked, announced: frozenset[str], spoken: frozenset[str]) -> float:
    """How well a sentence under its heading serves what is asked, in [0, 1]."""
    best = 0.0
    for name, importance in wanted.aspects.items():
        strict = aspects()[name].must_say or aspects()[name].needs_number
        here = (0.2 if strict and name not in spoken else 0.55) * (name in announced) + 0.45 * (name in spoken)
        best = max(best, importance * here)
    return best


def _group_match(wanted: Asked, around: frozenset[str], spoken: frozenset[str]) -> float:
    """1 for a sentence about people whom the question names, -1 for one about people whom it does not."""
    groups = {name for name, aspect in aspects().items() if aspect.group}
    if wanted.groups & around:
        return 1.0
    return -1.0 if (groups & spoken) - wanted.groups else 0.0


def _audience_match(hit: Hit, audience: Audience) -> float:
    if hit.metadata.audience is None:
        return 0.0
    return 1.0 if hit.metadata.audience == audience else -1.0
