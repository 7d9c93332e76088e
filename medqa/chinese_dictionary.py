"""jieba's dictionary, read once for all that cut Chinese text into words.

jieba's own initialisation would read and write a cache in the shared temporary folder; nothing is cached on disk here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache
from typing import Any

_LOADING = threading.Lock()
_PERSON = "nr"
_LONGEST_NAME = 4


def tokenizer(user_words: Iterable[str] = ()) -> Any:
    """A ``jieba.Tokenizer`` that keeps these words whole as well. The first one takes half a second."""
    import jieba

    made = jieba.Tokenizer()
    with _LOADING:
        frequencies, made.total = _frequencies()
    made.FREQ, made.initialized = dict(frequencies), True
    for word in user_words:
        made.add_word(word)
    return made


@cache
def people() -> frozenset[str]:
    """The entries of two to four characters that the dictionary calls a person."""
    import jieba

    found = set()
    with jieba.get_module_res("dict.txt") as dictionary:
        for line in dictionary:
            word, _, tag = line.decode("utf-8").split()
            if tag == _PERSON and 1 < len(word) <= _LONGEST_NAME:
                found.add(word)
    return frozenset(found)


@cache
def _frequencies() -> tuple[dict[str, int], int]:
    """Each word and each beginning of one with its count, and the sum of all."""
    import jieba

    with jieba.get_module_res("dict.txt") as dictionary:
        frequencies, total = jieba.Tokenizer().gen_pfdict(dictionary)
    return frequencies, total
