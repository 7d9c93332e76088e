"""Replies, hits and cards as a person reads them in a terminal."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence

import click

from medqa.domain.answer import Citation, HandedOver, Reply
from medqa.domain.calculation import Assessment
from medqa.domain.passage import Hit
from medqa.domain.plain_text import answer_text, beside_text, evidence_of
from medqa.domain.safety import Screening
from medqa.domain.text import cleaned

_TOKEN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\s+")
_NEVER_FIRST = frozenset("，。；：！？、）》」』”’%")
_WIDEST = 96
_WORDS = {
    "en": {
        "sources": "Sources",
        "page": "p. {}",
        "nothing": "Nothing found.",
        "none": "No emergency found in this text.",
        "total": "Sum: {} of {}",
        "band": "{} ({} to {})",
        "source": "Source: {}",
    },
    "zh": {
        "sources": "来源",
        "page": "第 {} 页",
        "nothing": "没有找到。",
        "none": "没有发现紧急情况。",
        "total": "总分：{}（最高 {}）",
        "band": "{}（{} 到 {} 分）",
        "source": "出处：{}",
    },
}
_COLOURS = {"emergency": "red", "crisis": "magenta", "urgent": "yellow", "advice": "cyan"}


def wrapped(text: str, *, indent: str = "", width: int | None = None) -> str:
    """The text in lines of at most ``width`` columns (the terminal's, if none), Chinese counted double."""
    limit = width or min(_WIDEST, shutil.get_terminal_size((80, 24)).columns)
    parts = map(_harmless, text.split("\n"))
    return "\n".join(indent + line for part in parts for line in _lines(part, limit - _columns(indent)))


def check_line(ok: bool, name: str, detail: str, fix: str) -> str:
    """One finding with its mark, and below it the fix where there is one."""
    mark = click.style("ok  ", fg="green") if ok else click.style("FAIL", fg="red", bold=True)
    return f"{mark} {name:<18} {detail}" + (f"\n     fix: {fix}" if fix else "")


def reply_text(reply: Reply) -> str:
    """The card first, then the answer, its sources with their quotes, and the notice."""
    parts = []
    if reply.screening.card:
        parts.append(screening_text(reply.screening, reply.language))
    if not isinstance(reply.outcome, HandedOver):
        parts.append(wrapped(answer_text(reply.outcome)))
    elif reply.outcome.below:
        parts.append(wrapped(reply.outcome.below.text))
    if beside := beside_text(reply):
        parts.append(wrapped(beside))
    _, citations = evidence_of(reply.outcome)
    if citations:
        parts.append(click.style(_WORDS[reply.language]["sources"], bold=True))
        parts.extend(_source(citation, reply.language) for citation in citations)
    parts.append(click.style(wrapped(reply.notice), dim=True))
    return "\n\n".join(parts)


def hits_text(hits: Sequence[Hit], language: str) -> str:
    """Ranked passages with their place."""
    if not hits:
        return _WORDS[language]["nothing"]
    return "\n\n".join(_hit(hit, language) for hit in hits)


def screening_text(screening: Screening, language: str) -> str:
    """The card in a frame of its own colour, or a line that says that nothing was found."""
    if screening.card is None:
        return _WORDS[language]["none"]
    colour = _COLOURS.get(screening.level)
    card = screening.card
    lines = [click.style(wrapped(card.headline), fg=colour, bold=True), wrapped(card.action)]
    if card.phone and card.phone not in f"{card.headline} {card.action}":
        lines.append(click.style(card.phone, bold=True))
    bar = click.style("┃ ", fg=colour, bold=True)
    return "\n".join(bar + line for part in lines for line in part.split("\n"))


def assessment_text(assessment: Assessment) -> str:
    """The card first, then the sum and what it means; beside a card no band, which would look like a grade of it."""
    language, found = assessment.language, assessment.calculation
    words, instrument, band = _WORDS[language], found.instrument, found.band
    parts = [screening_text(assessment.screening, language)] if assessment.screening.card else []
    parts.append(click.style(wrapped(instrument.title[language]), bold=True))
    if found.total is not None:
        total = words["total"].format(found.total, instrument.bands[-1].highest)
        parts.append(total)
        if band is not None and not assessment.screening.card:
            parts[-1] += " · " + words["band"].format(band.name[language], band.lowest, band.highest)
    parts.append(wrapped(found.interpretation[language]))
    parts.append(wrapped(instrument.caveat[language]))
    parts.append(click.style(wrapped(words["source"].format(instrument.source)), dim=True))
    return "\n\n".join([*parts, click.style(wrapped(assessment.notice), dim=True)])


def _hit(hit: Hit, language: str) -> str:
    place = _place(hit.metadata.source, hit.metadata.year, _page(hit.passage.page, language), hit.passage.section)
    lines = [click.style(f"{hit.rank:>2}. {_harmless(hit.metadata.title)}", bold=True)]
    lines += [wrapped(part, indent="    ") for part in (place, hit.passage.text) if part]
    return "\n".join([*lines, f"    {click.style(_harmless(hit.passage.id), dim=True)}"])


def _source(citation: Citation, language: str) -> str:
    head = f"[{citation.n}] {citation.title}"
    place = _place(citation.source, citation.year, _page(citation.page, language), citation.section)
    lines = [click.style(wrapped(head), bold=True), wrapped(place, indent="    ")]
    lines.append(wrapped(f"“{citation.quote}”", indent="    "))
    lines += [click.style(wrapped(f"↳ {guidance}", indent="    "), dim=True) for guidance in citation.references]
    if citation.url:
        lines.append(f"    {_harmless(citation.url)}")
    return "\n".join(line for line in lines if line.strip())


def _page(page: int | None, language: str) -> str:
    return _WORDS[language]["page"].format(page) if page else ""


def _place(source: str, year: int | None, page: str, section: str | None) -> str:
    parts = (source, str(year) if year else "", page, section or "")
    return " · ".join(part for part in parts if part)


def _harmless(text: str) -> str:
    """Without what a terminal obeys: a document's title may hold a command for it."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    return indent + cleaned(text).replace("\u2028", " ").replace("\u2029", " ").replace("\n", " ")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _lines(text: str, width: int) -> Iterator[str]:
    line, used = "", 0
    for token in _TOKEN.findall(text):
        wide = _columns(token)
        if line and used + wide > width and token not in _NEVER_FIRST:
            yield line.rstrip()
            line, used = "", 0
        if line or not token.isspace() or not text.strip():
            line, used = line + token, used + wide
    yield line.rstrip()
