"""Passages that may say the opposite of a statement, by words: vectors hardly tell "lowers" from "does not lower".

What denies a statement speaks of the same things, so its words are searched for, turned round: words of denial are
added to a statement without any and taken out of one that has them. Whether a passage does say the opposite is for
the caller to judge.
"""

from __future__ import annotations

import re

from medqa.domain.conversation import Language, Query
from medqa.domain.passage import Hit
from medqa.protocols import OpenSnapshot
from medqa.retrieve import fusion

_CUES: dict[Language, str] = {
    "en": "no not without neither lack failed ineffective unlikely insufficient unproven contradict refuted",
    "zh": "没有 不 无 无效 未 并非 不能 不会 尚无 缺乏 证据不足",
}
_DENIAL = re.compile(
    r"\b(?:no|not|cannot|without|neither|nor|never|lack(?:s|ed|ing)?|fail(?:s|ed)?|ineffective|unlikely|insufficient|"
    r"unproven|refut\w+|contradict\w+)\b|n't\b|没有|不能|不会|不|无|未|并非|缺乏",
    re.IGNORECASE,
)


class Contradicting:
    """Ranks by the words of a statement, turned round, in the statement's language. Safe to share between threads."""

    def __init__(self, snapshot: OpenSnapshot, *, passages_per_document: int = 2) -> None:
        self._snapshot, self._per_document = snapshot, passages_per_document

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits for a query whose words are the statement, best first."""
        text = turned(query.standalone, query.language)
        depth = k * self._per_document
        found = self._snapshot.lexical.search(text, depth, language=query.language, filters=query.filters)
        entries = self._snapshot.passages.fetch([row for row, _ in found])
        ranked = ((score, *entry, None) for (_, score), entry in zip(found, entries, strict=True))
        return fusion.capped_hits(ranked, k, self._per_document, collapses=True)


def turned(statement: str, language: Language) -> str:
    """The words to search with for what says the opposite."""
    if _DENIAL.search(statement):
        return _DENIAL.sub(" ", statement)
    return f"{statement} {_CUES[language]}"
