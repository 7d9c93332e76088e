"""The bilingual medical lexicon: terms/*.tsv, and finding its concepts in English and Chinese text.

A file has three columns: Chinese forms, English forms (both separated by ``|``, the standard one first), and a
category. Files only group rows by subject. They are written for this project. ``kinds.tsv`` says what is a kind of
what: a concept, then its kinds, as beer and wine are of alcohol, or what a plain word for a trouble tells of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from medqa.domain.conversation import Language
from medqa.retrieve.lexicon.stems import Stems, folded, stem

TOPICS = frozenset({"condition", "symptom", "drug", "test", "procedure"})
"""Categories that say what a question is about; the others say which side of it is asked, or for whom."""

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_EVERYDAY = frozenset(
    """
    add aids alt ast bun cad can cap crps dash dic dip fast gad gist hit hus mac mash men mind mop nash pad pep pet pid
    pots prep rice sad sle tens traps
    """.split()  # noqa: SIM905
)  # as capitals these are abbreviations


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

    def __init__(self, concepts: tuple[Concept, ...], kinds: Iterable[tuple[str, Sequence[str]]] = ()) -> None:
        self.concepts = concepts
        self._chinese: dict[str, Concept] = {}
        self._english: dict[tuple[str, ...], Concept] = {}
        self._capitals: dict[str, Concept] = {}
        stems = Stems()
        for concept in concepts:
            for form in concept.zh:
                if form.isascii():  # Latin letters, such as CT
                    self._english.setdefault(_key(form, stems), concept)
                else:
                    self._chinese.setdefault(form.lower(), concept)
            for form in concept.en:
                if is_read_as_capitals(form):
                    self._capitals.setdefault(form, concept)
                else:
                    self._english.setdefault(_key(form, stems), concept)
        self._longest_chinese = _longest_by_first(self._chinese)
        self._longest_english = _longest_by_first(self._english)
        self._broader: dict[Concept, list[Concept]] = {}
        for broader, narrower in kinds:
            for kind in narrower:
                self._broader.setdefault(self._named(kind), []).append(self._named(broader))

    def broader(self, concept: Concept) -> tuple[Concept, ...]:
        """What a concept is a kind of; empty for most."""
        return tuple(self._broader.get(concept, ()))

    def _named(self, form: str) -> Concept:
        """The concept of exactly this form. Raises StopIteration where there is none, which a test rules out."""
        return next(m.concept for m in self.mentions(form) if len(m.surface) == len(form))

    def chinese_forms(self) -> tuple[str, ...]:
        """Every Chinese form, for cutting text into words."""
        return tuple(form for form in self._chinese if len(form) > 1)

    def mentions(self, text: str) -> list[Mention]:
        """The concepts in a text of either language, in order; the longest form wins."""
        lowered = folded(text)
        found = [*self._chinese_mentions(lowered), *self._english_mentions(lowered, text)]
        return sorted(_without_overlaps(found), key=lambda mention: mention.start)

    def _chinese_mentions(self, text: str) -> Iterator[Mention]:
        if text.isascii():  # told at once, and no form that is looked for here is
            return
        start = 0
        while start < len(text):
            for length in range(self._longest_chinese.get(text[start], 0), 0, -1):
                surface = text[start : start + length]
                concept = self._chinese.get(surface)
                if concept is not None and len(surface) == length:
                    yield Mention(concept, surface, start, start + length)
                    start += length - 1
                    break
            start += 1

    def _english_mentions(self, lowered: str, text: str) -> Iterator[Mention]:
        words = list(_WORD.finditer(lowered))
        stems = [stem(word.group()) for word in words]
        first = 0
        while first < len(words):
            start = words[first].start()
            for last in range(min(first + self._longest_english.get(stems[first], 1), len(words)), first, -1):
                end = words[last - 1].end()
                concept = self._capitals.get(text[start:end]) or self._english.get(tuple(stems[first:last]))
                if concept is not None:
                    yield Mention(concept, lowered[start:end], start, end)
                    first = last - 1
                    break
            first += 1


def is_read_as_capitals(form: str) -> bool:
    """Whether a form counts only as it is written: abbreviations that are everyday words or two letters."""
    return form.isupper() and form.isalpha() and (len(form) == 2 or form.lower() in _EVERYDAY)


@cache
def load() -> Lexicon:
    """The lexicon that ships with MedQA, read once, in a few tens of milliseconds."""
    files = sorted(resources.files(__package__).joinpath("terms").iterdir(), key=lambda file: file.name)
    lines = "".join(file.read_text("utf-8") for file in files if file.name.endswith(".tsv")).splitlines()
    kinds = resources.files(__package__).joinpath("kinds.tsv").read_text("utf-8").splitlines()
    return Lexicon(tuple(_concept(line) for line in lines), [_kinds(line) for line in kinds])


def _concept(line: str) -> Concept:
    zh, en, category = line.split("\t")
    return Concept(tuple(zh.split("|")), tuple(en.split("|")), category)


def _kinds(line: str) -> tuple[str, Sequence[str]]:
    broader, narrower = line.split("\t")
    return broader, narrower.split("|")


def _key(form: str, stems: Stems) -> tuple[str, ...]:
    return tuple([stems[word] for word in _WORD.findall(folded(form))])


def _longest_by_first(forms: Iterable[Sequence[str]]) -> dict[str, int]:
    """The length of the longest form by its first character, or word."""
    return {form[0]: len(form) for form in sorted(forms, key=len)}


def _without_overlaps(mentions: list[Mention]) -> Iterator[Mention]:
    """Longer mentions first; those that touch a chosen one are dropped."""
    taken: set[int] = set()
    for mention in sorted(mentions, key=lambda m: m.start - m.end):
        span = range(mention.start, mention.end)
        if taken.isdisjoint(span):
            taken.update(span)
            yield mention
