"""Which sentences make the answer and in what order they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medqa.answer.extraction.aspects import Asked, aspects, closers
from medqa.answer.extraction.levels import level
from medqa.answer.extraction.needs import Need
from medqa.answer.extraction.scoring import Candidate
from medqa.domain.passage import Hit

_CLOSED_BY_HELP = frozenset(
    {"symptoms", "treatment", "self_care", "first_aid", "prognosis", "complications", "side_effects", "dose", "help"}
)
# What holds for adults may harm a child or an unborn one: only what speaks of them is said.
_NEED_THEIR_OWN_WORD = frozenset({"pregnancy", "children"})
_ALWAYS = frozenset({"pregnancy"})  # whether something is allowed, not about medicines alone
_ABOUT_MEDICINES = frozenset({"treatment", "dose", "interactions", "side_effects", "uses"})
_ACTIONS = frozenset({"first_aid", "treatment", "self_care"})
# Of those who have had it, and of the days after.
_AFTERWARDS = re.compile(
    r"得过|有过|恢复|才能再|\b(?:have|has) had\b|\bafter (?:a|an|the)?\b|\breturn to\b", re.IGNORECASE
)
_SAME_SUBJECT = 0.5
_NAMED = 0.65  # below it no document is about what is asked, and half of that says nothing
_ASKED_FOR = 1.0  # the weight of an aspect that the question's own words name


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer gets, in sentences. A further one may score ``behind`` less than the best."""

    sentences: int = 4
    behind: float = 3.5
    behind_aside: float = 1.0  # for a sentence that neither says what is asked nor stands under such a heading
    overlap: float = 0.7
    novelty: float = 1.1
    new_aspect: float = 0.5


def select(candidates: Sequence[Candidate], need: Need, limits: Limits) -> list[Candidate]:
    """The sentences to quote, the best first; a sentence that leans on its predecessor brings it along."""
    asked = need.asked
    overlap = Overlap(frozenset().union(*(name for subject in need.subjects for name in subject.names)))
    chosen: list[Candidate] = []
    pool = _to_the_point(candidates, asked)
    best_score = max((c.score for c in pool), default=0.0)
    while pool and len(chosen) < limits.sentences:
        best = max(
            _leading(pool, asked) if not chosen else pool, key=lambda c: _worth(c, chosen, asked, limits, overlap)
        )
        pool.remove(best)
        behind = best_score - best.score - limits.new_aspect * _serves_more(best, chosen, asked)
        if behind > (limits.behind_aside if _is_aside(best, asked) else limits.behind):
            continue
        if overlap.of(best, chosen) >= limits.overlap:
            continue
        chosen += _with_predecessor(best, candidates, chosen)
    return _ordered(chosen[: limits.sentences], asked)


def _to_the_point(candidates: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """The candidates that may answer: for a dose those that state one, about the subject, written for this reader.

    Where nothing fits one of these, it is not asked for.
    """
    strict = [name for name in asked.aspects if aspects()[name].only]
    fitting = [c for c in candidates if c.said.intersection(strict)] or candidates if strict else candidates
    about_medicines = any(asked.aspects.get(name, 0.0) >= _ASKED_FOR for name in _ABOUT_MEDICINES)
    needing = asked.groups & (_NEED_THEIR_OWN_WORD if about_medicines else _ALWAYS)
    if needing and (asked.yes_no or about_medicines):
        fitting = _naming(needing, fitting) or _naming(needing, candidates)
    best = max((c.subject for c in fitting), default=0.0)
    if best >= _NAMED:
        fitting = [c for c in fitting if c.subject >= _SAME_SUBJECT * best]
    fitting = [c for c in fitting if not c.is_for_others] or fitting
    if any(c.measures["level"] > 0 for c in fitting):  # who asks about a low result is not told what a high one means
        fitting = [c for c in fitting if c.measures["level"] >= 0]
    return list(fitting)


def _leading(candidates: Sequence[Candidate], asked: Asked) -> Sequence[Candidate]:
    """Those that may come first: who asks whether it can be cured hears that, and who asks what to do, what to do."""
    vital = asked.vital
    told = [c for c in candidates if c.said & vital]
    if told or not asked.wants_action:
        return told or candidates
    return [c for c in candidates if _tells_what_to_do(c)] or candidates


def _tells_what_to_do(c: Candidate) -> bool:
    is_action = bool(_ACTIONS & c.headed) and bool(_ACTIONS & c.said)
    return is_action and not c.measures["denies"] and not _AFTERWARDS.search(c.sentence.shown)


def _is_aside(candidate: Candidate, asked: Asked) -> bool:
    return bool(asked.aspects) and not (candidate.headed | candidate.said) & asked.aspects.keys()


def _naming(people: frozenset[str], candidates: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in candidates if people & (c.headed | c.said)]


def _worth(c: Candidate, chosen: Sequence[Candidate], asked: Asked, limits: Limits, overlap: Overlap) -> float:
    return c.score - limits.novelty * overlap.of(c, chosen) + limits.new_aspect * _serves_more(c, chosen, asked)


def _serves_more(c: Candidate, chosen: Sequence[Candidate], asked: Asked) -> float:
    """The weight of the heaviest aspect asked for that this sentence would be the first to serve."""
    served = {name for k in chosen for name in k.said}
    return max((asked.aspects[name] for name in c.said if name in asked.aspects and name not in served), default=0.0)


def closing(
    candidates: Sequence[Candidate], chosen: Sequence[Candidate], hits: Sequence[Hit], asked: Asked
) -> Candidate | None:
    """A sentence on when to get help from a document already quoted, where one belongs and none is chosen."""
    fits = _CLOSED_BY_HELP & asked.aspects.keys() or asked.groups
    if asked.yes_no or not chosen or not fits or any(_is_help(c) for c in chosen):
        return None
    quoted = {hits[c.hit].passage.document_id for c in chosen if c.subject >= max(k.subject for k in chosen)}
    fitting = (c for c in candidates if _is_help(c) and not c.sentence.leans)
    return next((c for c in fitting if hits[c.hit].passage.document_id in quoted), None)


def _is_help(candidate: Candidate) -> bool:
    return bool(closers() & candidate.headed & candidate.said)


class Overlap:
    """How far sentences say the same. What they are all about, ``names``, tells them apart from nothing."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def of(self, candidate: Candidate, chosen: Sequence[Candidate]) -> float:
        """The largest share of the smaller sentence's terms that both hold, in [0, 1].

        What is said of a high level does not repeat what is said of a low one.
        """
        mine = candidate.sentence.terms - self._names
        others = (c for c in chosen if level(c.sentence.shown) == level(candidate.sentence.shown))
        held = [c.sentence.terms - self._names for c in others]
        return max((len(mine & other) / max(1, min(len(mine), len(other))) for other in held), default=0.0)


def _with_predecessor(best: Candidate, candidates: Sequence[Candidate], chosen: list[Candidate]) -> list[Candidate]:
    """The sentence, after the one that it leans on; nothing when that one cannot be quoted."""
    if not best.sentence.leans:
        return [best]
    taken = {(c.hit, c.index) for c in chosen}
    if best.sentence.previous is None:
        return []
    if (best.hit, best.sentence.previous) in taken:
        return [best]
    before = next((c for c in candidates if (c.hit, c.index) == (best.hit, best.sentence.previous)), None)
    return [before, best] if before is not None and not before.sentence.leans else []


def _ordered(chosen: list[Candidate], asked: Asked) -> list[Candidate]:
    """What was asked first: the best sentence leads; what to do in need stands last unless it is asked for."""
    is_late = "help" not in asked.aspects or asked.wants_action
    best = max(_leading(chosen, asked), key=lambda c: c.score, default=None)
    return _kept_together(
        sorted(chosen, key=lambda c: (c is not best, is_late and c is not best and _is_help(c), -c.score))
    )


def _kept_together(ordered: list[Candidate]) -> list[Candidate]:
    """Each leaning sentence directly after the one it leans on."""
    result = [c for c in ordered if not c.sentence.leans]
    for c in ordered:
        if c.sentence.leans:
            at = next((i for i, k in enumerate(result) if (k.hit, k.index) == (c.hit, c.sentence.previous)), None)
            if at is not None:
                result.insert(at + 1, c)
    return result
