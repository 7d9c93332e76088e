"""Numbers: each cites its guidance, and both languages of a topic say the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evals.corpus.article import Article, Problem
from medqa.answer.ledger.quantities import quantities

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Digits that are part of a name, not a statement of a number: T4, B12, H1N1, COVID-19, HbA1c, 5-HT, "ESC 2024".
_NAME = re.compile(
    r"[A-Za-zα-ω]+-?\d[A-Za-z0-9-]*"
    r"|\d+-?(?:alpha|beta|hydroxy|OH|HT|in-1|α|β|羟)[A-Za-z]*"
    r"|(?:Stroke|中风) ?“?120"
    r"|(?<![\d.])(?:19|20)\d\d(?!\d|\.\d|\s?(?:(?:m[glL]|g|kcal|IU|steps)\b|毫|步))年?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:types?|stages?|grades?|groups?|class|factor|item|omega|vitamin)[ -]\d{1,2}[A-D]?\b(?! ?(?:m?g|%))"
    r"(?:(?:,| and| or| to|–|-|/) ?\d{1,2}[A-D]?\b)*"
    r"|第? ?\d+(?:[、和或至到–-]\d+)* ?(?:型|期|级|代|类|项)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d.])(?:000|1[12]\d|911|988|99\d|12356|12320|116 ?123|13 11 26|1-800[\d-]+|1300[\d ]+)"
    r"(?!\d|\.\d|[/–-]|\s?(?:mg|mm|%|/))"
)
_ABOUT_PHONES = re.compile(r"\b(?:number|call|phone|dial|line)\b|电话|拨打|热线|急救")
_DIGIT = re.compile(r"\d")


def check_cited(article: Article) -> Iterator[Problem]:
    """A number without a footnote in its sentence, or in the lead-in of its list. Names and phone numbers are none."""
    for said in article.sentences:
        if not said.all_marks and _DIGIT.search(_NUMBERED.sub("#", _without_names(said.text))):
            message = f"a number cites nothing: {said.text}"
            yield Problem(path=article.path, line=said.line, rule="uncited-number", message=message)


def check_parity(articles: Sequence[Article]) -> Iterator[Problem]:
    """Per topic: both files are there, cite the same, and say the same amounts as often, section by section."""
    english = {article.name: article for article in articles if article.language == "en"}
    chinese = {article.name: article for article in articles if article.language == "zh"}
    for name in sorted(english.keys() ^ chinese.keys()):
        lacking = "zh" if name in english else "en"
        yield Problem(
            path=f"{lacking}/{name}.md", rule="parity", message="the other language has it, this one does not"
        )
    for name in sorted(english.keys() & chinese.keys()):
        yield from _same_references(english[name], chinese[name])
        yield from _same_amounts(english[name], chinese[name])


def _same_references(english: Article, chinese: Article) -> Iterator[Problem]:
    for key in sorted(english.footnotes.keys() ^ chinese.footnotes.keys()):
        yield Problem(path=chinese.path, rule="parity", message=f"[^{key}] is cited in one language only")
    for key in sorted(english.footnotes.keys() & chinese.footnotes.keys()):
        years = [set(_YEAR.findall(article.footnotes[key])) for article in (english, chinese)]
        if years[0] != years[1]:
            yield Problem(path=chinese.path, rule="parity", message=f"[^{key}] has another year in each language")


def _same_amounts(english: Article, chinese: Article) -> Iterator[Problem]:
    if len(english.sections) != len(chinese.sections):  # which is reported elsewhere
        return
    for in_english, in_chinese in zip(english.sections, chinese.sections, strict=True):
        only_english, only_chinese = difference(amounts(english, in_english), amounts(chinese, in_chinese))
        if only_english or only_chinese:
            message = f"{in_english}: only English says {_shown(only_english)}; only Chinese {_shown(only_chinese)}"
            yield Problem(path=chinese.path, rule="parity", message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount: ``written`` is the figure in the text, ``value`` the same in the canonical ``unit``."""

    written: float
    value: float
    unit: str

    def equals(self, other: Amount) -> bool:
        """Whether both say the same; a figure without unit equals that figure in any unit ("over 65", "65 岁以上")."""
        if self.unit and other.unit:
            return self.unit == other.unit and abs(self.value - other.value) <= 1e-6 * self.value
        return self.written == other.written


def amounts(article: Article, section: str) -> list[Amount]:
    """The amounts written in digits in a section, as often as they are said."""
    return [amount for said in article.sentences if said.section == section for amount in _amounts(said.text)]


def difference(one: Sequence[Amount], other: Sequence[Amount]) -> tuple[list[Amount], list[Amount]]:
    """What each says more often than the other; figures with a unit are paired first."""
    left: list[Amount] = []
    right = sorted(other, key=lambda amount: not amount.unit)
    for amount in sorted(one, key=lambda amount: not amount.unit):
        match = next((candidate for candidate in right if amount.equals(candidate)), None)
        if match is None:
            left.append(amount)
        else:
            right.remove(match)
    return left, right


def _amounts(text: str) -> Iterator[Amount]:
    plain = _without_names(text)
    for (start, end), ends in groupby(quantities(plain), key=lambda found: (found.start, found.end)):
        figures = _FIGURE.findall(plain[start:end])  # none, where the number is a word
        for figure, found in zip(figures, ends, strict=False):  # "m²" holds a figure, too
            yield Amount(written=float(figure.replace(",", "")), value=found.value, unit=found.unit)


def _without_names(text: str) -> str:
    """The text with names that hold digits, and telephone numbers, blanked out."""
    if _ABOUT_PHONES.search(text):
        text = _PHONE.sub("#", text)
    return _NAME.sub("#", text)


def _shown(found: Sequence[Amount]) -> str:
    return ", ".join(f"{amount.written:g} {amount.unit}".strip() for amount in found) or "-"
