"""A stretch of text as verification compares it: its words, what it names, what it denies."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from medqa.answer.terms import terms, weight
from medqa.domain.language import language_of
from medqa.domain.naming import Named, Vocabulary

_CONCEPT = "§"
_SMALLEST = 0.3
# A denial reaches to the end of its clause, and no further than a few words.
_CLAUSE_END = re.compile(
    r"[,;:，；：。、！？()（）\n]|\.(?=\s|$)|\b(?:but|although|though|unless|whereas|while|because|which|so that)\b"
    r"|但|虽然|除非|因为|所以|而"
)
_SCOPE_CHARS = {"en": 60, "zh": 12}


@dataclass(frozen=True, slots=True)
class _Denial:
    cue: re.Pattern[str]
    harmless: re.Pattern[str]


@cache
def _denial() -> _Denial:
    table = tomllib.loads(files("medqa.answer").joinpath("data/contrasts.toml").read_text("utf-8"))
    return _Denial(*(re.compile("|".join(table[name]), re.IGNORECASE) for name in ("negation", "harmless")))


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with its items: stems or pairs of characters, and ``§key`` for each thing named.

    ``denials`` holds the items that each denying word reaches; ``affirmed`` those that none reaches.
    """

    text: str
    language: str
    terms: frozenset[str]
    named: tuple[Named, ...]
    denials: tuple[frozenset[str], ...]
    affirmed: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        """What it names."""
        return frozenset(each.key for each in self.named)

    @property
    def items(self) -> frozenset[str]:
        """Terms and names together."""
        return self.terms | {_CONCEPT + key for key in self.keys}

    def drugs(self, generic: frozenset[str]) -> frozenset[str]:
        """The medicines that it names, words for any medicine left out."""
        return frozenset(each.key for each in self.named if each.category == "drug") - generic


def state(text: str, vocabulary: Vocabulary) -> Statement:
    """Reads a text."""
    named = tuple(vocabulary(text))
    spans = _reaches(text)
    denied = tuple(_items(text[start:end], start, named) for start, end in spans)
    outside = text
    for start, end in spans:
        outside = outside[:start] + "," * (end - start) + outside[end:]
    free = tuple(each for each in named if not any(start <= each.start < end for start, end in spans))
    affirmed = frozenset(terms(outside)) | {_CONCEPT + each.key for each in free}
    return Statement(text, language_of(text), frozenset(terms(text)), named, denied, affirmed)


def weight_of(item: str) -> float:
    """How much an item counts: a name most, everyday words least."""
    return 1.0 if item.startswith(_CONCEPT) else max(weight(item), _SMALLEST) if not item[0].isdigit() else 0.0


def _items(text: str, offset: int, named: tuple[Named, ...]) -> frozenset[str]:
    inside = {_CONCEPT + each.key for each in named if offset <= each.start < offset + len(text)}
    return frozenset(terms(text)) | inside


def _reaches(text: str) -> list[tuple[int, int]]:
    """Where each denying word reaches: from behind it to the end of its clause."""
    blanked = _denial().harmless.sub(lambda m: "…" * len(m[0]), text)
    limit = _SCOPE_CHARS[language_of(text)]
    spans: list[tuple[int, int]] = []
    for match in _denial().cue.finditer(blanked):
        stop = _CLAUSE_END.search(text, match.end())
        end = min(stop.start() if stop else len(text), match.end() + limit)
        spans.append((match.end(), end))
    return spans
