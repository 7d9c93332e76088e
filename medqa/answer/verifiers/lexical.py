"""Deterministic check of a claim: its words, numbers with units, negation and direction against the cited passages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from medqa.answer.quantities import quantities, same
from medqa.answer.quotes import best_quote, locate
from medqa.answer.terms import terms, weight
from medqa.domain.answer import Claim, Verdict
from medqa.domain.language import language_of
from medqa.domain.passage import Passage
from medqa.domain.quantity import Quantity

_SUPPORTED = 0.75
_PARTIAL = 0.5
_OTHER_LANGUAGE = 0.5
_NEAR_CHARS = 24
_CLAUSE = re.compile(r"[,;:，；：、]|\b(?:but|although|unless|whereas|while)\b|但|虽然|除非")


@dataclass(frozen=True, slots=True)
class _Cues:
    negation: re.Pattern[str]
    harmless: re.Pattern[str]
    up: re.Pattern[str]
    down: re.Pattern[str]


@cache
def _cues() -> _Cues:
    table = tomllib.loads(files("medqa.answer").joinpath("data/contrasts.toml").read_text("utf-8"))
    compiled = {name: re.compile("|".join(rows), re.IGNORECASE) for name, rows in table.items()}
    return _Cues(**compiled)


class Lexical:
    """Support is the share of the claim's words that one stretch of a cited passage holds."""

    def verify(self, text: str, cited: Sequence[Passage]) -> Claim:
        """The verdict of the passage that supports the claim best."""
        judged = [_judge(text, passage) for passage in cited]
        order = ("contradicted", "unsupported", "partial", "supported")
        verdict, support = max(judged, key=lambda j: (order.index(j[0]), j[1]), default=("unsupported", 0.0))
        return Claim(text=text, citations=(), verdict=verdict, support=round(support, 3))


def _judge(text: str, passage: Passage) -> tuple[Verdict, float]:
    if locate(text, passage.text) is not None:
        return "supported", 1.0
    start, end = best_quote(text, passage.text)
    window = passage.text[start:end]
    claimed = quantities(text)
    if language_of(text) != language_of(window):
        agree = all(any(same(q, p) for p in quantities(passage.text)) for q in claimed)
        return ("partial", _OTHER_LANGUAGE) if agree else ("unsupported", 0.0)
    support = _support(text, window)
    if support < _PARTIAL:
        return "unsupported", support
    if _turned(text, window):
        return "contradicted", 0.0
    missing = [q for q in claimed if not any(same(q, p) for p in quantities(window))]
    if missing:
        return _missing_number(missing, window, passage.text, support)
    return ("supported" if support >= _SUPPORTED else "partial"), support


def _missing_number(missing: Sequence[Quantity], window: str, whole: str, support: float) -> tuple[Verdict, float]:
    """A number that the best stretch lacks: partial when it stands elsewhere in the passage, else no support."""
    if all(any(same(q, p) for p in quantities(whole)) for q in missing):
        return "partial", min(support, _PARTIAL)
    units = {p.unit for p in quantities(window)}
    return ("contradicted" if any(q.unit in units for q in missing) else "unsupported"), 0.0


def _support(claim: str, window: str) -> float:
    wanted = {term: max(weight(term), 0.3) for term in terms(claim) if not term[0].isdigit()}
    if not wanted:
        return 0.0
    held = set(terms(window))
    return sum(w for t, w in wanted.items() if t in held) / sum(wanted.values())


def _turned(claim: str, window: str) -> bool:
    """Whether one says what the other denies, or one says more where the other says less."""
    near = _shared_clauses(window, claim)
    if _is_negated(claim) != _is_negated(near) and _is_negated(claim) != _is_negated(window):
        return True
    for q in quantities(claim):
        mine = _direction(claim, q)
        theirs = {_direction(window, p) for p in quantities(window) if same(q, p)}
        if mine and theirs and theirs == {-mine}:
            return True
    return _trend(claim) * _trend(near) < 0


def _shared_clauses(window: str, claim: str) -> str:
    """The clauses of the window that speak of the claim."""
    wanted = set(terms(claim))
    return " ".join(part for part in _CLAUSE.split(window) if wanted & set(terms(part))) or window


def _is_negated(text: str) -> bool:
    return bool(_cues().negation.search(_cues().harmless.sub(" ", text)))


def _trend(text: str) -> int:
    """1 when the text only speaks of more, -1 when only of less, else 0."""
    return bool(_cues().up.search(text)) - bool(_cues().down.search(text))


def _direction(text: str, quantity: Quantity) -> int:
    return _trend(text[max(0, quantity.start - _NEAR_CHARS) : quantity.end + _NEAR_CHARS // 2])


plugin = Lexical
