"""English names typed without capitals: after a word that announces them, or where both words are names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.english_cues import KIN, NAME_ENDS
from medqa.safety.deidentify.english_words import Kind, kind_of
from medqa.safety.deidentify.wordlists import folded

_SMALL = r"(?:(?![\u2e80-\u9fff\uac00-\ud7af])[^\W\d_A-Z])"
_WORD = rf"{_SMALL}(?:{_SMALL}|['’-](?={_SMALL}))+"
_ANNOUNCED = re.compile(
    r"(?i:\b(?:my name is|my name's|name is|name\s?:|i am called|(?:is|was) called|(?:is|was) named|\b(?:mr|mrs|ms|"
    rf"miss|dr)\.?))\s{{1,6}}(?P<v>{_WORD}(?: (?:{_SMALL}\.|{_WORD})){{0,2}})"
)
_OF_KIN = re.compile(rf"\b(?:my|his|her|our|their) (?:{KIN}),? (?P<v>{_WORD}(?: {_WORD})?)")
_PAIR = re.compile(rf"(?<![\w'’-])(?=(?P<v>(?P<given>{_WORD})(?: {_SMALL}\.?)? (?P<last>{_WORD})))")
_GIVEN = re.compile(
    rf"(?<![\w'’-])(?P<v>{_WORD})(?=['’]s (?:daughter|son|wife|husband|mother|father|mum|mom|dad|sister|"
    r"brother)\b| is from )"
)
_ACCENTED = re.compile(rf"(?<![\w'’-])(?=[a-z'’-]*[^\x00-\x7f]){_WORD}(?![\w'’-])")


def lower_case_names(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of such names; they may overlap."""
    for pattern in (_ANNOUNCED, _OF_KIN):
        for match in pattern.finditer(text):
            kept = _length(match["v"], is_announced=pattern is _ANNOUNCED)
            if kept:
                yield match.start("v"), match.start("v") + kept
    for match in _PAIR.finditer(text):
        if (_is_name(match["given"], Kind.GIVEN) or _is_foreign(match["given"])) and (
            _is_name(match["last"], Kind.SURNAME) or _ends_so(match["last"])
        ):
            yield match.span("v")
    for match in _GIVEN.finditer(text):
        if _is_name(match["v"], Kind.GIVEN):
            yield match.span("v")
    for match in _ACCENTED.finditer(text):
        if _ends_so(match[0]):
            yield match.span()


def _length(words: str, *, is_announced: bool) -> int:
    """How much of the words is a name."""
    kept = 0
    for part in re.finditer(r"[\w'’-]+", words):
        kind = kind_of(part.group())
        named = bool(kind & (Kind.GIVEN | Kind.SURNAME))
        if kind & Kind.CLINICAL or (kind & Kind.COMMON and not (named and is_announced)):
            break
        if not (named or kept or is_announced):
            break
        kept = part.end()
    return kept


def _is_name(word: str, kind: Kind) -> bool:
    """Whether the word is on that list and on none of other things."""
    known = kind_of(word)
    return bool(known & kind) and not known & (Kind.COMMON | Kind.PLACE | Kind.EPONYM | Kind.CLINICAL)


def _is_foreign(word: str) -> bool:
    """Whether no list knows the word and it has a letter that English has not."""
    return not word.isascii() and not kind_of(word)


def _ends_so(word: str) -> bool:
    return len(word) > 6 and not kind_of(word) and NAME_ENDS.search(folded(word)) is not None
