"""Chinese text as words of jieba's dictionary, for what stands between them and for entries that are people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from medqa.chinese_dictionary import people, tokenizer

_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the dictionary, or a single character, at ``start``. ``is_name``: the dictionary calls it a person."""

    start: int
    text: str
    is_name: bool


def segmented(text: str) -> Iterator[list[Token]]:
    """The words of each run of Chinese characters, in order; a run ends at anything else."""
    segmenter, named = _segmenter(), people()
    for run in _HAN_RUN.finditer(text):
        at = run.start()
        tokens = []
        for word in segmenter.cut(run[0], HMM=False):
            tokens.append(Token(at, word, word in named))
            at += len(word)
        yield tokens


@cache
def _segmenter() -> Any:
    return tokenizer()
