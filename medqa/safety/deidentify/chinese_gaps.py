"""Chinese names as what a dictionary does not hold: between words stand a surname and one or two loose characters.

Ordinary text about health, cut into the dictionary's words, leaves hardly any such rest. Where it does (华法林),
its characters stand side by side in other texts about health too and are known by that (``words/zh_pairs.txt``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from medqa.safety.deidentify.chinese_cues import END, HAN, KIN, LEFT, clear_surnames
from medqa.safety.deidentify.segmenter import Token, segmented
from medqa.safety.deidentify.wordlists import characters, ordinary_pairs, words

_FUNCTION = frozenset(
    "的了是在有和与或及就都也很把被让给吗呢吧我你您他她它这那等对从到为于之其并而但如因所以还又再着过上下中时得地"
    "说想要会能可不没无多来去个最更每种后前内外日月年天次周岁号"
)
_COUNT = re.compile(r"[0-9一二三四五六七八九十两几百千半第每多]\s?个?$")
_MEASURED = "周张段章包石支节"  # surnames that count things or weeks
_CUED = re.compile(rf"(?:^|[^{HAN}]|{KIN}|{LEFT}|[个人]叫|之[子女夫妻父母])$")
_ENDS = re.compile(END)


@cache
def _given() -> frozenset[str]:
    return (characters("zh_given") | frozenset("花柱栓囤娃锁旦娣招")) - _FUNCTION


def names_between_words(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of names that stand between the dictionary's words, or that it lists as people."""
    for tokens in segmented(text):
        for at, token in enumerate(tokens):
            for end, is_sure in _candidates(tokens, at):
                pairs = {text[i : i + 2] for i in range(token.start, end - 1)}
                if pairs & ordinary_pairs() or _is_counted(text, token):
                    continue
                cued = _CUED.search(text, max(0, token.start - 8), token.start)
                if is_sure or (cued and ((end - token.start > 2 and cued[0]) or _ENDS.match(text, end))):
                    yield token.start, end
                    break


def _candidates(tokens: list[Token], at: int) -> Iterator[tuple[int, bool]]:
    """Where a name that begins with this word may end, and whether it needs no cue."""
    token = tokens[at]
    if token.is_name and token.text[0] in words("zh_surnames") and set(token.text[1:]) <= _given():
        yield token.start + len(token.text), len(token.text) == 3
    yield from _given_only(tokens, at)
    if token.text not in words("zh_surnames"):
        return
    is_clear = token.text in clear_surnames()
    loose = [word for word in tokens[at + 1 : at + 3] if len(word.text) == 1 and word.text in _given()]
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    if len(loose) == 2 and loose[0] is follows:
        yield loose[1].start + 1, True
    if follows is not None and len(follows.text) == 2 and is_clear and set(follows.text) <= _given():
        yield follows.start + 2, follows.is_name
    if loose and loose[0] is follows:
        yield follows.start + 1, is_clear


def _given_only(tokens: list[Token], at: int) -> Iterator[tuple[int, bool]]:
    """Two loose characters that people are called by, without a surname; they need a cue."""
    pair = tokens[at : at + 2]
    if len(pair) == 2 and all(len(token.text) == 1 and token.text in characters("zh_pet_characters") for token in pair):
        yield pair[1].start + 1, False


def _is_counted(text: str, token: Token) -> bool:
    """Whether the character counts what comes after it: 28周, 一张."""
    return token.text[0] in _MEASURED and _COUNT.search(text, max(0, token.start - 3), token.start) is not None
