"""From printed lines to headings, paragraphs and list items. When in doubt, a line is text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from medqa.domain.document import Block
from medqa.ingest.mending import mend
from medqa.ingest.parsers._blocks import BlockList
from medqa.ingest.parsers._page_lines import Line, joined, vocabulary_of

_ITEM = re.compile(r"\s*(?:[•·▪◦●○■□➢✓‣›»*–-]|\d{1,2}[.)、]|\(?[a-zA-Z]\)|[a-z]\.)\s+\S")
_BULLET = re.compile(r"^\s*[•·▪◦●○■□➢✓‣›»*–-]\s+")
_ENDS = re.compile(r"[.!?。！？:：;；][\"'”’)\]）」]*\s*(?:\[?\d{1,3}\]?)?$")
_OPEN_ENDED = re.compile(
    r"(?:\b(?:a|an|the|of|to|than|and|or|in|on|at|by|for|from|with|is|are|be|as|that|which|if|per|around|about|least)"
    r"|[,(–-])$|\([^()]*$",
    re.IGNORECASE,
)
_LARGER = 1.12
_MAX_HEADING = 160
_SAME_SIZE = 0.06


class _Style:
    """What is usual in a document: the size and weight of its text, the space between its lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        weights: Counter[tuple[float, bool]] = Counter()
        for line in lines:
            weights[round(line.size * 2) / 2, line.is_bold] += len(line.text)
        (self.size, self.is_bold), _ = weights.most_common(1)[0]
        gaps = [
            (before.y - line.y) / line.size
            for before, line in pairwise(lines)
            if before.page == line.page and line.size and 0.8 < (before.y - line.y) / line.size < 3
        ]
        self.leading = median(gaps) if gaps else 1.2
        self.width = median(sorted(len(line.text) for line in lines)[len(lines) // 2 :])


def blocks_of(lines: Sequence[Line], title: str) -> tuple[Block, ...]:
    """The text of a document in blocks, each with the headings above it and the page that it begins on."""
    lines = [line for line in lines if line.text.strip()]
    if not lines:
        return ()
    style = _Style(lines)
    vocabulary = vocabulary_of(lines)
    levels = _levels(lines, style)
    blocks = BlockList()
    for group, is_heading in _with_headings(list(_groups(lines, style)), style):
        text = joined((line.text for line in group), vocabulary)
        if is_heading:
            if _letters(text) not in _letters(title):
                blocks.heading(text, levels[_rank(group[0], style)])
        elif _ITEM.match(text):
            blocks.add(_BULLET.sub("", text), "list_item", page=group[0].page)
        else:
            blocks.add(text, page=group[0].page)
    if not blocks.blocks:  # nothing but headings, such as a poster: then they are the text
        for line in lines:
            blocks.add(line.text, page=line.page)
    return tuple(blocks.blocks)


def printed_title(lines: Sequence[Line]) -> str:
    """The largest words on the first two pages, if they are larger than the text; else ``""``."""
    first = [line for line in lines if line.page <= 2 and sum(c.isalpha() for c in line.text) >= 3]
    if not first:
        return ""
    style = _Style(lines)
    largest = max(line.size for line in first)
    chosen = [line for line in first if line.size > largest * (1 - _SAME_SIZE) and line.page == first[0].page]
    text = mend(joined((line.text for line in chosen), Counter()))
    return text if largest >= style.size * 1.25 and 4 <= len(text) <= 2 * _MAX_HEADING else ""


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _with_headings(groups: list[list[Line]], style: _Style) -> Iterator[tuple[list[Line], bool]]:
    """Each group and whether it is a heading. One that runs on into the next group is the beginning of its text."""
    held: list[Line] = []
    for at, group in enumerate(groups):
        following = groups[at + 1][0].text.lstrip() if at + 1 < len(groups) else ""
        if not held and _is_heading(group, style):
            runs_on = _OPEN_ENDED.search(group[-1].text.rstrip()) or following[:1].islower()
            if runs_on and following:
                held = group
            else:
                yield group, True
            continue
        yield held + group, False
        held = []
    if held:
        yield held, False


def _groups(lines: Sequence[Line], style: _Style) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and _begins_anew(group, line, style):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _begins_anew(group: list[Line], line: Line, style: _Style) -> bool:
    """Whether a line begins another paragraph, item or heading than the lines before it."""
    before = group[-1]
    is_short = len(before.text) < 0.7 * style.width
    goes_on = line.text.lstrip()[:1].islower()
    has_ended = bool(_ENDS.search(before.text.rstrip()))
    may_be_item = _BULLET.match(line.text) or has_ended or is_short  # else "on day / 14. Then" would be one
    if _ITEM.match(line.text) and may_be_item and not (before.y == line.y and before.page == line.page):
        return True
    if abs(before.size - line.size) > _SAME_SIZE * max(before.size, line.size) and before.y != line.y:
        return True
    if _looks_like_heading(before, style) != _looks_like_heading(line, style):
        return True
    if before.page != line.page or line.y > before.y + line.size:  # next page or column
        return has_ended or not goes_on
    if before.y - line.y > (style.leading + 0.35) * line.size:
        return True
    if is_short and before.font != line.font and not goes_on and not _OPEN_ENDED.search(before.text.rstrip()):
        return True
    return has_ended and not goes_on and (is_short or line.x > group[0].x + 0.7 * line.size)


def _looks_like_heading(line: Line, style: _Style) -> bool:
    text = line.text.strip()
    is_larger = line.size >= style.size * _LARGER
    is_bolder = line.is_bold and not style.is_bold and line.size >= style.size * 0.95
    if not (is_larger or is_bolder) or len(text) > _MAX_HEADING:
        return False
    letters = sum(c.isalpha() for c in text)
    return letters >= 0.5 * len(text.replace(" ", ""))


def _is_heading(group: Sequence[Line], style: _Style) -> bool:
    """A few larger or bolder lines that open with a capital, a number or a Chinese character and make no sentence."""
    text = " ".join(line.text.strip() for line in group)
    if (
        len(group) > 3
        or not 3 <= len(text) <= _MAX_HEADING
        or not all(_looks_like_heading(line, style) for line in group)
    ):
        return False
    if (
        text[0].islower()
        or _ITEM.match(text)
        or text.endswith((".", ",", ";", "。", "，", "；"))
        or text.count(". ") > 1
    ):
        return False
    return sum(c.isalpha() for c in text) >= 2


def _rank(line: Line, style: _Style) -> float:
    return round(line.size) if line.size >= style.size * _LARGER else 0.0


def _levels(lines: Sequence[Line], style: _Style) -> dict[float, int]:
    """Heading level by size, 1 for the largest; bold words in the size of the text come last."""
    sizes = sorted({_rank(line, style) for line in lines if _looks_like_heading(line, style)} | {0.0}, reverse=True)
    return {size: number for number, size in enumerate(sizes, 1)}
