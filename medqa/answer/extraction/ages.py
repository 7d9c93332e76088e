"""Ages in questions and sentences: a rule for babies under three months is no answer about a two-year-old."""

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = {"day": 1 / 30, "week": 12 / 52, "month": 1.0, "year": 12.0, "yr": 12.0}
_HAN_MONTHS = {"天": 1 / 30, "周": 12 / 52, "个月": 1.0, "月": 1.0, "岁": 12.0, "周岁": 12.0}
_HAN_NUMBERS = {word: value for value, word in enumerate("零一二三四五六七八九十")} | {"两": 2, "半": 0.5}
_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]

_NUMBER = r"\d+(?:\.\d+)?"
_ASKED = re.compile(
    rf"\b({_NUMBER}|{'|'.join(_WORDS)})[\s-]*(day|week|month|year|yr)s?[\s-]*(?:old|of age)\b"
    rf"|\b(?:aged?|age of) ({_NUMBER})\b"
    rf"|\b(?:at|i'?m|i am|s?he'?s|s?he is) (\d{{2}})(?=\s*(?:$|[?.!,]|and\b|with\b|who\b))"
    rf"|({_NUMBER}|[一二两三四五六七八九十半])\s?(周岁|岁(?!以)|个月(?=大|的[孩宝婴]|[孩宝婴]))",
    re.IGNORECASE,
)
_UNIT = r"(month|year)s?"
_RANGES = (
    (rf"\b({_NUMBER})\s?(?:to|–|-|and)\s?({_NUMBER}) {_UNIT}\b(?! or (?:more|longer)| (?:later|after|ago))", "both"),
    (rf"\b(?:from age|ages?|aged) ({_NUMBER})(?: to |–|-| and )({_NUMBER})\b(?! {_UNIT})", "both"),
    (rf"\b(?:under|below|younger than|less than) ({_NUMBER}) {_UNIT}(?: old| of age)?\b", "high"),
    (rf"\b(?:over|older than) ({_NUMBER}) {_UNIT}\b", "low"),
    (rf"\b(?:aged?|from age) ({_NUMBER})()(?: {_UNIT})? (?:or|and) (?:over|older|above)", "low"),
    (rf"({_NUMBER})\s?[到至–-]\s?({_NUMBER})\s?(个月|周岁|岁)", "both"),
    (rf"(?:不满|未满|小于|不到)\s?({_NUMBER})\s?(个月|周岁|岁|周)", "high"),
    (rf"({_NUMBER})\s?(个月|周岁|岁)(?:以下|以内)", "high"),
    (rf"({_NUMBER})\s?(个月|周岁|岁)(?:及以上|或以上|以上)", "low"),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _RANGES)
_PEOPLE = re.compile(
    r"bab(?:y|ies)|infant|child|newborn|aged?\b|people|adults|women|men|婴|宝宝|孩|儿童|岁|人|孕妇", re.I
)


@lru_cache(maxsize=1024)
def asked_age_months(question: str) -> float | None:
    """The age that a question names, in months; ``None`` when it names none."""
    match = _ASKED.search(question)
    if match is None:
        return None
    number, unit, plain, told, han, han_unit = match.groups()
    if plain or told:
        return float(plain or told) * 12
    if han:
        return float(_HAN_NUMBERS.get(han) or han) * _HAN_MONTHS[han_unit]
    value = _WORDS.index(number.lower()) + 1 if number.lower() in _WORDS else float(number)
    return value * _MONTHS[unit.lower()]


@lru_cache(maxsize=8192)
def _ranges(sentence: str) -> tuple[tuple[float, float], ...]:
    """The ranges of people's ages that a sentence names, in months."""
    if not _PEOPLE.search(sentence):
        return ()
    return tuple(found for pattern, kind in _COMPILED for found in _spans(pattern, kind, sentence))


def excludes(sentence: str, age_months: float) -> bool:
    """Whether a sentence speaks only of people of other ages: every range of ages in it leaves this one out."""
    ranges = _ranges(sentence)
    return bool(ranges) and not includes(sentence, age_months)


def includes(sentence: str, age_months: float) -> bool:
    """Whether a sentence speaks of people of this age."""
    return any(low <= age_months <= high for low, high in _ranges(sentence))


def names_ages(sentence: str) -> bool:
    """Whether a sentence speaks of people of certain ages."""
    return bool(_ranges(sentence))


def _spans(pattern: re.Pattern[str], kind: str, sentence: str) -> list[tuple[float, float]]:
    found = []
    for match in pattern.finditer(sentence):
        *numbers, unit = (group for group in match.groups() if group)
        months = _HAN_MONTHS.get(unit) or _MONTHS.get(unit.lower().rstrip("s")) or 12.0
        if unit[0].isdigit():  # "aged 65 and over", "from age 30 to 65"
            numbers, months = [*numbers, unit], 12.0
        values = [float(number) * months for number in numbers]
        low = values[0] if kind in ("low", "both") else 0.0
        found.append((low, values[-1] if kind in ("high", "both") else float("inf")))
    return found
