"""The fewest passages that may answer, within a budget of tokens: a short prompt is read sooner and misleads less."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medqa.answer.terms import terms
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit

BUDGET_TOKENS = 1_500
PASSAGE_CHARS = 2_400

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_PER_HAN, _PER_OTHER = 0.8, 0.27  # tokens a character, a little more than Qwen3's tokenizer makes of medical text
_LABEL_TOKENS = 30
_FEWEST = 3
_SAME = 0.8  # of a passage's words stand in another that is packed already


def pack(query: Query, hits: Sequence[Hit], budget_tokens: int = BUDGET_TOKENS) -> list[tuple[int, Hit]]:
    """(number, hit) pairs in order, ``number`` counting ``hits`` from 1; the first hit always.

    Later hits are left out when they repeat an earlier one, when they would pass the budget, or when three are
    packed that together hold all of the question's words that any hit holds.
    """
    asked = frozenset(terms(query.standalone))
    words = [frozenset(terms(hit.passage.text)) for hit in hits]
    open_words = asked & frozenset().union(*words)
    packed: list[tuple[int, Hit]] = []
    held: list[frozenset[str]] = []
    left = float(budget_tokens)
    for number, (hit, own) in enumerate(zip(hits, words, strict=True), start=1):
        cost = estimated_tokens(hit.passage.text[:PASSAGE_CHARS]) + _LABEL_TOKENS
        if packed and (cost > left or any(len(own & other) >= _SAME * len(own) for other in held)):
            continue
        if len(packed) >= _FEWEST and not open_words:
            break
        packed.append((number, hit))
        held.append(own)
        open_words -= own
        left -= cost
    return packed


def estimated_tokens(text: str) -> float:
    """About how many tokens a model's tokenizer makes of a text."""
    han = len(_HAN.findall(text))
    return _PER_HAN * han + _PER_OTHER * (len(text) - han)
