"""Lines of printed pages, before they are text: running heads and page numbers go, broken words are mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|第)?\s*[-–—|]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*[-–—|]?(?:\s*(?:of|/|共)\s*\d{1,4})?\s*页?", re.IGNORECASE
)
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\S{0,6}\s*$|(?:…\s?){2,}\s*\S{0,6}\s*$")
_EDGE_LINES = 2
_REPEATED = 3  # pages
_SAME_HEIGHT = 4.0  # points
_HALF_WORD = 4  # letters
_BROKEN = re.compile(r"[^\W\d_][-‐\u00ad]$")
_WORD_END = re.compile(r"([^\W\d_]+)[-‐\u00ad]$")
_WORD_START = re.compile(r"([^\W\d_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as printed. ``y`` grows upwards; ``size`` is the letters' height; both in points."""

    text: str
    page: int
    x: float
    y: float
    size: float
    is_bold: bool = False
    font: str = ""


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """All lines but running heads and feet, page numbers and the dotted lines of a table of contents."""
    repeated = _repeated(pages)
    kept = []
    for lines in pages:
        edges = _edges(lines)
        for line in lines:
            at_edge = line in edges
            is_furniture = at_edge and (_shape(line) in repeated or _PAGE_NUMBER.fullmatch(line.text.strip()))
            if not is_furniture and not _LEADERS.search(line.text):
                kept.append(line)
    return kept


def _repeated(pages: Sequence[Sequence[Line]]) -> set[str]:
    """The shapes of edge lines that stand at the same height on at least three pages."""
    seen = Counter(shape for lines in pages for shape in {_shape(line) for line in _edges(lines)})
    return {shape for shape, count in seen.items() if count >= _REPEATED}


def _edges(lines: Sequence[Line]) -> list[Line]:
    """The lines at the two highest and the two lowest places of a page."""
    places = sorted({round(line.y) for line in lines if line.text.strip()})
    if not places:
        return []
    low = places[min(_EDGE_LINES, len(places)) - 1]
    high = places[-min(_EDGE_LINES, len(places))]
    return [line for line in lines if round(line.y) <= low or round(line.y) >= high]


def _shape(line: Line) -> str:
    words = re.sub(r"\d+", "#", "".join(line.text.casefold().split()))
    return f"{words}@{round(line.y / _SAME_HEIGHT)}"


def joined(lines: Iterable[str], vocabulary: Counter[str]) -> str:
    """Lines as one text. A word broken at a line's end is put together, with its hyphen if it always has one."""
    text = ""
    for raw in lines:
        line = raw.strip()
        if not text or not line:
            text += line
        elif _BROKEN.search(text) and line[0].islower():
            text = _mended(text, line, vocabulary)
        elif text.endswith(("-", "–", "/")) and not text.endswith((" -", " –")):
            text += line
        else:
            text += "\n" + line
    return text


def _mended(text: str, line: str, vocabulary: Counter[str]) -> str:
    first, second = _WORD_END.search(text), _WORD_START.match(line)
    if first is None or second is None:
        return text[:-1] + line
    one, other = first.group(1).lower(), second.group(1).lower()
    whole, hyphenated = vocabulary[one + other], vocabulary[f"{one}-{other}"]
    are_words = min(len(one), len(other)) >= _HALF_WORD and vocabulary[one] and vocabulary[other]
    keeps_hyphen = hyphenated > whole or (whole == hyphenated == 0 and are_words)
    return (text[:-1] + "-" if keeps_hyphen else text[:-1]) + line


def vocabulary_of(lines: Iterable[Line]) -> Counter[str]:
    """How often each word, hyphenated words too, stands unbroken within a line."""
    return Counter(
        word for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text.rstrip("-‐ ").lower())
    )
