"""Whether the hits are evidence good enough to answer from. If not, MedQA abstains."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medqa.answer.extraction.aspects import asked, said
from medqa.answer.extraction.characters import characters
from medqa.answer.extraction.needs import Need, hit_language, need_of, wording
from medqa.answer.extraction.scoring import score, subject_match
from medqa.answer.extraction.subjects import names_of, surroundings
from medqa.answer.reading import read
from medqa.answer.terms import terms, weight
from medqa.domain.conversation import Language, Query
from medqa.domain.passage import Hit

ENOUGH = 0.5
"""Strength from which MedQA answers. Set, with the weights below, on evals/data/answers.jsonl (medqa eval answers)."""

_WEIGHED = 16  # hits of one language, and twice as many of both, that the weights were fitted on

_FOREIGN_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\u30ff\ua000-\uabff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")

# Log odds of an answer: where sentences are compared, where passages only, and where words alone; Chinese apart.
# Fitted on evals/data/topics.jsonl and topics_more.jsonl, with and without the right articles, and on
# evals/data/answers.jsonl, all of them: none measures the weights independently.
_BY_SENTENCES = {
    "constant": -6.8,
    "covered": 3.8,
    "subject": 1.7,
    "similarity": 7.6,
    "meaning": 2.4,
    "nearness": 14.8,
    "missing": -3.4,
    "in_passing": -3.3,
}
_BY_PASSAGES = {"constant": -7.05, "covered": 3.4, "subject": 2.9, "similarity": 6.2, "heard": 0.7}
_CHINESE = {
    "constant": -6.5,
    "covered": 1.2,
    "subject": 0.85,
    "similarity": 4.3,
    "meaning": 1.9,
    "nearness": 5.5,
    "shared": 4.1,
    "heard": 1.4,
    "characters": 1.3,
    "missing": -2.9,
    "in_passing": -2.3,
}
_BY_WORDS = {
    "constant": -7.4,
    "covered": 4.0,
    "subject": 2.5,
    "shared": 2.2,
    "heard": 0.5,
    "named": 1.1,
    "characters": 3.3,
}
_NEAR = 0.55  # cosine from which a sentence is about to be the question's own words
_AROUND = 0.8  # words in other sentences of the passage count less than in one
_ABROAD = 0.9  # a translated question is a bag of words: easier to cover
_SURELY = 0.8  # and a kind of the subject, as pulmonary hypertension is of hypertension, will not do
_TO_THE_POINT = 0.3  # of the question is said by a sentence that tells a price or whether something is inherited
_AS_NEAR = 0.9  # and it is as much about the subject as any: whether a neighbour is inherited tells nothing
_TRANSLATED = 0.85  # of the question's weight, at least so much must be in words that have a translation


@dataclass(frozen=True, slots=True)
class Evidence:
    """The hits worth answering from, in one language, and how strong they are, in [0, 1]."""

    hits: tuple[Hit, ...]
    strength: float
    language: Language

    @property
    def is_own(self) -> bool:
        """Whether all of it is from documents that the reader has attached."""
        return bool(self.hits) and all(hit.metadata.is_attached for hit in self.hits)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of its documents, each once."""
        return tuple(dict.fromkeys(hit.metadata.title for hit in self.hits))


@dataclass(frozen=True, slots=True)
class Measures:
    """What strength is made of, in [0, 1]; ``similarity`` and ``meaning``, the cosines of the nearest passage and of
    the nearest sentence, may be unknown.

    ``covered`` is the share of the question's weight, unheard-of words included, that one sentence holds with its
    document's names and section; ``subject`` says how far that sentence is about what is asked. ``heard`` is the
    share that the passages hold at all, ``missing`` the share of the things it speaks of that they never name,
    ``in_passing`` whether it names conditions or the like and no document is called by one;
    ``named`` says whether a document is called by the question's words;
    ``characters`` is the share of its Chinese characters that they hold, if it has any.
    """

    covered: float
    subject: float
    heard: float = 1.0
    missing: float = 0.0
    in_passing: float = 0.0
    named: float = 0.0
    shared: float = 0.0
    characters: float | None = None
    similarity: float | None = None
    meaning: float | None = None

    @property
    def nearness(self) -> float:
        """How far the nearest sentence is beyond being merely of the same kind.

        0 where a document bears the subject's name: there, that name alone brings sentences near.
        """
        return 0.0 if self.named else max(0.0, (self.meaning or 0.0) - _NEAR)


def is_other_language(text: str) -> bool:
    """Whether a question is written in a script that is neither Latin nor Chinese; Japanese and Korean are."""
    letters = len(_LETTER.findall(text))
    return letters > 0 and len(_FOREIGN_SCRIPT.findall(text)) > 0.3 * letters


def weigh(query: Query, hits: Sequence[Hit], k: int = 22) -> Evidence:
    """The evidence in the asker's language when it will do, else the stronger; at most ``k`` hits of one language.

    Retracted documents are no evidence.
    """
    standing = [hit for hit in hits if not hit.metadata.retracted]
    own = tuple(hit for hit in standing if hit_language(hit) == query.language)[:k]
    mine = Evidence(own, strength(measure(query, _weighed(standing, own))), query.language)
    other = tuple(hit for hit in standing if hit_language(hit) != query.language)[:k]
    if mine.strength >= ENOUGH or not other or _translated(query) < _TRANSLATED:
        return mine
    abroad = measure(query, _weighed(standing, other))
    if abroad.subject < _SURELY:
        return mine
    theirs = Evidence(other, _ABROAD * strength(abroad), "en" if query.language == "zh" else "zh")
    return max(mine, theirs, key=lambda evidence: evidence.strength)


def _weighed(standing: Sequence[Hit], own: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits of one language that strength is measured by: with more of them all evidence would look stronger."""
    near = {hit.passage.id for hit in standing[: 2 * _WEIGHED]}
    return tuple(hit for hit in own if hit.passage.id in near)[:_WEIGHED]


def strength(measures: Measures) -> float:
    """How well the evidence answers the question, in [0, 1]."""
    weights = _weights(measures)
    odds = sum(w * (1.0 if name == "constant" else getattr(measures, name) or 0.0) for name, w in weights.items())
    return 1 / (1 + math.exp(-odds))


def _weights(measures: Measures) -> Mapping[str, float]:
    if measures.similarity is None:
        return _BY_WORDS
    if measures.meaning is None:
        return _BY_PASSAGES
    return _BY_SENTENCES if measures.characters is None else _CHINESE


def measure(query: Query, hits: Sequence[Hit]) -> Measures:
    """What the hits, all of one language, offer the question."""
    need = need_of(query, hits)
    candidates = score(query, hits, "patient", need)
    vital = need.asked.vital
    nearest = _AS_NEAR * max((c.subject for c in candidates), default=0.0)
    told = (c for c in candidates if c.said & vital and c.subject >= nearest)
    if vital and not any(c.measures["direct"] >= _TO_THE_POINT for c in told):
        return Measures(0.0, 0.0, heard=0.0)
    covered, subject = max((_closest(need, hit) for hit in hits), key=sum, default=(0.0, 0.0))
    known = [hit.similarity for hit in hits if hit.similarity is not None]
    total = sum(need.all_weights.values())
    return Measures(
        covered,
        subject,
        heard=sum(need.weights.values()) / total if total else 0.0,
        missing=need.missing,
        in_passing=float(need.in_passing),
        named=float(bool(need.subjects)),
        shared=max((c.measures["shared"] for c in candidates), default=0.0),
        characters=_characters_held(wording(query, hits), hits),
        similarity=max(known) if known else None,
        meaning=max((cosine for hit in hits for _, cosine in hit.sentences), default=None),
    )


def _closest(need: Need, hit: Hit) -> tuple[float, float]:
    """(covered, subject) of the hit's sentence that answers best, or of the passage where that covers clearly more.

    A document without a title is about what it says.
    """
    around = surroundings(hit)
    subject_of = subject_match(need, hit)
    topics = need.asked.topics
    found = [
        (
            need.whole_coverage(sentence.terms | around, said(sentence.shown, topics) if topics else frozenset()),
            subject_of(sentence.terms),
        )
        for sentence in read(hit.passage.text)
        if sentence.usable
    ]
    covered, subject = max(found, key=sum, default=(0.0, 0.0))
    if not found:
        return 0.0, 0.0
    whole = need.whole_coverage(frozenset(terms(hit.passage.text)) | around, frozenset())
    return max(covered, _AROUND * whole), subject if names_of(hit) else whole


def _characters_held(question: str, hits: Sequence[Hit]) -> float | None:
    """The share of the question's telling Chinese characters that stand anywhere in the hits, in [0, 1]."""
    asked_for = characters(question)
    texts = (text for hit in hits for text in (hit.passage.text, hit.metadata.title, *hit.metadata.aliases))
    held = frozenset[str]().union(*map(characters, texts)) if asked_for else frozenset()
    return len(asked_for & held) / len(asked_for) if asked_for else None


def _translated(query: Query) -> float:
    """The share of the question's weight in words that understanding knows, and so can be searched for abroad."""
    if not query.expansions:
        return 0.0
    cues = set(terms(asked(query.standalone).cues))
    known = " ".join(query.looked_for)
    words = {t: weight(t) for t in terms(known) + terms(_apart(query)) if t not in cues and not t[0].isdigit()}
    total = sum(words.values())
    return sum(w for t, w in words.items() if t in terms(known)) / total if total else 0.0


def _apart(query: Query) -> str:
    text = query.standalone
    for term in query.looked_for:
        text = text.replace(term, " ")
    return text
