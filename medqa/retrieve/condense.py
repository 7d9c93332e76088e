"""A long message reduced to what is asked: its question sentences and those that name what it is about."""

from __future__ import annotations

import re

from medqa.retrieve.lexicon import Lexicon

_LONG_WORDS, _LONG_CHARACTERS = 40, 80  # messages up to this length are taken whole
_SENTENCE = re.compile(r"[^.!?。！？；;\n]+[.!?。！？；;]*")
_ASKS = re.compile(
    r"[?？]|^\s*(?:what|how|why|when|where|which|who|is|are|can|could|do|does|should|would|will)\b|"
    r"\b(?:want to know|like to know|wondering|please (?:tell|advise|help)|any (?:advice|information|suggestions))\b|"
    r"吗|呢|怎么|如何|什么|是否|能不能|可不可以|要不要|请问|求助|咨询",
    re.IGNORECASE,
)
_KEPT = 4  # sentences


def condensed(text: str, lexicon: Lexicon) -> str:
    """The text as it is when short, else at most four of its sentences, in their order."""
    if len(text.split()) <= _LONG_WORDS and _han(text) <= _LONG_CHARACTERS:
        return text
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(text) if sentence.strip()]
    weights = [_weight(sentence, place, lexicon) for place, sentence in enumerate(sentences)]
    chosen = sorted(sorted(range(len(sentences)), key=lambda i: -weights[i])[:_KEPT])
    return " ".join(sentences[i] for i in chosen) or text


def _weight(sentence: str, place: int, lexicon: Lexicon) -> float:
    """Questions and named topics count; the first sentence is often the subject line."""
    topics = {m.concept for m in lexicon.mentions(sentence) if m.concept.is_topic}
    return 2.0 * bool(_ASKS.search(sentence)) + min(len(topics), 3) + (1.0 if place == 0 else 0.0)


def _han(text: str) -> int:
    return len(re.findall("[\u3400-\u4dbf\u4e00-\u9fff]", text))
