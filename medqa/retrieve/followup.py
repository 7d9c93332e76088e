"""Follow-up questions made to stand alone: "and for children?" takes what is missing from the user's earlier turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from medqa.domain.conversation import Turn
from medqa.retrieve.keywords import keywords
from medqa.retrieve.lexicon import Lexicon, Mention
from medqa.retrieve.wording import script

_OPENING = re.compile(
    r"^\s*(?:and|but|or|so|ok(?:ay)?|then|also|what about|how about|what if|what else|why|really|which one|how long|"
    r"how often|how much|how many|is that|are there|"
    r"那|那么|还有|另外|如果|要是|可是|但是|为什么|多久|多少|还能|还可以|哪种|哪个)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|the (?:drug|medicine|medication|disease|condition|test|pain)|"
    r"one|ones|he|she|him|her)\b|它|这个|那个|这种|那种|这些|那些|该病|该药|此病|这病|这药|他|她|其",
    re.IGNORECASE,
)
_SHORT = 4  # content words; a question with no more and no topic leans on what came before
_ENDING = "?？!！.。 "
_CARRIED = 4


def standalone(text: str, turns: Sequence[Turn], lexicon: Lexicon) -> str:
    """The question with what it leaves out in brackets, or as it is when it leaves out nothing."""
    mentions = lexicon.mentions(text)
    earlier = [turn.content for turn in reversed(turns) if turn.role == "user" and turn.content.strip()]
    if not earlier or not _leans(text, mentions):
        return text
    carried = _carried(mentions, earlier, lexicon)
    if not carried:
        return text
    if script(text) == "zh":
        return f"{text.rstrip(_ENDING)}（{'，'.join(carried)}）？"
    return f"{text.rstrip(_ENDING)} ({', '.join(carried)})?"


def _leans(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether the question points back: it names no topic, or opens or points like a follow-up."""
    has_topic = any(mention.concept.is_topic for mention in mentions)
    if not has_topic:
        return bool(_OPENING.search(text) or _POINTING.search(text)) or len(keywords(text)) <= _SHORT
    return bool(_OPENING.search(text)) and len(keywords(text)) <= _SHORT


def _carried(mentions: Sequence[Mention], earlier: Iterable[str], lexicon: Lexicon) -> list[str]:
    """Words of the newest turn that has a topic: the topic unless a new one is named, the rest unless replaced."""
    said = {mention.concept.category for mention in mentions}
    has_topic = any(mention.concept.is_topic for mention in mentions)
    for text in earlier:
        before = lexicon.mentions(text)
        if any(mention.concept.is_topic for mention in before):
            kept = [m for m in before if not (has_topic if m.concept.is_topic else m.concept.category in said)]
            return _distinct(mention.surface for mention in kept)[:_CARRIED]
        if not has_topic and len(words := keywords(text)) > 1:
            return words[:_CARRIED]
    return []


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
