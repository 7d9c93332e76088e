"""In which of the two languages a text is to be answered."""

from __future__ import annotations

import re
from collections.abc import Collection

from medqa.domain.conversation import Language

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_UNIT = re.compile(r"(?<=\d)\s*[A-Za-zµμ]{1,5}\d?(?:\s*/\s*[A-Za-z\d.]{1,6})*")  # says nothing about the language
_WORD = re.compile(r"[^\W\d_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")

# Chinese text averages between 1.5 and 2 characters a word.
_HAN_PER_WORD = 1.7
_NAME_WORDS = 3


def language_of(text: str) -> Language:
    """``zh`` when most words are Chinese, else ``en``.

    A Latin term inside a Chinese question ("HbA1c 多少算正常") leaves it Chinese, and the reverse. Japanese and
    Korean, which MedQA does not answer in, count as ``en``: the reply that says so is then in English.
    """
    if _KANA_OR_HANGUL.search(text):
        return "en"
    chinese_words = len(_HAN.findall(text)) / _HAN_PER_WORD
    if not chinese_words:
        return "en"
    return "zh" if chinese_words > len(_WORD.findall(_UNIT.sub(" ", text))) else "en"


def is_in_other_language(text: str, languages: Collection[Language]) -> bool:
    """Whether a sentence is surely in none of ``languages``: a name or a number alone is in all of them."""
    if _KANA_OR_HANGUL.search(text):
        return True
    if "zh" not in languages:
        return language_of(text) == "zh"
    return "en" not in languages and not _HAN.search(text) and len(_WORD.findall(text)) > _NAME_WORDS
