"""A stretch of text as verification compares it: its words, what it names, what it denies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from medqa.answer.ledger.expressions import expressions
from medqa.answer.terms import terms, weight
from medqa.domain.language import language_of
from medqa.domain.naming import Named, Vocabulary

_CONCEPT = "§"
_SMALLEST = 0.3
_ABBREVIATION = re.compile(r"\b[A-Z]{2,}\b")  # the same in both languages, so a sign of neither
# A denial reaches to the end of its clause, and no further than a few words.
_CLAUSE_END = re.compile(
    r"[,;:，；：。、！？()（）\n]|\.(?=\s|$)|\b(?:but|although|though|unless|whereas|while|because|which|so that)\b"
    r"|但|虽然|除非|因为|所以|而"
)
# "saved, shared or used": these commas do not end it. What is "without bleeding" is over at the verb.
_LIST_COMMA = re.compile(r",(?=\s*\w+(?:,\s*\w+)*,?\s+(?:or|nor)\b)")
_SHORT = re.compile(r"\b(?:without|no|free of|lacks?|non)$|[无没](?:有)?$|未$", re.IGNORECASE)
_SHORT_END = re.compile(r"\b(?:is|are|was|were|has|have|needs?|gets?|can|may|should|must|will)\b|[要须应可需会能]")
_SCOPE_CHARS = {"en": 60, "zh": 12}


@dataclass(frozen=True, slots=True)
class _Denial:
    cue: re.Pattern[str]
    harmless: re.Pattern[str]


@cache
def _denial() -> _Denial:
    table = expressions("contrasts")
    return _Denial(*(re.compile("|".join(table[name]), re.IGNORECASE) for name in ("negation", "harmless")))


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with its items: stems or pairs of characters, and ``§key`` for each thing named.

    ``denials`` holds the items that each denying word reaches, the nearest first.
    """

    text: str
    language: str
    terms: frozenset[str]
    named: tuple[Named, ...]
    denials: tuple[tuple[str, ...], ...]

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
    return Statement(text, language_of(_ABBREVIATION.sub(" ", text)), frozenset(terms(text)), named, denied)


def weight_of(item: str) -> float:
    """How much an item counts: a name most, everyday words least."""
    return 1.0 if item.startswith(_CONCEPT) else max(weight(item), _SMALLEST) if not item[0].isdigit() else 0.0


def _items(text: str, offset: int, named: tuple[Named, ...]) -> tuple[str, ...]:
    """Terms in order, then names."""
    inside = (_CONCEPT + each.key for each in named if offset <= each.start < offset + len(text))
    return (*terms(text), *dict.fromkeys(inside))


def _reaches(text: str) -> list[tuple[int, int]]:
    """Where each denying word reaches: from behind it to the end of its clause."""
    blanked = _denial().harmless.sub(lambda m: "…" * len(m[0]), text)
    listed = _LIST_COMMA.sub(" ", text)
    limit = _SCOPE_CHARS[language_of(text)]
    spans: list[tuple[int, int]] = []
    cues = list(_denial().cue.finditer(blanked))
    for at, match in enumerate(cues):
        begun = match.end()
        stops = [_CLAUSE_END.search(listed, begun)]
        if _SHORT.search(match.group().strip()):
            stops.append(_SHORT_END.search(text, begun))
        end = min(
            [stop.start() for stop in stops if stop is not None]
            + [len(text), begun + limit, *(cue.start() for cue in cues[at + 1 : at + 2])]
        )
        spans.append((match.end(), end))
    return spans
