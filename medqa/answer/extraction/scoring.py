"""How well each sentence of the hits answers this question: a few measures, weighed. Some milliseconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from medqa.answer.extraction.ages import excludes, includes, names_ages
from medqa.answer.extraction.aspects import Asked, aspects, closers, groups, headed, said
from medqa.answer.extraction.characters import Rarity, shared
from medqa.answer.extraction.levels import agreement
from medqa.answer.extraction.needs import Need, hit_language, need_of
from medqa.answer.extraction.numbers import asks_number, tells_number
from medqa.answer.extraction.subjects import names_of, surroundings, title_of
from medqa.answer.reading import Sentence, read
from medqa.domain.conversation import Audience, Query
from medqa.domain.passage import Hit

_SILENT = 0.5
# Who asks what to do is not told first what does not help.
_ACTIONS = frozenset({"treatment", "self_care", "first_aid", "help"})
_DENIES = re.compile(
    r"\b(?:do|does|is|are|need) not\b|\bonly\b|\bno (?:medicine|drug|cure|treatment)\b|不是|不能|没有", re.IGNORECASE
)
_FOR_OTHERS = -1.0
_IN_PASSING = 0.6  # a sentence names the subject in a document about another


@dataclass(frozen=True, slots=True)
class Weights:
    """What each measure of a sentence counts; the measures are in [0, 1] or -1 to 1.

    The upper ones are rounded from a fit on evals/data/topics.jsonl, the others set by hand.
    """

    near: float
    lead: float
    subject: float
    direct: float
    context: float
    aspect: float
    beyond: float
    meaning: float
    passage: float
    shared: float
    number: float
    first: float = 0.5
    group: float = 1.0
    age: float = 1.5
    audience: float = 0.8
    leaning: float = -0.35
    cut: float = -0.6
    denies: float = -0.4
    level: float = 1.5


# For English, and for Chinese, which the default encoder does not read: there shared characters tell most.
_ENGLISH = Weights(
    near=2.4,
    lead=1.0,
    subject=1.1,
    direct=1.4,
    context=1.9,
    aspect=2.1,
    beyond=0.5,
    meaning=6.5,
    passage=1.8,
    shared=0.0,
    number=1.3,
)
_CHINESE = Weights(
    near=2.1,
    lead=1.15,
    subject=1.2,
    direct=0.7,
    context=2.5,
    aspect=2.6,
    beyond=0.1,
    meaning=5.4,
    passage=1.8,
    shared=3.3,
    number=2.2,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a hit with its score. ``hit`` and ``index`` say where it is.

    ``measures`` are what the score is made of, by the names of ``Weights``. ``headed`` are the aspects that its
    section and title announce, ``said`` those asked for that it speaks of.
    """

    hit: int
    index: int
    sentence: Sentence
    score: float
    measures: Mapping[str, float]
    headed: frozenset[str]
    said: frozenset[str]

    @property
    def subject(self) -> float:
        """How far it is about what is asked, in [0, 1]."""
        return self.measures["subject"]

    @property
    def is_for_others(self) -> bool:
        """Whether its document is written for clinicians, and the reader is none."""
        return self.measures["audience"] == _FOR_OTHERS


def subject_match(need: Need, hit: Hit) -> Callable[[frozenset[str]], float]:
    """How far a sentence of the hit, given its words, speaks of the question's subjects, in [0, 1].

    Where the question names no document's subject, the best share of one of the document's names.
    """
    if not need.subjects:
        share = max((len(name & need.said) / len(name) for name in names_of(hit)), default=0.0)
        return lambda words: share
    about = [(subject.share_of(hit), subject) for subject in need.subjects]
    return lambda words: sum(max(share, _IN_PASSING * subject.is_in(words)) for share, subject in about) / len(about)


def score(query: Query, hits: Sequence[Hit], audience: Audience, need: Need | None = None) -> list[Candidate]:
    """Every usable sentence of the hits, best first; ``need`` is theirs where it is known already."""
    return sorted(_scored(need or need_of(query, hits), query, hits, audience), key=_order)


def _order(candidate: Candidate) -> tuple[float, int, int]:
    return -candidate.score, candidate.hit, candidate.index


def _weighed(measures: Mapping[str, float], weights: Weights) -> float:
    return sum(float(getattr(weights, name)) * value for name, value in measures.items())


def _scored(need: Need, query: Query, hits: Sequence[Hit], audience: Audience) -> Iterator[Candidate]:
    """Every usable sentence with its score."""
    characters = Rarity(s.shown for hit in hits for s in read(hit.passage.text)).weights(query.standalone)
    documents = list(dict.fromkeys(hit.passage.document_id for hit in hits))
    weights = _CHINESE if hits and hit_language(hits[0]) == "zh" else _ENGLISH
    for at, hit in enumerate(hits):
        place = {
            "near": 1 / (1 + 0.15 * at),
            "passage": hit.similarity or 0.0,
            "lead": 1 / (1 + documents.index(hit.passage.document_id)),
            "audience": _audience_match(hit, audience),
        }
        names = " ".join((title_of(hit), *hit.metadata.aliases))
        for candidate in _score_hit(query, need, at, hit):
            words = shared(characters, candidate.sentence.shown, names) if characters else 0.0
            measures = {**place, **candidate.measures, "shared": words}
            yield replace(candidate, measures=measures, score=_weighed(measures, weights))


def _score_hit(query: Query, need: Need, at: int, hit: Hit) -> Iterator[Candidate]:
    """The sentences of one hit with what each is in itself."""
    around = surroundings(hit)
    announced = headed(f"{hit.passage.section or ''}\n{hit.metadata.title}")
    listened_for = (*need.asked.aspects, *groups(), *closers())
    subject_of = subject_match(need, hit)
    wants_number = asks_number(query.standalone)
    wants_action = bool(_ACTIONS & need.asked.aspects.keys()) and not need.asked.yes_no
    for index, sentence in enumerate(read(hit.passage.text)):
        if not sentence.usable or (
            need.age_months is not None and _is_of_other_age(need.age_months, sentence, announced)
        ):
            continue
        subject = subject_of(sentence.terms)
        if need.subjects and not subject:
            continue
        spoken = said(sentence.shown, listened_for)
        if not hit.metadata.is_attached and not need.is_told(sentence.terms, names_of(hit) or (frozenset(),), spoken):
            continue
        measures = {
            "subject": subject,
            "direct": _direct(need, sentence),
            "context": need.coverage(sentence.terms | around),
            "aspect": _aspect_match(need.asked, announced, spoken),
            "beyond": need.beyond_subject(sentence.terms),
            "meaning": _meaning(hit, sentence),
            "number": float(wants_number and tells_number(sentence.shown)),
            "first": float(index == 0),
            "group": _group_match(need.asked, spoken | announced),
            "age": _age_match(need.age_months, sentence, announced),
            "leaning": float(sentence.leans),
            "cut": float(sentence.is_cut),
            "level": agreement(query.standalone, sentence.shown),
            "denies": float(wants_action and bool(_DENIES.search(sentence.shown))),
        }
        yield Candidate(at, index, sentence, 0.0, measures, announced, spoken)


def _is_of_other_age(age_months: float, sentence: Sentence, announced: frozenset[str]) -> bool:
    """Whether a sentence is for people of another age; on screening, that it ends at 65 answers who is 70."""
    return "screening" not in announced and excludes(sentence.shown, age_months)


def _meaning(hit: Hit, sentence: Sentence) -> float:
    """The cosine of the sentence, or of the nearest part of its list, to the question; 0 where it is not known."""
    return max((cosine for start, cosine in hit.sentences if sentence.start <= start < sentence.end), default=0.0)


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


def _age_match(age_months: float | None, sentence: Sentence, announced: frozenset[str]) -> float:
    """1 for a sentence about people of the age in question; on screening, for one about ages at all."""
    if age_months is None:
        return 0.0
    return float(names_ages(sentence.shown) if "screening" in announced else includes(sentence.shown, age_months))


def _audience_match(hit: Hit, audience: Audience) -> float:
    """1 for a document written for this audience, -1 for a clinician's before a patient, else about 0."""
    written_for = hit.metadata.audience
    if written_for is None:
        return 0.0
    if written_for == audience:
        return 1.0
    return _FOR_OTHERS if audience == "patient" else -0.3
