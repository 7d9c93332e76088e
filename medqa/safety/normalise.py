"""Makes what people type comparable: case, width, Traditional, spacing, stretched letters, typos, pinyin.

The result keeps, for every character, where it stood in the user's own words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "spelling"
_PUNCTUATION = dict(zip("，。！？；：（）“”‘’′＇`《》【】…—–‐‑‒−～", ",.!?;:()\"\"'''''\"\"().------~", strict=True))
_INVISIBLE = re.compile("['\u00ad\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f\u202a-\u202e\U000e0000-\U000e007f]+")
_POSSESSIVE = re.compile(r"\b(?!(?:he|she|it|that|what|there|who|here|how|where|when|let)')([a-z]{2,})'s(?![a-z])")
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]+")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_HYPHEN = re.compile(r"(?<=[a-z0-9])[-_](?=[a-z])")
_SPELT_LETTERS = re.compile(r"(?<![a-z])(?:[a-z][ ._*-]){3,}[a-z](?![a-z])")
_SPACES = re.compile(r"[^\S\n]+")
_BESIDE_HANZI = re.compile(r"(?<=[\u4e00-\u9fff]) +| +(?=[\u4e00-\u9fff])")
_SPELT_OUT = re.compile(r"\b(?:(can) ?not|(will) not|(do|does|did|is|are|was|were|has|have|had|could|would) not)\b")
_WORD = re.compile(r"[a-z]{3,}")
_HANZI = re.compile(r"[\u3400-\u9fff]")

Rewrite = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Normalised:
    """``text`` for matching; ``offsets[i]`` is where its character ``i`` stands in ``original``."""

    text: str
    original: str
    offsets: list[int]

    def words(self, start: int, end: int) -> str:
        """The user's own words behind ``text[start:end]``."""
        if start >= end:
            return ""
        return self.original[self.offsets[start] : self.offsets[end - 1] + 1]


def normalise(text: str, vocabulary: frozenset[str] = frozenset()) -> Normalised:
    """The comparable form; English words are mended towards ``vocabulary`` when one slip away from it."""
    state = Normalised(text.translate(_table()), text, list(range(len(text))))
    state = _sub(state, _POSSESSIVE, lambda m: m[1])
    state = _sub(state, _INVISIBLE, lambda m: "")
    state = _sub(state, _EMOJI, lambda m: " ")
    state = _sub(state, _HYPHEN, lambda m: " ")
    state = _sub(state, _SPACES, lambda m: " ")
    state = _sub(state, _SPELT_LETTERS, lambda m: re.sub("[^a-z]", "", m[0]))
    state = _sub(state, _STRETCHED, lambda m: m[1])
    if re.search("[a-z]", state.text):
        state = _sub(state, _SPELT_OUT, _contracted)
        state = _sub(state, _pinyin_regex(), lambda m: _pinyin()[m[0].replace(" ", "")])
        mend = _mender(vocabulary)
        state = _sub(state, _WORD, lambda m: mend(m[0]))
    if _HANZI.search(state.text):
        state = _sub(state, _BESIDE_HANZI, lambda m: "")
        state = _sub(state, _hanzi_slips_regex(), lambda m: _slips("zh")[m[0]])
    return state


def _contracted(match: re.Match[str]) -> str:
    """The spoken form of a denial: "did not" becomes "didnt", as apostrophes are dropped everywhere."""
    return "cant" if match[1] else "wont" if match[2] else f"{match[3]}nt"


def _sub(state: Normalised, pattern: re.Pattern[str], rewrite: Rewrite) -> Normalised:
    """Replaces matches; the first character replaced lends its place to the whole replacement."""
    pieces: list[str] = []
    offsets: list[int] = []
    last = 0
    for match in pattern.finditer(state.text):
        new = rewrite(match)
        if new == match[0]:
            continue
        start, end = match.span()
        pieces += (state.text[last:start], new)
        offsets += state.offsets[last:start]
        offsets += _spread(state.offsets[start:end], len(new))
        last = end
    if not pieces:
        return state
    pieces.append(state.text[last:])
    offsets += state.offsets[last:]
    return Normalised("".join(pieces), state.original, offsets)


def _spread(places: list[int], length: int) -> list[int]:
    """Places for a replacement: in step from the left, the last one at the end of what was replaced."""
    if length == 0:
        return []
    return [places[min(i, len(places) - 1)] for i in range(length - 1)] + [places[-1]]


@cache
def _table() -> dict[int, str]:
    """One character to one: lower case, half width, simplified, plain punctuation."""
    table = {ord(old): new for old, new in _PUNCTUATION.items()}
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
    table |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF21, 0xFF3B)}
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    table |= {0x3000: " ", 0xA0: " ", ord("℃"): "度", ord("％"): "%", ord("．"): ".", ord("／"): "/"}
    pairs = tomllib.loads((_FOLDER / "traditional.toml").read_text(encoding="utf-8"))
    table |= {ord(old): new for old, new in zip(pairs["traditional"], pairs["simplified"], strict=True)}
    return table


@cache
def _slips(script: str) -> dict[str, str]:
    slips = tomllib.loads((_FOLDER / "slips.toml").read_text(encoding="utf-8"))
    return {wrong: right for right, wrongs in slips[script].items() for wrong in wrongs.split()}


@cache
def _hanzi_slips_regex() -> re.Pattern[str]:
    return _alternatives(_slips("zh"))


@cache
def _pinyin() -> dict[str, str]:
    pinyin = tomllib.loads((_FOLDER / "pinyin.toml").read_text(encoding="utf-8"))
    return {latin.replace(" ", ""): hanzi for hanzi, latin in pinyin["words"].items()}


@cache
def _pinyin_regex() -> re.Pattern[str]:
    pinyin = tomllib.loads((_FOLDER / "pinyin.toml").read_text(encoding="utf-8"))
    words = (re.escape(latin).replace(r"\ ", " ?") for latin in pinyin["words"].values())
    return re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![a-z])")


def _alternatives(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


@cache
def _mender(vocabulary: frozenset[str]) -> Callable[[str], str]:
    """Mends listed slips, and long words that are one slip from the vocabulary and not ordinary words."""
    slips = _slips("en")
    ordinary = frozenset(tomllib.loads((_FOLDER / "slips.toml").read_text(encoding="utf-8"))["ordinary"]["en"].split())
    stems = tuple(word[:-1] for word in vocabulary if word.endswith("*"))
    shorter: dict[str, str] = {}
    for word in sorted(word for word in vocabulary if word.isalpha()):
        if len(word) >= 6:
            shorter.update({word[:i] + word[i + 1 :]: word for i in range(1, len(word)) if _is_often_lost(word, i)})

    @cache_words
    def mend(word: str) -> str:
        if word in slips:
            return slips[word]
        if len(word) < 5 or word in vocabulary or word in ordinary or word.startswith(stems):
            return word
        if word in shorter:
            return shorter[word]
        return _nearest(word, vocabulary, shorter)

    return mend


def cache_words(function: Callable[[str], str]) -> Callable[[str], str]:
    """Remembers the few hundred latest words; single words say nothing about who wrote them."""
    known: dict[str, str] = {}

    def remembered(word: str) -> str:
        if word not in known:
            if len(known) > 4096:
                known.clear()
            known[word] = function(word)
        return known[word]

    return remembered


def _nearest(word: str, vocabulary: frozenset[str], shorter: dict[str, str]) -> str:
    """The vocabulary word that is one added letter, one swap or, when long, one changed letter away."""
    for i in range(1, len(word)):
        cut = word[:i] + word[i + 1 :]
        if len(cut) >= 6 and cut in vocabulary and word[i] == word[i - 1]:
            return cut
        near = shorter.get(cut, "")
        if len(near) == len(word) and (_is_swap(word, near) or (len(word) >= 8 and _differ(word, near) == 1)):
            return near
    return word


def _is_often_lost(word: str, at: int) -> bool:
    """Vowels, and one of two equal letters, are what people leave out."""
    return word[at] in "aeiou" or word[at] == word[at - 1]


def _differ(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True))


def _is_swap(a: str, b: str) -> bool:
    return _differ(a, b) == 2 and sorted(a) == sorted(b)
