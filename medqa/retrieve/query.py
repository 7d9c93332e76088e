"""A question made ready for search, by rules and the bilingual lexicon: no model, about a millisecond."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from medqa.domain.conversation import Language, Query, Question
from medqa.retrieve import lexicon as lexicons
from medqa.retrieve.condense import condensed
from medqa.retrieve.followup import standalone
from medqa.retrieve.keywords import keywords
from medqa.retrieve.lexicon import Lexicon, Mention
from medqa.retrieve.wording import script

_TERMS = 6  # told to a reader when nothing is found
_IDLE = "definition"  # "what is" says nothing beside another aspect: "what is the cause"
_FRAMES = frozenset({"question", "person", "general", "department", "body"})  # what is asked, where and for whom
_READING = re.compile(r"(?<![\d./])(?P<upper>[89]\d|1\d\d|2[0-4]\d) ?(?:/|over) ?(?P<lower>[4-9]\d|1[0-4]\d)(?![\d./])")
_SYNONYMS = 2  # further forms of one concept


class Understanding:
    """Reads questions in English and Chinese, Traditional characters included."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or lexicons.load()

    def understand(self, question: Question) -> Query:
        """The query; its language is that of the question's words, whatever language the answer is to be in."""
        text = condensed(_plain(question.text), self._lexicon)
        alone = standalone(text, question.turns, self._lexicon)
        language = script(alone)
        mentions = _with_readings(alone, self._lexicon.mentions(alone), self._lexicon)
        return Query(
            text=question.text,
            standalone=alone,
            language=language,
            expansions=_expansions(alone, mentions, language, self._lexicon),
            looked_for=_looked_for(alone, mentions),
            other_words=_other_words(alone, mentions, language, self._lexicon),
            named=tuple(alone[m.start : m.end] for m in mentions if m.concept.is_topic and not _is_symptom(m)),
        )


def _with_readings(text: str, mentions: Sequence[Mention], lexicon: Lexicon) -> list[Mention]:
    """The mentions, with blood pressure where two numbers tell of it: "120 over 70"."""
    (blood_pressure,) = lexicon.mentions("blood pressure")
    found = [
        Mention(blood_pressure.concept, match.group(), *match.span())
        for match in _READING.finditer(text)
        if int(match["lower"]) < int(match["upper"])
    ]
    apart = [m for m in mentions if all(m.end <= r.start or r.end <= m.start for r in found)]
    return sorted([*apart, *found], key=lambda mention: mention.start)


def _plain(text: str) -> str:
    """Full-width forms folded, Traditional characters as Simplified, white space single."""
    folded = " ".join(unicodedata.normalize("NFKC", text).split())
    return str(_simplifier().convert(folded)) if script(folded) == "zh" else folded


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def _expansions(text: str, mentions: Sequence[Mention], language: Language, lexicon: Lexicon) -> tuple[str, ...]:
    """The wording in the other language first, then synonyms of the topics in the question's own."""
    other: Language = "en" if language == "zh" else "zh"
    asked = [m for m in mentions if m.concept.category == "question"]
    idle = [m for m in asked if m.concept.en[0] == _IDLE and len(asked) > 1]
    translated = [mention.concept.forms(other)[0] for mention in mentions if mention not in idle]
    if language == "zh":
        translated += [word for word in keywords(text) if word[0].isascii()]
    synonyms = [
        form
        for mention in mentions
        if mention.concept.is_topic
        for form in mention.concept.forms(language)[: _SYNONYMS + 1]
        if form.lower() != mention.surface
    ]
    broader = [concept for mention in mentions for concept in lexicon.broader(mention.concept)]
    synonyms += [form for concept in broader for form in concept.forms(language)[:_SYNONYMS]]
    return tuple(part for part in (_joined(translated), _joined(synonyms)) if part)


def _is_symptom(mention: Mention) -> bool:
    return mention.concept.category == "symptom"


def _other_words(
    text: str, mentions: Sequence[Mention], language: Language, lexicon: Lexicon
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is spoken of, as the question says it, with the other forms and those of what it is a kind of."""
    found: dict[str, tuple[str, ...]] = {}
    for mention in mentions:
        concepts = (mention.concept, *lexicon.broader(mention.concept))
        forms = (form for concept in concepts for form in concept.forms(language))
        if mention.concept.category not in _FRAMES or len(concepts) > 1:
            others = (form for form in forms if form.lower() != mention.surface)
            found[text[mention.start : mention.end]] = tuple(dict.fromkeys(others))
    return tuple(found.items())


def _looked_for(text: str, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Topics first, then the other concepts, as they stand in the question; else its content words."""
    ordered = sorted(mentions, key=lambda mention: not mention.concept.is_topic)
    words = [text[mention.start : mention.end] for mention in ordered] or keywords(text)
    return tuple(dict.fromkeys(words))[:_TERMS]


def _joined(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(words))
