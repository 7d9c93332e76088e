"""Which words of a query to search with: its own language's and the other's, from its expansions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medqa.domain.conversation import Language, Query

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """A query in both languages; ``""`` where there are no words for it. ``synonyms`` are in its own language."""

    own: str
    other: str
    synonyms: str
    language: Language

    def text_in(self, language: Language) -> str:
        """The words of one language."""
        return self.own if language == self.language else self.other


def wording(query: Query) -> Wording:
    """The query's words sorted by script: Chinese characters make a wording Chinese."""
    other = [text for text in query.expansions if script(text) != query.language]
    synonyms = [text for text in query.expansions if script(text) == query.language]
    return Wording(query.standalone, " ".join(other), " ".join(synonyms), query.language)


def script(text: str) -> Language:
    """``zh`` when Chinese characters outnumber Latin words, else ``en``."""
    if text.isascii() or not _HAN.search(text):  # spares counting the words of every English passage
        return "en"
    return "zh" if len(_HAN.findall(text)) > len(_LATIN_WORD.findall(text)) else "en"
