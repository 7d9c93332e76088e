"""Whether the hits are evidence good enough to answer from. If not, MedQA abstains."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from medqa.answer.needs import hit_language, need_of
from medqa.answer.scoring import score
from medqa.answer.subjects import surroundings
from medqa.domain.conversation import Audience, Language, Query
from medqa.domain.passage import Hit

_FOREIGN_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\u30ff\ua000-\uabff\uac00-\ud7af]")
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


def weigh(query: Query, hits: Sequence[Hit], audience: Audience) -> Evidence:
    """The stronger of the evidence in the asker's language and in the other, the asker's when both will do."""
    standing = [hit for hit in hits if not hit.metadata.retracted]
    own = [hit for hit in standing if hit_language(hit) == query.language]
    other = [hit for hit in standing if hit_language(hit) != query.language]
    mine = Evidence(tuple(own), strength(query, own, audience), query.language)
    if mine.strength >= ENOUGH or not other:
        return mine
    theirs = Evidence(tuple(other), strength(query, other, audience), "en" if query.language == "zh" else "zh")
    return theirs if theirs.strength > mine.strength else mine


ENOUGH = 0.5
"""Strength from which MedQA answers; calibrated by ``medqa eval answers``."""


def strength(query: Query, hits: Sequence[Hit], audience: Audience) -> float:
    """How well the hits answer the question, in [0, 1]."""
    if not hits:
        return 0.0
    m = measure(query, hits, audience)
    return 1 / (1 + math.exp(-(-5.0 + 2.0 * m.similarity + 3.5 * m.covered + 2.5 * m.direct + 1.5 * m.subject)))


def measure(query: Query, hits: Sequence[Hit], audience: Audience) -> Measures:
    """The measures of the evidence.

    ``similarity`` is the best cosine; ``covered`` the share of the question's weight, counting what no hit speaks
    of, that the best sentence and its document's names hold; ``direct`` the share that the sentence alone holds;
    ``subject`` whether its document is about what is asked.
    """
    need = need_of(query, hits)
    best = score(query, hits, audience)[:3]
    return Measures(
        similarity=max((hit.similarity or 0.0 for hit in hits), default=0.0),
        covered=max((need.whole_coverage(c.sentence.terms | surroundings(hits[c.hit])) for c in best), default=0.0),
        direct=max((c.direct for c in best), default=0.0),
        subject=max((c.subject for c in best), default=0.0),
    )
