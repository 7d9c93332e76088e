"""The language of a document: by script where that is plain, by a classifier only where it is not."""

from __future__ import annotations

import re

_SAMPLE = 6_000
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[a-zA-Z]+")
_OTHER_LETTER = re.compile(r"[^\W\d_a-zA-Z\u3400-\u9fff]")
_ENGLISH = frozenset(
    {"the", "of", "and", "to", "in", "is", "a", "for", "with", "that", "are", "or", "be", "as", "by", "from", "on"}
    | {"this", "it", "may", "not", "can", "have", "at", "an", "was", "were", "which", "you", "your"}
)
_CODES = {
    "eng": "en", "chi": "zh", "zho": "zh", "cmn": "zh", "fre": "fr", "fra": "fr", "ger": "de", "deu": "de",
    "spa": "es", "por": "pt", "jpn": "ja", "kor": "ko", "rus": "ru", "ita": "it", "dut": "nl", "nld": "nl",
    "english": "en", "chinese": "zh", "中文": "zh", "英文": "en",
}  # fmt: skip


def language_code(named: str | None) -> str | None:
    """The two-letter code of a language as metadata name it (``en-US``, ``eng``, ``zh_CN``), or ``None``."""
    head = re.split(r"[-_]", (named or "").strip().lower())[0]
    if head in _CODES:
        return _CODES[head]
    return head if re.fullmatch(r"[a-z]{2}", head) else None


def detect_language(text: str) -> str | None:
    """``en``, ``zh`` or another two-letter code; ``None`` when there is too little text to tell."""
    sample = text[:_SAMPLE]
    han = len(_HAN.findall(sample))
    words = _LATIN_WORD.findall(sample)
    if han and not _KANA_HANGUL.search(sample) and han * 2 >= len(words):
        return "zh"
    others = len(_OTHER_LETTER.findall(sample))
    english = sum(word.lower() in _ENGLISH for word in words)
    if len(words) >= 8 and english * 8 >= len(words) and others * 20 <= len(words):
        return "en"
    if len(words) + others + han < 6:
        return None
    return _classified(sample)


def _classified(sample: str) -> str:
    import py3langid

    code, _ = py3langid.classify(sample)
    return str(code)
