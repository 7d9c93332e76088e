"""Words to compare: English words cut to their stem, Chinese text two characters at a time.

Questions, titles and sentences pass through the same function, so that equal terms mean equal words.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_TOKEN = re.compile(r"[a-z][a-z0-9]*(?:'[a-z]+)?|\d+(?:\.\d+)?|[\u3400-\u4dbf\u4e00-\u9fff]+")
_SUFFIXES = (
    "ations",
    "ation",
    "ments",
    "ment",
    "iously",
    "ious",
    "ously",
    "ous",
    "ions",
    "ion",
    "able",
    "ible",
    "ings",
)
_TYPE = re.compile(r"\btype[\s-]?(i{1,2}\b|[12]\b|(?:one|two)(?= diab))|([12一二ⅰⅱ])\s?型(?=糖尿)")
_TYPES = {"i": "1", "one": "1", "一": "1", "ⅰ": "1", "ii": "2", "two": "2", "二": "2", "ⅱ": "2"}
_LIGHT_WEIGHT = 0.2
_NUMBER_WEIGHT = 0.12


@dataclass(frozen=True, slots=True)
class _Words:
    stop: frozenset[str]
    light: frozenset[str]
    irregular: dict[str, str]
    cut: re.Pattern[str]


@cache
def _words() -> _Words:
    table = tomllib.loads(files("medqa.answer").joinpath("data/words.toml").read_text("utf-8"))
    cuts = sorted(set(table["chinese"]["stop"].split()), key=len, reverse=True)
    kept = "|".join(map(re.escape, table["chinese"]["keep"].split()))
    light = {_stem(word, table["irregular"]) for word in table["light_en"].split()}
    return _Words(
        stop=frozenset(table["stop_en"].split()),
        light=frozenset(light | set(table["chinese"]["light"].split())),
        irregular=table["irregular"],
        cut=re.compile(f"({kept})|" + "|".join(map(re.escape, cuts))),
    )


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "ches", "shes", "zes")) and len(word) > 4:
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _stem(word: str, irregular: dict[str, str]) -> str:
    word = irregular.get(word, word)
    if len(word) <= 3:
        return word
    word = irregular.get(_singular(word), _singular(word))
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= (3 if suffix in ("able", "ible") else 4):
            return word.removesuffix(suffix)
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word.removesuffix(suffix)
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if word[-1] in "ey" and len(word) > 3 else word


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The base of a lower-case English word: ``causes``, ``causing`` and ``cause`` are one."""
    return _stem(word, _words().irregular)


def _chinese(run: str) -> list[str]:
    parts = _words().cut.split(run)
    return [part[i : i + 2] for part in parts if part for i in range(max(1, len(part) - 1))]


def _tokens(text: str) -> list[str]:
    """The words and runs of Chinese of a text, in lower case; "type 1" and "1型" are one word, another than type 2."""
    plain = text.lower().replace("’", "'")
    return _TOKEN.findall(_TYPE.sub(_type, plain) if "type" in plain or "型" in plain else plain)


def _type(match: re.Match[str]) -> str:
    number = match[1] or match[2]
    return f"type{_TYPES.get(number, number)} "


@lru_cache(maxsize=16_384)
def terms(text: str) -> tuple[str, ...]:
    """The terms of a text in order, each once; stop words left out."""
    found: dict[str, None] = {}
    stop = _words().stop
    for token in _tokens(text):
        if token[0] > "\u3000":
            found.update(dict.fromkeys(_chinese(token)))
        elif token not in stop and (word := token.removesuffix("'s")) not in stop:
            found[stem(word)] = None
    return tuple(found)


@lru_cache(maxsize=16_384)
def phrases(text: str) -> frozenset[tuple[str, str]]:
    """Neighbouring English words that both carry meaning, as stems: ("blood", "pressur")."""
    found: set[tuple[str, str]] = set()
    before = ""
    for token in _tokens(text):
        word = token.removesuffix("'s")
        here = "" if word in _words().stop or not word[0].isascii() else stem(word)
        if before and here and (weight(before) == 1.0 or weight(here) == 1.0):
            found.add((before, here))
        before = here
    return frozenset(found)


def weight(term: str) -> float:
    """How much of a question's meaning a term carries on its own: 1, or less for everyday words and numbers."""
    if term[0].isdigit():
        return _NUMBER_WEIGHT
    is_one_character = len(term) == 1 and term > "\u3000"
    return _LIGHT_WEIGHT if is_one_character or term in _words().light else 1.0
