"""Which sentences make the answer and in what order they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medqa.answer.aspects import Asked, aspects, closers
from medqa.answer.levels import level
from medqa.answer.scoring import Candidate
from medqa.domain.passage import Hit

_CLOSED_BY_HELP = frozenset(
    {"symptoms", "treatment", "self_care", "first_aid", "prognosis", "complications", "side_effects", "dose", "help"}
)
# What holds for adults may harm a child or an unborn one: about medicines, only what speaks of them is said.
_NEED_THEIR_OWN_WORD = frozenset({"pregnancy", "children"})
_ABOUT_MEDICINES = frozenset({"treatment", "dose", "interactions", "side_effects", "uses"})
_SAME_SUBJECT = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer gets. A further sentence
    may score ``behind`` less than the best."""

    sentences: int = 5
    behind: float = 2.6
    behind_aside: float = 0.8  # for a sentence that neither says what is asked nor stands under such a heading
    overlap: float = 0.7
    novelty: float = 1.1
    new_aspect: float = 0.5


def select(candidates: Sequence[Candidate], hits: Sequence[Hit], asked: Asked, limits: Limits) -> list[Candidate]:
    """The sentences to quote, in reading order; a sentence that leans on its predecessor brings it along."""
    chosen: list[Candidate] = []
    pool = _to_the_point(candidates, asked)
    best_score = max((c.score for c in pool), default=0.0)
    while pool and len(chosen) < limits.sentences:
        best = max(pool, key=lambda c: _worth(c, chosen, asked, limits))
        pool.remove(best)
        behind = best_score - best.score - limits.new_aspect * _serves_more(best, chosen, asked)
        if behind > (limits.behind_aside if _is_aside(best, asked) else limits.behind):
            continue
        if _overlap(best, chosen) >= limits.overlap:
            continue
        chosen += _with_predecessor(best, candidates, chosen)
    return _ordered(chosen[: limits.sentences + 1], hits, asked)


def _to_the_point(candidates: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """The candidates that may answer: for a dose those that state one, about the subject, written for this reader.

    Where nothing fits one of these, it is not asked for.
    """
    strict = [name for name in asked.aspects if aspects()[name].only]
    fitting = [c for c in candidates if c.said.intersection(strict)] or candidates if strict else candidates
    needing = asked.groups & _NEED_THEIR_OWN_WORD
    if needing and (asked.yes_no or _ABOUT_MEDICINES & asked.aspects.keys()):
        fitting = _naming(needing, fitting) or _naming(needing, candidates)
    best = max((c.subject for c in fitting), default=0.0)
    fitting = [c for c in fitting if c.subject >= _SAME_SUBJECT * best]
    fitting = [c for c in fitting if not c.is_for_others] or fitting
    if any(c.measures["level"] > 0 for c in fitting):  # who asks about a low result is not told what a high one means
        fitting = [c for c in fitting if c.measures["level"] >= 0]
    return fitting


def _is_aside(candidate: Candidate, asked: Asked) -> bool:
    return bool(asked.aspects) and not (candidate.headed | candidate.said) & asked.aspects.keys()


def _naming(people: frozenset[str], candidates: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in candidates if people & (c.headed | c.said)]


def _worth(c: Candidate, chosen: Sequence[Candidate], asked: Asked, limits: Limits) -> float:
    return c.score - limits.novelty * _overlap(c, chosen) + limits.new_aspect * _serves_more(c, chosen, asked)


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


def _overlap(candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    """The largest share of the smaller sentence's terms that both hold, in [0, 1].

    What is said of a high level does not repeat what is said of a low one.
    """
    mine = candidate.sentence.terms
    chosen = [c for c in chosen if level(c.sentence.shown) == level(candidate.sentence.shown)]
    shares = (len(mine & c.sentence.terms) / max(1, min(len(mine), len(c.sentence.terms))) for c in chosen)
    return max(shares, default=0.0)


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


def _ordered(chosen: list[Candidate], hits: Sequence[Hit], asked: Asked) -> list[Candidate]:
    """The most direct document first, each in its own order; what to do in need stands last."""
    if not chosen:
        return []
    first = max(chosen, key=lambda c: c.score)
    best_of: dict[str, float] = {}
    for c in chosen:
        document = hits[c.hit].passage.document_id
        best_of[document] = max(best_of.get(document, 0.0), c.score)

    def key(c: Candidate) -> tuple[bool, bool, float, int, int]:
        hit = hits[c.hit]
        leads = c is first and (asked.yes_no or "threshold" in asked.aspects) and not c.sentence.leans
        late = _is_help(c) and "help" not in asked.aspects
        return late and not leads, not leads, -best_of[hit.passage.document_id], hit.passage.ordinal, c.sentence.start

    return _kept_together(sorted(chosen, key=key), hits)


def _kept_together(ordered: list[Candidate], hits: Sequence[Hit]) -> list[Candidate]:
    """Each leaning sentence directly after the one it leans on."""
    result = [c for c in ordered if not c.sentence.leans]
    for c in ordered:
        if c.sentence.leans:
            at = next((i for i, k in enumerate(result) if (k.hit, k.index) == (c.hit, c.sentence.previous)), None)
            if at is not None:
                result.insert(at + 1, c)
    return result
