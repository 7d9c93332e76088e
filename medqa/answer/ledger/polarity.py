"""Whether two statements say opposite things: one denies what the other says, or says more where that says less."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from medqa.answer.ledger.bounds import bound
from medqa.answer.ledger.expressions import expressions
from medqa.answer.ledger.quantities import quantities
from medqa.answer.ledger.statement import Statement, weight_of
from medqa.answer.terms import terms

_FAR = 6
_STATEMENTS = 4096  # whose cues are kept, as many as the verifier keeps statements
_BESIDE = 4  # characters between a bound and its amount, such as " or "
_CONTEXT_CHARS = {"en": 45, "zh": 12}


@dataclass(frozen=True, slots=True)
class _Pair:
    name: str
    one: re.Pattern[str]
    two: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Cue:
    side: int
    surface: str
    context: frozenset[str]


@cache
def _pairs() -> tuple[_Pair, ...]:
    table = expressions("contrasts")
    compiled = [
        (row["name"], *(re.compile("|".join(row[side]), re.IGNORECASE) for side in ("one", "two")))
        for row in table["pairs"]
    ]
    return tuple(_Pair(*row) for row in compiled)


def denies(claim: Statement, source: Statement) -> bool:
    """Whether one denies what the other says.

    Denying words that reach nothing the two share do not count; equally many on both sides agree. Else it counts
    how often each shared item is denied here and there, the nearest to a denying word most. In another language the
    words that are denied may be unknown, so there all denying words count.
    """
    mine = [reach for reach in claim.denials if _touches(reach, source)]
    theirs = [reach for reach in source.denials if _touches(reach, claim)]
    if len(mine) == len(theirs):
        return False
    if claim.language != source.language and len(claim.denials) == len(source.denials):
        return False
    shared = claim.items & source.items
    here, there = _times_denied(claim), _times_denied(source)
    if claim.language == source.language:
        shared &= claim.terms
    else:  # one language repeats what the other says once
        here, there = Counter(dict.fromkeys(here, 1)), Counter(dict.fromkeys(there, 1))
    return any(_is_opposed(reach, shared, here, there) for reach in (*mine, *theirs))


def lonely_denials(one: Statement, other: Statement) -> int:
    """How many denying words of one reach nothing that the other speaks of."""
    return sum(not _touches(reach, other) for reach in one.denials)


def _touches(reach: Sequence[str], other: Statement) -> bool:
    """Whether the other speaks of what is denied; a number alone says nothing."""
    return any(item in other.items and weight_of(item) for item in reach)


def _times_denied(statement: Statement) -> Counter[str]:
    return Counter(item for reach in statement.denials for item in reach)


def _is_opposed(reach: Sequence[str], shared: frozenset[str], here: Counter[str], there: Counter[str]) -> bool:
    against = agreeing = 0.0
    for rank, item in enumerate(reach, start=1):
        if item in shared:
            counted = weight_of(item) / min(rank, _FAR)
            if (here[item] - there[item]) % 2:
                against += counted
            else:
                agreeing += counted
    return against > agreeing


def opposes(claim: Statement, source: Statement) -> str | None:
    """The name of a pair of opposites of which the claim says one and the source the other, in the same place."""
    for name, mine in _cues(claim.text, claim.language).items():
        left, right = _left_over(mine, _cues(source.text, source.language).get(name, ()))
        for cue in left:
            same = max((_closeness(cue, other) for other in right if other.side == cue.side), default=-1.0)
            opposite = max((_closeness(cue, other) for other in right if other.side != cue.side), default=-1.0)
            if opposite > max(same, 0.0):
                return name
    return None


def _left_over(mine: Sequence[_Cue], theirs: Sequence[_Cue]) -> tuple[list[_Cue], list[_Cue]]:
    """The cues that are not said in the same word by the other."""
    left, right = [], list(theirs)
    for cue in mine:
        twin = next((other for other in right if other.surface == cue.surface), None)
        if twin is None:
            left.append(cue)
        else:
            right.remove(twin)
    return left, right


def _closeness(one: _Cue, other: _Cue) -> float:
    return sum(weight_of(item) for item in one.context & other.context)


@lru_cache(maxsize=_STATEMENTS)
def _cues(text: str, language: str) -> dict[str, tuple[_Cue, ...]]:
    """What a statement says of each pair of opposites that it says anything of. Read only."""
    bounds = _bounded(text)
    cues = {pair.name: _cues_of(pair, text, _CONTEXT_CHARS[language], bounds) for pair in _pairs()}
    return {name: found for name, found in cues.items() if found}


def _cues_of(pair: _Pair, text: str, reach: int, bounds: Sequence[tuple[int, int]]) -> tuple[_Cue, ...]:
    found: list[tuple[int, int, int]] = []
    for side, pattern in ((1, pair.one), (-1, pair.two)):
        found += [(match.start(), match.end(), side) for match in pattern.finditer(text)]
    longest = [
        span
        for span in found
        if not any(_inside(span, other) for other in found) and not any(_beside(span, place) for place in bounds)
    ]
    return tuple(
        _Cue(side, text[start:end].lower(), frozenset(terms(text[max(0, start - reach) : end + reach])))
        for start, end, side in longest
    )


def _inside(span: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return other[0] <= span[0] and span[1] <= other[1] and other[1] - other[0] > span[1] - span[0]


def _bounded(text: str) -> list[tuple[int, int]]:
    """Where amounts with a bound stand; their "more than" is judged with the amount."""
    return [(q.start, q.end) for q in quantities(text) if bound(text, q)]


def _beside(span: tuple[int, int, int], amount: tuple[int, int]) -> bool:
    return -2 <= amount[0] - span[1] <= _BESIDE or 0 <= span[0] - amount[1] <= _BESIDE
