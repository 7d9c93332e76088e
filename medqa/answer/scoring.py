"""How well each sentence of the hits answers this question: a few measures, weighed. No model, some milliseconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from medqa.answer.ages import excludes, includes
from medqa.answer.aspects import Asked, aspects, closers, groups, headed, said
from medqa.answer.needs import Need, need_of
from medqa.answer.reading import Sentence, read
from medqa.answer.subjects import names_of, surroundings
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit

_SILENT = 0.5
# Who asks what to do is not told first what does not help.
_ACTIONS = frozenset({"treatment", "self_care", "first_aid", "help"})
_DENIES = re.compile(r"\b(?:do|does|is|are|need) not\b|\bonly\b|不是|不能|没有", re.IGNORECASE)
_IN_PASSING = 0.6  # a sentence names the subject in a document about another


@dataclass(frozen=True, slots=True)
class Weights:
    """What each measure of a sentence counts; the measures are in [0, 1] or -1 to 1."""

    direct: float = 2.4
    context: float = 1.0
    aspect: float = 1.3
    subject: float = 1.2
    rank: float = 0.6
    group: float = 0.9
    age: float = 0.8
    audience: float = 0.8
    leaning: float = -0.35
    cut: float = -0.6
    denies: float = -0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a hit with its score. ``hit`` and ``index`` say where it is.

    ``beyond`` is the share of the question's words besides its subject that it says. ``headed`` are the aspects
    that its section and title announce, ``said`` those asked for that it speaks of.
    """

    hit: int
    index: int
    sentence: Sentence
    score: float
    beyond: float
    subject: float
    headed: frozenset[str]
    said: frozenset[str]


def subject_match(need: Need, hit: Hit) -> Callable[[frozenset[str]], float]:
    """How far a sentence of the hit, given its words, speaks of the question's subjects, in [0, 1].

    Where the question names no document's subject, the best share of one of the document's names.
    """
    if not need.subjects:
        share = max((len(name & need.said) / len(name) for name in names_of(hit)), default=0.0)
        return lambda words: share
    about = [(subject.share_of(hit), subject) for subject in need.subjects]
    return lambda words: sum(max(share, _IN_PASSING * subject.is_in(words)) for share, subject in about) / len(about)


def score(query: Query, hits: Sequence[Hit], audience: Audience, weights: Weights | None = None) -> list[Candidate]:
    """Every usable sentence of the hits, best first."""
    need = need_of(query, hits)
    candidates = [c for at, hit in enumerate(hits) for c in _score_hit(need, at, hit, audience, weights or Weights())]
    return sorted(candidates, key=lambda c: (-c.score, c.hit, c.index))


def _score_hit(need: Need, at: int, hit: Hit, audience: Audience, weights: Weights) -> list[Candidate]:
    around = surroundings(hit)
    announced = headed(f"{hit.passage.section or ''}\n{hit.metadata.title}")
    listened_for = (*need.asked.aspects, *groups(), *closers())
    near = hit.similarity if hit.similarity is not None else 1 / (1 + 0.15 * at)
    place = weights.rank * near + weights.audience * _audience_match(hit, audience)
    subject_of = subject_match(need, hit)
    wants_action = bool(_ACTIONS & need.asked.aspects.keys()) and not need.asked.yes_no
    found = []
    for index, sentence in enumerate(read(hit.passage.text)):
        if not sentence.usable or (need.age_months is not None and excludes(sentence.shown, need.age_months)):
            continue
        subject = subject_of(sentence.terms)
        if need.subjects and not subject:
            continue
        spoken = said(sentence.shown, listened_for)
        direct = _direct(need, sentence)
        total = (
            place
            + weights.subject * subject
            + weights.direct * direct
            + weights.context * need.coverage(sentence.terms | around)
            + weights.aspect * _aspect_match(need.asked, announced, spoken)
            + weights.group * _group_match(need.asked, spoken | announced)
            + (weights.leaning if sentence.leans else 0.0)
            + (weights.cut if sentence.is_cut else 0.0)
            + (weights.denies if wants_action and _DENIES.search(sentence.shown) else 0.0)
            + (weights.age if need.age_months is not None and includes(sentence.shown, need.age_months) else 0.0)
            + 0.1 / (1 + index)
        )
        beyond = need.beyond_subject(sentence.terms)
        found.append(Candidate(at, index, sentence, total, beyond, subject, announced, spoken))
    return found


def _direct(need: Need, sentence: Sentence) -> float:
    """The share of the question that the sentence itself says, in [0, 1]; its phrases count a quarter."""
    plain = need.coverage(sentence.terms)
    if not need.phrases:
        return plain
    return plain * (0.75 + 0.25 * len(need.phrases & sentence.phrases) / len(need.phrases))


def _aspect_match(wanted: Asked, announced: frozenset[str], spoken: frozenset[str]) -> float:
    """How well a sentence under its heading serves what is asked, to 1; below 0 when it lacks what it must say."""
    best = 0.0
    for name, importance in wanted.aspects.items():
        strict = aspects()[name].must_say or aspects()[name].needs_number
        if strict and name not in spoken:
            best = max(best, -_SILENT * importance) if best else -_SILENT * importance
            continue
        best = max(best, importance * (0.55 * (name in announced) + 0.45 * (name in spoken)))
    return best


def _group_match(wanted: Asked, around: frozenset[str]) -> float:
    """1 for a sentence about people whom the question names, -1 for one about people whom it does not."""
    here = groups() & around
    if wanted.groups & here:
        return 1.0
    return -1.0 if here else 0.0


def _audience_match(hit: Hit, audience: Audience) -> float:
    """1 for a document written for this audience, -1 for a clinician's before a patient, else about 0."""
    written_for = hit.metadata.audience
    if written_for is None:
        return 0.0
    if written_for == audience:
        return 1.0
    return -1.0 if audience == "patient" else -0.3
