"""Whether two statements say opposite things: one denies what the other says, or says more where that says less."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from medqa.answer.statement import Statement, weight_of
from medqa.answer.terms import terms

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
    table = tomllib.loads(files("medqa.answer").joinpath("data/contrasts.toml").read_text("utf-8"))
    compiled = [
        (row["name"], *(re.compile("|".join(row[side]), re.IGNORECASE) for side in ("one", "two")))
        for row in table["pairs"]
    ]
    return tuple(_Pair(*row) for row in compiled)


def denies(claim: Statement, source: Statement) -> bool:
    """Whether one denies what the other says.

    Denying words that reach nothing the two share do not count; equally many on both sides agree.
    """
    mine = [reach for reach in claim.denials if reach & source.items]
    theirs = [reach for reach in source.denials if reach & claim.items]
    if len(mine) == len(theirs):
        return False
    shared = claim.items & source.items
    denied_here, denied_there = frozenset().union(*mine), frozenset().union(*theirs)
    against = sum(
        weight_of(item)
        for item in shared
        if (item in denied_here and item not in denied_there and item in source.affirmed and item not in claim.affirmed)
        or (item in denied_there and item not in denied_here and item in claim.affirmed and item not in source.affirmed)
    )
    agreeing = sum(weight_of(item) for item in shared & denied_here & denied_there)
    return against > agreeing


def opposes(claim: Statement, source: Statement) -> str | None:
    """The name of a pair of opposites of which the claim says one and the source the other, in the same place."""
    for pair in _pairs():
        mine, theirs = _cues(pair, claim), _cues(pair, source)
        left, right = _left_over(mine, theirs)
        for cue in left:
            same = max((_closeness(cue, other) for other in right if other.side == cue.side), default=-1.0)
            opposite = max((_closeness(cue, other) for other in right if other.side != cue.side), default=-1.0)
            if opposite > max(same, 0.0):
                return pair.name
    return None


def _left_over(mine: list[_Cue], theirs: list[_Cue]) -> tuple[list[_Cue], list[_Cue]]:
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


def _cues(pair: _Pair, statement: Statement) -> list[_Cue]:
    text, reach = statement.text, _CONTEXT_CHARS[statement.language]
    found: list[tuple[int, int, int]] = []
    for side, pattern in ((1, pair.one), (-1, pair.two)):
        found += [(match.start(), match.end(), side) for match in pattern.finditer(text)]
    longest = [span for span in found if not any(_inside(span, other) for other in found)]
    return [
        _Cue(side, text[start:end].lower(), frozenset(terms(text[max(0, start - reach) : end + reach])))
        for start, end, side in longest
    ]


def _inside(span: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return other[0] <= span[0] and span[1] <= other[1] and other[1] - other[0] > span[1] - span[0]
