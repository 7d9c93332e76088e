"""Reads numbers with their units from English and Chinese text, normalised so that equal amounts compare equal."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from medqa.domain.quantity import Quantity

_RELATIVE_TOLERANCE = 0.005
_DEGREE_TOLERANCE = 0.06  # 100.4 °F is 38.0 °C; sources round to a tenth of a degree
_HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_OFTEN = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，：；！？（）"}
_AMONG = re.compile(r"[每有]\s?(\d[\d,.]*|[一二两三四五六七八九十百千]+)")
_HAN_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}


@dataclass(frozen=True, slots=True)
class _Table:
    units: dict[str, tuple[str, float]]
    words: dict[str, float]
    pattern: re.Pattern[str]


@cache
def _table() -> _Table:
    table = tomllib.loads(files("medqa.answer").joinpath("data/units.toml").read_text("utf-8"))
    words = {word: float(value) for word, value in table.pop("words").items()}
    units = {
        spelling: (unit, float(factor))
        for unit, rows in table.items()
        for factor, row in rows
        for spelling in row.split()
    }
    fahrenheit = {"°f": ("°F", 1.0), "°F": ("°F", 1.0), "℉": ("°F", 1.0), "华氏度": ("°F", 1.0)}
    spellings = sorted({**units, **fahrenheit}, key=len, reverse=True)
    number = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    small = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twenty|hundred)"
    worded = "|".join(words) + r"|[零〇一二两三四五六七八九十百千万半]+"
    unit = "|".join(re.escape(s) + (r"(?![a-zA-Z])" if s[-1].isascii() and s[-1].isalpha() else "") for s in spellings)
    link = r"\s*(?:[-–—~～/至到]|to|or|and|或)\s*"
    pattern = re.compile(
        rf"(?P<often>\b(?:once|twice|thrice)(?=\s+(?:a|an|per|each|every|in|daily|weekly|monthly|yearly)\b)|\btwice\b)"
        rf"|(?P<part>{small}\s(?:in|out\sof)(?:\severy)?\s{small})\b|(?P<tenths>[一二两三四五六七八九]成)(?![人年熟分为功瘾员都立])"
        rf"|(?P<among>每\s?(?:{number}|[一二两三四五六七八九十百千]+)\s?[人名个位][^。；;0-9]{{0,12}}?有\s?(?:{number}|[一二两三四五六七八九十]+)\s?[人名个位例])"
        rf"|(?P<fraction>[一二两三四五六七八九十百]+分之[一二两三四五六七八九十]+)"
        rf"|(?<![A-Za-z\d.])(?<![A-Za-z][-–])(?P<list>(?:{number})(?:{link}(?:{number}))*)(?:\s|-)?(?P<unit>{unit})?"
        rf"|百分之(?P<percent>{number}|[零一二三四五六七八九十百]+)"
        rf"|(?<![a-zA-Z])(?P<word>{worded})(?:\s|-)?(?P<word_unit>{unit})",
        re.IGNORECASE,
    )
    return _Table({**units, **fahrenheit}, words, pattern)


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text in order. Ranges give both ends: ``15–20 g`` is 15 g and 20 g."""
    found: list[Quantity] = []
    for match in _table().pattern.finditer(half_width(text)):
        if match["often"]:
            found.append(_quantity(_OFTEN[match["often"].lower()], "times", match.start(), match.end()))
        elif (share := _share(match)) is not None:
            found.append(Quantity(value=share, unit="%", start=match.start(), end=match.end()))
        elif match["word"]:
            found.append(_quantity(_value(match["word"].lower()), match["word_unit"], match.start(), match.end()))
        else:
            values = re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", match["list"])
            found += [_quantity(_value(value), match["unit"], match.start(), match.end()) for value in values]
    return tuple(found)


def same(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are the same amount; a bare number equals that number in any unit."""
    if one.unit and other.unit and one.unit != other.unit:
        return False
    allowed = _DEGREE_TOLERANCE if one.unit == "°C" else _RELATIVE_TOLERANCE * max(abs(one.value), abs(other.value))
    return abs(one.value - other.value) <= allowed


def half_width(text: str) -> str:
    """The text, as long as before, with full-width digits and signs made plain: ５００ｍｇ is 500mg."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def _share(match: re.Match[str]) -> float | None:
    """Per cent, where the match is a share: 百分之五, 三分之一, 九成, 每5人有1人, "one in five"."""
    if match["percent"]:
        return _value(match["percent"])
    if match["tenths"]:
        return 10.0 * _han_value(match["tenths"][0])
    if match["fraction"]:
        below, _, above = match["fraction"].partition("分之")
        return 100.0 * _han_value(above) / _han_value(below)
    if match["among"]:
        below, above = _AMONG.findall(match["among"])
        return 100.0 * _value(above) / _value(below) if _value(below) else None
    if match["part"]:
        above, *_, below = match["part"].lower().split()
        return 100.0 * _value(above) / _value(below) if _value(below) else None
    return None


def _quantity(value: float, unit: str | None, start: int, end: int) -> Quantity:
    if not unit:
        return Quantity(value=value, unit="", start=start, end=end)
    table = _table().units
    name, factor = table.get(unit) or table[unit.lower()]
    if name == "°F":
        return Quantity(value=round((value - 32) / 1.8, 2), unit="°C", start=start, end=end)
    return Quantity(value=value * factor, unit=name, start=start, end=end)


def _value(written: str) -> float:
    if written[0].isdigit():
        return float(written.replace(",", ""))
    return _table().words.get(written.lower()) or _han_value(written)


def _han_value(written: str) -> float:
    """The value of a Chinese numeral up to 9,999: 十二 is 12, 半 is 0.5."""
    if written == "半":
        return 0.5
    total, digit = 0.0, 0
    for character in written:
        if character in _HAN_TENS:
            total += max(digit, 1) * _HAN_TENS[character] if total == 0 or digit else _HAN_TENS[character]
            digit = 0
        else:
            digit = _HAN_DIGITS.get(character, 0)
    return total + digit
