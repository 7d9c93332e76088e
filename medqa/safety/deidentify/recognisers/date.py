"""Dates finer than a year, English and Chinese: written out, or by a weekday, a month, a feast or a season."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.chinese_days import chinese_days
from medqa.safety.deidentify.english_days import english_days
from medqa.safety.deidentify.recognisers._patterns import Patterns
from medqa.safety.deidentify.span import Span

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[89]|20)\d{2}"
_ZH = "[〇零一二三四五六七八九十]"


_HAN = re.compile("[\u4e00-\u9fff]")
_WRITTEN = (
    rf"(?i)(?<![\w.]){_DAY}(?:st|nd|rd|th)?(?: of)?[ -]{_MONTH}\b\.?,?(?:[ -]{_YEAR}|[ -]'?\d{{2}}\b)?",
    rf"(?i)(?<!\w){_MONTH}\.? {_DAY}(?:st|nd|rd|th)?(?![\d:]| ?(?:mg|ml|kg|%))(?:,? {_YEAR})?",
    rf"(?i)(?<!\w){_MONTH}\.?,? {_YEAR}(?!\d)",
    rf"(?<![\d./-]){_YEAR}([-/.])(?:0?[1-9]|1[0-2])\1{_DAY}(?![\d/-]|\.\d)",
    rf"(?<![\d./-]){_DAY}(?P<a>[-/.])(?:0?[1-9]|1[0-2])(?P=a)(?:{_YEAR}|\d{{2}})(?![\d/-]|\.\d)",
    rf"(?<![\d./-])(?:0?[1-9]|1[0-2])(?P<b>[-/.]){_DAY}(?P=b)(?:{_YEAR}|\d{{2}})(?![\d/-]|\.\d)",
    rf"(?i)(?:\bdob|date of birth|born(?: on)?|\bdated?|admitted on|discharged on|seen on|\bon)\s*(?::|"
    rf"：)?\s*(?P<v>{_DAY}[/-]{_DAY})(?![\d/-])",
    rf"(?:{_YEAR}|{_ZH}{{4}})\s?年\s?(?:0?[1-9]|1[0-2]|{_ZH}{{1,2}})\s?月(?:\s?(?:{_DAY}|"
    rf"{_ZH}{{1,3}})\s?[日号])?(?!龄)",
    rf"(?<!\d)(?:0?[1-9]|1[0-2]|{_ZH}{{1,2}})\s?月\s?(?:{_DAY}|{_ZH}{{1,3}})\s?[日号]",
    rf"(?:生日|出生日期|出生)\s*(?:是|为|：|:)?\s*(?P<v>(?:19|20)?\d{{2}}[-/.年]?(?:0[1-9]|"
    rf"1[0-2])[-/.月]?{_DAY})",
)


class Date:
    """Finds DATE."""

    def __init__(self) -> None:
        self._written = Patterns("DATE", _WRITTEN)

    def find(self, text: str) -> Iterator[Span]:
        """Dates written out, and words that tell when something happened; they may overlap."""
        yield from self._written.find(text)
        for start, end in english_days(text):
            yield Span(start, end, "DATE")
        if _HAN.search(text):
            for start, end in chinese_days(text):
                yield Span(start, end, "DATE")


plugin = Date
