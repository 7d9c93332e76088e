"""Whether the hits are evidence good enough to answer from. If not, MedQA abstains."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from medqa.answer.aspects import said
from medqa.answer.needs import Need, hit_language, need_of
from medqa.answer.reading import read
from medqa.answer.scoring import subject_match
from medqa.answer.subjects import surroundings
from medqa.domain.conversation import Language, Query
from medqa.domain.passage import Hit

_FOREIGN_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\u30ff\ua000-\uabff\uac00-\ud7af]")
_FOREIGN = 0.8  # a translated question is a bag of topics: easier to cover, so its evidence counts less
_NEARLY = 0.3
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The hits worth answering from, in one language, and how strong they are, in [0, 1]."""

    hits: tuple[Hit, ...]
    strength: float
    language: Language


@dataclass(frozen=True, slots=True)
class Measures:
    """What strength is made of, each in [0, 1]: see ``measure``."""

    similarity: float
    covered: float
    direct: float
    subject: float


def is_other_language(text: str) -> bool:
    """Whether a question is written in a script that is neither Latin nor Chinese."""
    letters = len(_LETTER.findall(text))
    return letters > 0 and len(_FOREIGN_SCRIPT.findall(text)) > 0.3 * letters


def weigh(query: Query, hits: Sequence[Hit], k: int = 12) -> Evidence:
    """The evidence in the asker's language when it will do, else the stronger; at most ``k`` hits of one language."""
    standing = [hit for hit in hits if not hit.metadata.retracted]
    own = [hit for hit in standing if hit_language(hit) == query.language][:k]
    other = [hit for hit in standing if hit_language(hit) != query.language][:k]
    mine = Evidence(tuple(own), strength(query, own), query.language)
    if mine.strength >= ENOUGH or not other:
        return mine
    foreign = strength(query, other) * _FOREIGN
    theirs = Evidence(tuple(other), foreign, "en" if query.language == "zh" else "zh")
    return theirs if theirs.strength > max(mine.strength, _NEARLY) else mine


ENOUGH = 0.5
"""Strength from which MedQA answers; calibrated by ``medqa eval answers``."""


def strength(query: Query, hits: Sequence[Hit]) -> float:
    """How well the hits answer the question, in [0, 1]."""
    if not hits:
        return 0.0
    m = measure(query, hits)
    return 1 / (1 + math.exp(-(-5.0 + 2.0 * m.similarity + 3.5 * m.covered + 2.5 * m.direct + 1.5 * m.subject)))


def measure(query: Query, hits: Sequence[Hit]) -> Measures:
    """The measures of the evidence.

    ``similarity`` is the best cosine; ``covered`` the share of the question's weight, counting what no hit speaks
    of, that the best sentence and its document's names hold; ``direct`` the share that the sentence alone holds;
    ``subject`` whether its document is about what is asked.
    """
    need = need_of(query, hits)
    best = max((_closeness(need, hit) for hit in hits), default=(0.0, 0.0, 0.0, 0.0))
    return Measures(
        similarity=max((hit.similarity or 0.0 for hit in hits), default=0.0),
        covered=best[1],
        direct=best[2],
        subject=best[3],
    )


def _closeness(need: Need, hit: Hit) -> tuple[float, float, float, float]:
    """Of the hit's sentence that answers best: the sum of the measures, then each of them."""
    around = surroundings(hit)
    subject_of = subject_match(need, hit)
    best = (0.0, 0.0, 0.0, 0.0)
    for sentence in read(hit.passage.text):
        if sentence.usable:
            spoken = said(sentence.shown, need.asked.topics) if need.asked.topics else frozenset[str]()
            covered = need.whole_coverage(sentence.terms | around, spoken)
            direct, subject = need.coverage(sentence.terms), subject_of(sentence.terms)
            best = max(best, (covered + direct + subject, covered, direct, subject))
    return best
