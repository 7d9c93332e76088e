"""Numbers that decide: temperature, age, blood pressure, oxygen, glucose, ketones, tablets.

Each is read from normalised text, English or Chinese, into one unit: temperature_c, age_months, systolic and
diastolic (mmHg), spo2 (%), glucose_mmol and ketones_mmol (mmol/L), heart_rate (a minute), tablets, minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_ENGLISH = {
    word: float(value)
    for value, words in {
        1: "one a an",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        12: "twelve dozen",
        15: "fifteen",
        20: "twenty",
        30: "thirty",
        40: "forty",
        50: "fifty",
        100: "hundred",
    }.items()
    for word in words.split()
}
_N = r"(\d+(?:\.\d+)?|[一二两三四五六七八九十百几]+)"
_EN_N = r"(\d+(?:\.\d+)?|" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + ")"
_PILLS = (
    r"(?:tablets?|pills?|capsules?|tabs?|caps|paracetamols?|panadols?|tylenols?|ibuprofens?|aspirins?|co codamols?)"
)
_MONTHS = {"day": 1 / 30.4, "week": 1 / 4.345, "wk": 1 / 4.345, "month": 1.0, "mo": 1.0, "mth": 1.0}
_MONTHS |= {"year": 12.0, "yr": 12.0, "天": 1 / 30.4, "周": 1 / 4.345, "月": 1.0, "岁": 12.0}


@dataclass(frozen=True, slots=True)
class Measure:
    """A value in the unit that its name says, with its place in the normalised text."""

    name: str
    value: float
    start: int
    end: int


Read = Callable[[re.Match[str]], Iterator[tuple[str, float]]]


def measures(text: str) -> list[Measure]:
    """Every quantity in the text, in no particular order."""
    if not re.search(r"\d|[一二两三四五六七八九十]|old|dozen|twenty|thirty|forty|fifty|hundred", text):
        return []
    return [
        Measure(name, value, *match.span())
        for pattern, read in _READERS
        for match in pattern.finditer(text)
        for name, value in read(match)
    ]


def number(text: str) -> float:
    """The value of digits, an English number word or a Chinese numeral below a thousand; 几 counts as 3."""
    if text[0].isdigit():
        return float(text)
    if text in _ENGLISH:
        return _ENGLISH[text]
    if len(text) > 1 and text[-2] == "百" and text[-1] in _DIGITS:
        text += "十"  # 二百二 is 220
    total, digit = 0, 0
    for sign in text:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = 3 if sign == "几" else _DIGITS.get(sign, 0)
    return float(total + digit)


def _temperature(match: re.Match[str]) -> Iterator[tuple[str, float]]:
    groups = match.groupdict()
    value = number(groups["n"]) + number("0" + ("." + groups["d"])) if groups.get("d") else number(groups["n"])
    if 95 <= value <= 110:
        yield "temperature_c", (value - 32) / 1.8
    elif 25 <= value <= 44:
        yield "temperature_c", value


def _pressure(match: re.Match[str]) -> Iterator[tuple[str, float]]:
    systolic, diastolic = number(match[1]), number(match[2])
    if 70 <= systolic <= 320 and 30 <= diastolic < systolic:
        yield "systolic", systolic
        yield "diastolic", diastolic


def _glucose(match: re.Match[str]) -> Iterator[tuple[str, float]]:
    value, unit = float(match[1]), match[2] or ""
    yield "glucose_mmol", value / 18 if "mg" in unit or (value > 35 and "mmol" not in unit) else value


def _age(match: re.Match[str]) -> Iterator[tuple[str, float]]:
    value = number(match["n"]) + (0.5 if match.groupdict().get("half") else 0)
    yield "age_months", value * _MONTHS[match["unit"]]


def _named(name: str) -> Read:
    def read(match: re.Match[str]) -> Iterator[tuple[str, float]]:
        yield name, number(next(group for group in match.groups() if group))

    return read


_READERS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(?<![\d.])(?P<n>3[3-9]|4[0-3])(?:°|度)c?(?P<d>[1-9])(?!\d)", _temperature),
        (r"(?<![\d.])(?P<n>\d{2,3}(?:\.\d+)?) ?(?:°|度|degrees?|deg|celsius|fahrenheit|[cf](?![a-z]))", _temperature),
        (
            r"(?<![\d./])(?P<n>3[89]\.\d|4[01]\.\d)(?![\d/]| ?(?:kg|kilo|cm|g|mmol|mg|%|公斤|斤|厘米|weeks?|years?))",
            _temperature,
        ),
        (r"(?P<n>三十[三四五六七八九]|四十[一二三]?)度(?P<d>)", _temperature),
        (
            r"(?:temp(?:erature)?(?![a-z])|fever|体温|烧到|发烧|高烧|发热)[^\d.!?;\n]{0,16}(?P<n>3\d(?:\.\d+)?|"
            r"4[0-4](?:\.\d+)?|9[5-9](?:\.\d+)?|10\d(?:\.\d+)?)(?!\d)"
            r"(?![\d/]| ?(?:weeks?|months?|days?|hours?|years?|分|小时|天|个|周|岁|次))",
            _temperature,
        ),
        (r"(?<![\d/.])(\d{2,3}) ?(?:/|over|比) ?(\d{2,3})(?![\d/.])", _pressure),
        (
            r"(?:高压|收缩压)\D{0,4}?(\d{2,3}|[一二两三]百[一二三四五六七八九十零]*)\D{0,8}?(?:低压|舒张压)"
            r"\D{0,4}?(\d{2,3}|[一二]?百?[一二三四五六七八九十零]+)",
            _pressure,
        ),
        (
            r"(?:systolic|收缩压|高压|top number|upper number|血压)[^\d,.!?;\n]{0,12}(\d{3})(?![\d/])",
            _named("systolic"),
        ),
        (r"(?:diastolic|舒张压|低压|bottom number|lower number)[^\d,.!?;\n]{0,12}(\d{2,3})(?!\d)", _named("diastolic")),
        (
            r"(?:spo2|o2|sats?|oxygen|oximeter|pulse ox|saturation|血氧|氧饱和度)[^\d.!?;\n]{0,24}"
            r"(\d{2})(?!\d|\.\d| ?/ ?7| 7(?!\d)| ?x ?7| ?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|l|"
            r"小时|分钟|升|天))",
            _named("spo2"),
        ),
        (
            r"(?:sugars?|glucose|bg|bm|cgm|dexcom|fingerstick|血糖)[^\d.!?;\n]{0,22}"
            r"(\d+(?:\.\d+)?)(?![\d%]) ?(mmol|mg)?",
            _glucose,
        ),
        (r"(?:ketones?|血酮|酮体)[^\d.!?;\n]{0,16}(\d+(?:\.\d+)?)", _named("ketones_mmol")),
        (
            r"(?:heart rate|pulse|hr|心率|心跳|脉搏)[^\d.!?;\n]{0,14}(\d{2,3})(?!\d)|(\d{2,3}) ?(?:bpm|beats)",
            _named("heart_rate"),
        ),
        (rf"(?P<n>{_EN_N}) ?(?P<unit>day|week|wk|month|mo|mth|year|yr)s? ?old", _age),
        (
            rf"(?:baby|newborn|little one|infant|bub|lo|son|daughter|grandson|granddaughter)(?: is| hes| shes)?"
            rf"(?: only| just| now| about| nearly| almost| not even| not yet| turned| barely)* (?P<n>{_EN_N}) ?"
            rf"(?P<unit>day|week|wk|month|mo|mth)s?(?! ?(?:ago|pregnant|gone|along|late|into|since|post|after|of))",
            _age,
        ),
        (r"(?<![\d.])(?P<n>\d{1,2}) ?(?P<unit>wk|week|mo|month)s? (?:baby|infant|newborn)", _age),
        (
            r"(?:宝宝|婴儿|孩子|小孩|娃|女儿|儿子|宝贝|新生儿|孙子|孙女)(?:他|她)?(?:才|刚|刚满|现在|今年|只有|"
            r"还不到|不到)?"
            rf"(?P<n>{_N})个?(?P<half>半)?(?P<unit>天|周|月|岁)(?!前|没|不|来)",
            _age,
        ),
        (
            rf"(?P<n>{_N})个?(?P<half>半)?(?P<unit>天|周|月|岁)(?:大|的(?:小|男|女)?(?:宝|婴|孩|娃|女儿|儿子|小孩|"
            rf"幼儿|毛毛)|宝|婴|娃|男|女|,?(?:男|女))",
            _age,
        ),
        (rf"出生(?:才|刚)?(?P<n>{_N})个?(?P<half>半)?(?P<unit>天|周|月)", _age),
        (rf"(?P<n>{_N})(?P<unit>岁)", _age),
        (
            rf"(?<![a-z0-9.]){_EN_N}(?: or so| more| of| of my| of the| of his| of her)? ?(?!(?:mg|mcg|g|ml|iu|"
            rf"microgram|milligram)s?\b)(?:[a-z]+ ){{0,2}}{_PILLS}",
            _named("tablets"),
        ),
        (r"(\d+|[一二两三四五六七八九十百几]+)多?(?:片|粒|颗|瓶)", _named("tablets")),
        (r"(\d+) ?(?:minutes?|mins?)|(\d+|[一二两三四五六七八九十几]+)多?分钟", _named("minutes")),
    )
)
