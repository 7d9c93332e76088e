"""High or low: what a low result means must never be told of a high one."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files


@cache
def _pattern() -> re.Pattern[str]:
    """One pattern whose groups tell a high level, a low one, and words that hold such a word and name no level."""
    table = tomllib.loads(files("medqa.answer").joinpath("data/levels.toml").read_text("utf-8"))
    groups = (f"(?P<{name}>{'|'.join(table[name])})" for name in ("neither", "high", "low"))
    return re.compile("|".join(groups))


@lru_cache(maxsize=16_384)
def level(text: str) -> int:
    """1 when the first level that a text names is high, -1 when it is low, 0 when it names none."""
    kinds = (match.lastgroup for match in _pattern().finditer(text.lower()))
    first = next((kind for kind in kinds if kind != "neither"), None)
    return {"high": 1, "low": -1, None: 0}[first]


def agreement(question: str, sentence: str) -> int:
    """1 when both name the same level first, -1 when they name opposite ones, else 0."""
    return level(question) * level(sentence)
