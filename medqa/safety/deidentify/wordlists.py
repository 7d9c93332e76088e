"""The word lists beside this module: names by culture, words of medicine, places, ordinary words."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})


def folded(word: str) -> str:
    """The word in lower case without accents, as the lists are looked up."""
    lower = word.lower()
    if lower.isascii():
        return lower
    plain = unicodedata.normalize("NFD", lower.translate(_LETTERS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@cache
def words(name: str) -> frozenset[str]:
    """The words of one list, folded; a line that begins with ``#`` is a comment."""
    lines = (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(folded(word) for line in lines if not line.startswith("#") for word in line.split())


@cache
def characters(name: str) -> frozenset[str]:
    """Every character of one list."""
    return frozenset("".join(words(name)))


@cache
def ordinary_pairs() -> frozenset[str]:
    """Neighbouring characters that ordinary Chinese text about health holds."""
    return frozenset(entry[0] + after for entry in words("zh_pairs") for after in entry[2:])
