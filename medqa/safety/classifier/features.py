"""What the classifier sees of a message: words, parts of words, characters, and the concepts that the rules know.

Everything is hashed into ``ROWS`` rows, so nothing that anybody wrote can be read back from the weights.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

ROWS = 1 << 15
_WORD = re.compile(r"[a-z]+|\d+|[\u4e00-\u9fff]+")
_MOST_CONCEPTS = 40


def rows(text: str, concepts: Iterable[str]) -> list[int]:
    """The rows of a normalised text in which these concepts are said; sorted, each once."""
    features = {*_words(text), *_concepts(concepts)}
    return sorted({zlib.crc32(feature.encode()) % ROWS for feature in features})


def _words(text: str) -> Iterator[str]:
    """Characters in runs of one to four in Chinese; words, pairs of words and parts of words in English."""
    words: list[str] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word[0] >= "\u4e00":
            words.append("|")
            yield from _runs("z", f"^{word}$", 1, 4)
            yield from (f"zs{a}_{b}" for a, b in zip(word, word[2:], strict=False))
            continue
        if word.isdigit():
            word = "0" * len(word)
        words.append(word)
        yield f"w{word}"
        yield from _runs("c", f"<{word}>", 3, 5)
    yield from (f"b{a} {b}" for a, b in pairwise(words))
    yield from (f"k{a} {b}" for a, b in zip(words, words[2:], strict=False))


def _runs(kind: str, text: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        for start in range(len(text) - length + 1):
            yield kind + text[start : start + length]


def _concepts(names: Iterable[str]) -> Iterator[str]:
    """Each concept, and each pair of those that are no cues."""
    said = sorted(names)
    yield from (f"C{name}" for name in said)
    things = [name for name in said if not name.startswith("cue_")][:_MOST_CONCEPTS]
    yield from (f"P{a}+{b}" for a, b in combinations(things, 2))
