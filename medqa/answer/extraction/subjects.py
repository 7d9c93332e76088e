"""What a question is about: the documents' own names that stand in it, with everything else they are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medqa.answer.extraction.aspects import cue_words
from medqa.answer.terms import terms, weight
from medqa.domain.passage import Hit

Name = frozenset[str]
_CJK = "\u3000"
_KIND = 0.65
_QUESTION = re.compile(r"(?:what|who|how|why|when|where|which|is|are|do|does|can)\b|.*[?？吗]", re.IGNORECASE)
_PARENTHESES = re.compile(r"[()（）]")
_COMMAS = re.compile(r"[,，:：]")


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing asked about. ``called`` is how the question calls it, ``names`` all that its documents are called;
    ``titles``, what those documents are headed, alone say that another document is about it too.
    """

    called: Name
    names: tuple[Name, ...]
    titles: tuple[Name, ...]

    def is_in(self, words: frozenset[str]) -> bool:
        """Whether a sentence's words name the subject in one of its ways."""
        return any(name <= words for name in self.names)

    def share_of(self, hit: Hit) -> float:
        """How far a hit's document is about the subject, in [0, 1].

        1 for a document of that name; less for a kind of it, as pulmonary hypertension is of hypertension.
        """
        if any(own in names_of(hit) for own in self.titles):
            return 1.0
        title = _names(title_of(hit), ())
        return _KIND if any(own <= name for own in self.titles for name in title) else 0.0


@lru_cache(maxsize=16_384)
def name_terms(name: str) -> Name:
    """The terms of a title or alias that name something: not "what are the symptoms of", not "type"."""
    cues = set(terms(cue_words(name))) if _QUESTION.match(name) else set()
    return frozenset(t for t in terms(name) if t not in cues and weight(t) == 1.0)


def names_of(hit: Hit) -> tuple[Name, ...]:
    """What a hit's document is called: its title and aliases as terms."""
    return _names(title_of(hit), hit.metadata.aliases)


def title_of(hit: Hit) -> str:
    """The title of a hit's document; empty when it has none and goes by its id."""
    return "" if hit.metadata.title == hit.passage.document_id else hit.metadata.title


@lru_cache(maxsize=4096)
def _names(title: str, aliases: tuple[str, ...]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(name for text in (*_parts(title), *aliases) if (name := name_terms(text))))


def _parts(title: str) -> list[str]:
    """A title's own names: "High blood pressure (hypertension)" gives two. Commas part names in brackets only."""
    parts = _PARENTHESES.split(title)
    names = [*parts[::2], *(name for inside in parts[1::2] for name in _COMMAS.split(inside))]
    return [name for name in names if name.strip()]


@lru_cache(maxsize=4096)
def _words(title: str, aliases: tuple[str, ...], section: str | None) -> frozenset[str]:
    return frozenset(t for text in (title, *aliases, section or "") for t in terms(text))


def surroundings(hit: Hit) -> frozenset[str]:
    """The terms that stand around every sentence of a hit: title, aliases and section."""
    return _words(title_of(hit), hit.metadata.aliases, hit.passage.section)


def subjects(own: frozenset[str], hits: Sequence[Hit]) -> tuple[Subject, ...]:
    """The subjects that the question names, the most specific only: diabetes yields to gestational diabetes.

    Names that the same documents bear are one subject: "drinking alcohol".
    """
    named = _named(own, hits)
    together: dict[frozenset[str], list[Name]] = {}
    for said in _largest(named):
        together.setdefault(frozenset(hit.passage.document_id for hit in named[said]), []).append(said)
    return tuple(_subject(frozenset().union(*said), said, named[said[0]]) for said in together.values())


def _subject(called: frozenset[str], said: Iterable[Name], bearers: Sequence[Hit]) -> Subject:
    titles = [name for hit in bearers for name in _names(title_of(hit), ())]
    names = [name for hit in bearers for name in names_of(hit)]
    return Subject(called=called, names=tuple(dict.fromkeys(names)), titles=tuple(dict.fromkeys([*said, *titles])))


def reworded_subject(topic: frozenset[str], wordings: frozenset[str], hits: Sequence[Hit]) -> Subject | None:
    """The subject that a question calls by a word of its own, ``topic``, and documents by one of its ``wordings``."""
    named = _named(wordings, hits)
    if not named:
        return None
    return _subject(topic, named, [hit for those in named.values() for hit in those])


def _named(question: frozenset[str], hits: Sequence[Hit]) -> dict[Name, list[Hit]]:
    """The names that a question says, with the hits whose documents bear them."""
    return _bearers(hits, lambda name: name <= question) or _bearers(hits, lambda name: _is_nearly_said(name, question))


def _bearers(hits: Sequence[Hit], is_said: Callable[[Name], bool]) -> dict[Name, list[Hit]]:
    found: dict[Name, list[Hit]] = {}
    for hit in hits:
        for name in _largest(filter(is_said, names_of(hit))):
            found.setdefault(name, []).append(hit)
    return found


def _is_nearly_said(name: Name, question: frozenset[str]) -> bool:
    """Whether a question says a Chinese name with other words in between: a third of its pairs may be broken up."""
    missing = name - question
    return len(missing) <= len(name) // 3 and all(term[0] > _CJK for term in missing)


def _largest(names: Iterable[Name]) -> list[Name]:
    every = list(dict.fromkeys(names))
    return [name for name in every if not any(name < other for other in every)]
