"""What a number is in its sentence: an upper or a lower bound, and in which period it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from medqa.answer.ledger.expressions import expressions
from medqa.answer.ledger.quantities import half_width
from medqa.domain.quantity import Quantity

_NEAR_CHARS = 26
_DURING = re.compile(r"(?<!for)(?<!last)(?<!lasts)(?<!lasting) over $")  # "50 ml over 4 hours" takes 4 hours
_ASIDE = re.compile(r"^\s?[(（][^()（）]*[)）]")  # the same amount in another unit


@dataclass(frozen=True, slots=True)
class _Rules:
    before: re.Pattern[str]
    after: re.Pattern[str]
    periods: dict[str, re.Pattern[str]]


@cache
def _rules() -> _Rules:
    table = expressions("bounds")

    def either(side: str) -> str:
        return f"(?:(?P<high>{'|'.join(table[f'high_{side}'])})|(?P<low>{'|'.join(table[f'low_{side}'])}))"

    between = {side: f"(?:{'|'.join(table[f'between_{side}'])})" for side in ("before", "after")}
    return _Rules(
        before=re.compile(rf"{either('before')}{between['before']}*$", re.IGNORECASE),
        after=re.compile(rf"^[^\w,.;，。；、+]{{0,2}}(?:{between['after']}\s?)*{either('after')}", re.IGNORECASE),
        periods={name: _any(rows) for name, rows in table["periods"].items()},
    )


def _any(rows: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(rows), re.IGNORECASE)


def bound(text: str, quantity: Quantity) -> int:
    """1 where the text sets the quantity as a lower bound ("65 or over"), -1 as an upper one ("至多"), else 0."""
    before = text[max(0, quantity.start - _NEAR_CHARS) : quantity.start]
    after = _ASIDE.sub("", text[quantity.end : quantity.end + 2 * _NEAR_CHARS])[:_NEAR_CHARS]
    match = _rules().after.search(after) or _rules().before.search(before)
    if match is None or (quantity.unit == "h" and _DURING.search(before)):
        return 0
    return 1 if match["low"] else -1


@lru_cache(maxsize=4096)
def periods(text: str) -> frozenset[str]:
    """The periods in which a text counts: ``day`` for "twice daily", "4 times in 24 hours" and "每天一次"."""
    plain = half_width(text)
    return frozenset(name for name, pattern in _rules().periods.items() if pattern.search(plain))
