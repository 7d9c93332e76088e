"""The bilingual medical lexicon: terms.tsv, and finding its concepts in English and Chinese text.

terms.tsv has three columns: Chinese forms, English forms (both separated by ``|``, the standard one first),
and a category. It is written for this project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from medqa.domain.conversation import Language

TOPICS = frozenset({"condition", "symptom", "drug", "test", "procedure"})
"""Categories that say what a question is about; the others say which side of it is asked, or for whom."""

_WORD = re.compile(r"[a-z0-9]+(?:[-'./][a-z0-9]+)*")
_LONGEST_ENGLISH = 7  # words of one form


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning with its forms, the standard form of each language first."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    category: str

    @property
    def is_topic(self) -> bool:
        return self.category in TOPICS

    def forms(self, language: Language) -> tuple[str, ...]:
        """Its wordings in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept as it stands in a text: ``surface == text[start:end]``, as far as letter case goes."""

    concept: Concept
    surface: str
    start: int
    end: int


class Lexicon:
    """Concepts by their forms in both languages."""

    def __init__(self, concepts: tuple[Concept, ...]) -> None:
        self.concepts = concepts
        self._chinese: dict[str, Concept] = {}
        self._english: dict[tuple[str, ...], Concept] = {}
        for concept in concepts:
            for form in (*concept.zh, *concept.en):
                if form.isascii():  # some Chinese forms are Latin letters, such as CT
                    self._english.setdefault(_stems(form), concept)
                else:
                    self._chinese.setdefault(form.lower(), concept)
        self._longest = max((len(form) for form in self._chinese), default=0)

    def chinese_forms(self) -> tuple[str, ...]:
        """Every Chinese form, for cutting text into words."""
        return tuple(form for form in self._chinese if len(form) > 1)

    def mentions(self, text: str) -> list[Mention]:
        """The concepts in a text of either language, in order; the longest form wins."""
        lowered = text.lower()
        found = [*self._chinese_mentions(lowered), *self._english_mentions(lowered)]
        return sorted(_without_overlaps(found), key=lambda mention: mention.start)

    def _chinese_mentions(self, text: str) -> Iterator[Mention]:
        start = 0
        while start < len(text):
            for length in range(min(self._longest, len(text) - start), 0, -1):
                surface = text[start : start + length]
                if surface in self._chinese:
                    yield Mention(self._chinese[surface], surface, start, start + length)
                    start += length - 1
                    break
            start += 1

    def _english_mentions(self, text: str) -> Iterator[Mention]:
        words = list(_WORD.finditer(text))
        stems = [_stem(word.group()) for word in words]
        first = 0
        while first < len(words):
            for last in range(min(first + _LONGEST_ENGLISH, len(words)), first, -1):
                concept = self._english.get(tuple(stems[first:last]))
                if concept is not None:
                    start, end = words[first].start(), words[last - 1].end()
                    yield Mention(concept, text[start:end], start, end)
                    first = last - 1
                    break
            first += 1


@cache
def load() -> Lexicon:
    """The lexicon that ships with MedQA, read once, in a few milliseconds."""
    text = resources.files(__package__).joinpath("terms.tsv").read_text("utf-8")
    return Lexicon(tuple(_concept(line) for line in text.splitlines() if line and not line.startswith("#")))


def _concept(line: str) -> Concept:
    zh, en, category = line.split("\t")
    return Concept(tuple(zh.split("|")), tuple(en.split("|")), category)


def _stems(form: str) -> tuple[str, ...]:
    return tuple(_stem(word) for word in _WORD.findall(form.lower()))


def _stem(word: str) -> str:
    """The word without possessive and plural endings."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_overlaps(mentions: list[Mention]) -> Iterator[Mention]:
    """Longer mentions first; those that touch a chosen one are dropped."""
    taken: set[int] = set()
    for mention in sorted(mentions, key=lambda m: m.start - m.end):
        span = range(mention.start, mention.end)
        if taken.isdisjoint(span):
            taken.update(span)
            yield mention
