"""The card for an alarm: fixed texts, with the numbers of the place where the person is.

``cards/<CC>.toml`` holds the numbers of one jurisdiction, ``actions/<family>.toml`` what to do for one family
of alarms. No model writes any of it. At most 60 English words or 90 Chinese characters a card.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from string import Template
from typing import Any

from medqa.domain.conversation import Language
from medqa.domain.safety import Card

_HERE = Path(__file__).parent
FALLBACK = "fallback"


@lru_cache(maxsize=1024)
def card(family: str, *, language: Language, jurisdiction: str | None) -> Card:
    """The card of a family such as ``stroke``; where the place is unknown, it names the local number and examples."""
    numbers = _numbers(jurisdiction)[language]
    text = _actions()[family]
    action = Template(text["action"][language]).substitute(numbers)
    headline = Template(text["headline"][language]).substitute(numbers)
    return Card(headline=headline, action=action, phone=numbers[f"{text['phone']}_phone"])


def emergency_number(language: Language, jurisdiction: str | None) -> str:
    """The emergency number of a place, as its card names it."""
    return _numbers(jurisdiction)[language]["emergency"]


def families() -> tuple[str, ...]:
    """Every family of alarms that has a card."""
    return tuple(_actions())


def jurisdictions() -> tuple[str, ...]:
    """Every jurisdiction with numbers of its own, and the fallback."""
    return tuple(sorted(path.stem for path in (_HERE / "cards").glob("*.toml")))


@cache
def _actions() -> dict[str, Any]:
    paths = sorted((_HERE / "actions").glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}


@cache
def _places() -> dict[str, dict[str, dict[str, str]]]:
    """Numbers by country code; a file may speak for several countries."""
    places = {}
    for path in sorted((_HERE / "cards").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        places[path.stem] = data
        places |= dict.fromkeys(data.get("countries", ()), data)
    return places


def _numbers(jurisdiction: str | None) -> dict[str, dict[str, str]]:
    places = _places()
    return places.get((jurisdiction or FALLBACK).upper(), places[FALLBACK])
