"""Makes a true claim false: another number, another unit, the opposite, another medicine."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from medqa.answer.ledger.quantities import quantities, same
from medqa.domain.language import language_of

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_NAME = re.compile(
    r"[A-Za-z-]\d|\d[A-Za-z]?-[A-Za-z]|(?:type|types|No\.|NICE|ESC|GOLD|BSH|ADA|PHQ|CHEST|ACG)\s?\d", re.IGNORECASE
)


_DENIED = re.compile(r"\b(?:not|no|never|cannot|against|without)\b|n't|[不没无勿]")


@dataclass(frozen=True, slots=True)
class Altered:
    """A claim that is no longer true, and how it was made so."""

    kind: str
    text: str


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("evals").joinpath("data/claims/alterations.toml").read_text("utf-8"))


def alterations(claim: str, source: str, passage: str, dice: random.Random) -> list[Altered]:
    """Every kind of alteration that the claim allows, at most one of each; none of them stands in the passage.

    ``source`` is the passage's sentence that the claim rests on.
    """
    language = language_of(claim)
    made = [
        Altered("tenfold", _number(claim, passage, dice, by_ten=True)),
        Altered("number", _number(claim, passage, dice, by_ten=False)),
        Altered("borrowed number", _borrowed(claim, passage, source, dice)),
        Altered("unit", _unit(claim, passage, language, dice)),
        Altered("negation", _rewritten(claim, "negation", language, dice)),
        Altered("comparison", _rewritten(claim, "comparison", language, dice)),
        Altered("medicine", _medicine(claim, passage, language, dice)),
    ]
    return [each for each in made if each.text and each.text != claim and each.text not in passage]


def _number(claim: str, passage: str, dice: random.Random, *, by_ten: bool) -> str:
    """The claim with one of its amounts changed to one that the passage does not name."""
    known = [*quantities(passage), *quantities(claim)]
    places = [
        (q.start + found.start(), found.group())
        for q in quantities(claim)
        if q.unit
        for found in _NUMBER.finditer(claim[q.start : q.end])
        if not _NAME.search(claim[max(0, q.start + found.start() - 6) : q.start + found.end() + 2])
    ]
    for at, written in dice.sample(sorted(set(places)), len(set(places))):
        changed = _tenfold(written, dice) if by_ten else _nearby(written, dice)
        text = claim[:at] + changed + claim[at + len(written) :]
        new = [q for q in quantities(text) if q.start <= at < q.end]
        if new and not any(same(q, other) for q in new[:1] for other in known if q.value != other.value or q.unit):
            return text
    return ""


def _borrowed(claim: str, passage: str, source: str, dice: random.Random) -> str:
    """The claim with an amount that the passage gives for something else, in the same unit."""
    own = quantities(source)
    made = []
    for mine in quantities(claim):
        found = _NUMBER.fullmatch(claim[mine.start : mine.end].split()[0].rstrip("%")) if mine.unit else None
        for other in quantities(passage) if found else ():
            written = _NUMBER.match(passage[other.start : other.end])
            is_another = other.unit == mine.unit and not any(same(other, each) for each in own)
            if is_another and written and re.fullmatch(r"[\d.,]+\s?\D*", passage[other.start : other.end]):
                text = claim[: mine.start] + passage[other.start : other.end].strip() + claim[mine.end :]
                made.append(text)
    return dice.choice(made) if made else ""


def _tenfold(written: str, dice: random.Random) -> str:
    value = float(written.replace(",", ""))
    return f"{value * 10:g}" if value < 10 or dice.random() < 0.5 else f"{value / 10:g}"


def _nearby(written: str, dice: random.Random) -> str:
    """Another amount of the same size, as a slip of memory would give."""
    value = float(written.replace(",", ""))
    factor = dice.choice((0.5, 1.5, 2.0, 3.0))
    changed = value * factor
    return f"{changed:g}" if "." in written or changed == int(changed) else f"{round(changed) + (changed < 1):g}"


def _unit(claim: str, passage: str, language: str, dice: random.Random) -> str:
    known = quantities(passage)
    made: list[str] = []
    for old, new in _tables()["unit"][language]:
        edge = r"(?![A-Za-z/])" if old[-1].isascii() else r"(?!/)"
        for match in re.finditer(rf"(?<=\d)(?P<gap>\s?-?){re.escape(old)}{edge}", claim):
            if old == "年" and re.search(r"\d{4}\s?$", claim[: match.start()]):
                continue  # a year is no duration
            text = claim[: match.start()] + match["gap"] + new + claim[match.end() :]
            changed = [q for q in quantities(text) if q.start < match.end() and q.end >= match.start()]
            if changed and not any(q.unit and p.unit and same(q, p) for q in changed[-1:] for p in known):
                made.append(text)
    return dice.choice(made) if made else ""


def _rewritten(claim: str, kind: str, language: str, dice: random.Random) -> str:
    """The opposite by one rewriting that fits exactly one place."""
    made = []
    is_denied = kind == "negation" and bool(_DENIED.search(claim))
    for pattern, replacement in _tables()[kind][language]:
        changed, count = re.subn(pattern, replacement, claim)
        adds_a_second = is_denied and bool(_DENIED.search(replacement))
        if count == 1 and not adds_a_second:
            made.append(re.sub(r"  +", " ", changed))
    return dice.choice(made) if made else ""


def _medicine(claim: str, passage: str, language: str, dice: random.Random) -> str:
    column = 0 if language == "en" else 1
    names: list[str] = [row[column] for row in _tables()["medicines"]["names"]]
    own = [name for name in names if name in claim.lower()]
    if not own:
        return ""
    old = max(own, key=len)
    new = dice.choice([name for name in names if name not in passage.lower() and old not in name and name not in old])
    at = claim.lower().index(old)
    written = new.capitalize() if claim[at].isupper() else new
    return claim[:at] + written + claim[at + len(old) :]
