"""Evidence that denies what is asked, by words: vectors hardly tell "lowers" from "does not lower".

Every topic of the question must be named, and a sentence of the passage must name one beside a denial. Use it beside
the default, never instead: what it finds is what speaks against.
"""

from __future__ import annotations

import re

from medqa.domain.conversation import Language, Query
from medqa.domain.passage import Hit
from medqa.domain.sentences import sentences
from medqa.protocols import Embedder, OpenSnapshot
from medqa.retrieve import fusion, lexicon
from medqa.retrieve.candidates import DEPTH, Candidates
from medqa.retrieve.lexicon import Concept
from medqa.retrieve.wording import wording

_CUES: dict[Language, str] = {
    "en": "no not without neither lack failed ineffective unlikely insufficient unproven contradict refuted",
    "zh": "没有 不 无 无效 未 并非 不能 不会 尚无 缺乏 证据不足",
}
_DENIAL = re.compile(
    r"\b(?:no|not|n't|without|neither|nor|never|lack(?:s|ed|ing)?|fail(?:s|ed)?|ineffective|unlikely|insufficient|"
    r"unproven|refut\w+|contradict\w+)\b|n't\b|没有|不|无|未|并非|缺乏",
    re.IGNORECASE,
)


class Contradicting:
    """Ranks by words among passages that deny something of the question's topics."""

    def __init__(self, snapshot: OpenSnapshot, embedder: Embedder, *, passages_per_document: int = 2) -> None:
        self._passages, self._per_document = snapshot.passages, passages_per_document
        self._candidates, self._lexicon = Candidates(snapshot, embedder), lexicon.load()

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """At most ``k`` hits, best first; an empty list when nothing speaks against, or the question has no topic."""
        words = wording(query)
        topics = [m.concept for m in self._lexicon.mentions(words.own) if m.concept.is_topic]
        languages: tuple[Language, ...] = ("en", "zh")
        scores: dict[int, float] = {}
        for language in languages if topics else ():
            text = f"{words.text_in(language)} {_CUES[language]}"
            scores |= self._candidates.by_words(text, language, query.filters, max(DEPTH, k))
        rows = fusion.best(scores)
        found = zip(rows, self._passages.fetch(rows), strict=True)
        denying = (
            (scores[row], passage, metadata, None)
            for row, (passage, metadata) in found
            if self._denies(f"{metadata.title}\n{passage.text}", topics)
        )
        return fusion.capped_hits(denying, k, self._per_document, collapses=True)

    def _denies(self, text: str, topics: list[Concept]) -> bool:
        """Whether all topics are named, and one of them in a sentence with a denial."""
        named = {mention.concept for mention in self._lexicon.mentions(text)}
        if not named.issuperset(topics):
            return False
        spans = (text[start:end] for start, end in sentences(text))
        denials = (sentence for sentence in spans if _DENIAL.search(sentence))
        return any(m.concept in topics for sentence in denials for m in self._lexicon.mentions(sentence))
