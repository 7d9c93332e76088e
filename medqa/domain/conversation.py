"""What is asked: a question, the turns before it, for whom and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]
Audience = Literal["patient", "clinician"]
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One utterance of the conversation so far."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as it reaches the engine: text cleaned and within limits, options resolved.

    ``language`` is the language to answer in. ``jurisdiction`` is an ISO 3166 alpha-2 code in upper case
    (``EU`` is accepted), or ``None`` when unknown.
    """

    text: str
    turns: tuple[Turn, ...] = ()
    language: Language = "en"
    audience: Audience = "patient"
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question made ready for search by ``retrieve/query``.

    ``standalone`` is the question with its follow-up references resolved. ``expansions`` are further
    wordings (synonyms, the other language's terms). ``looked_for`` are the key terms, as a reader is told
    them when nothing is found. ``filters`` are metadata fields with accepted values, ANDed. ``other_words`` holds
    the things that the question speaks of as it says them, each with what else they, or what they are a kind of,
    are called in its language: beer is alcohol too. ``named`` are those among them that articles are written about:
    conditions, drugs, tests and procedures.
    """

    text: str
    standalone: str
    language: Language
    expansions: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    other_words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    named: tuple[str, ...] = ()
