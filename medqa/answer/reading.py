"""A passage read as sentences that could stand in an answer: where they are, what they say, what they lean on."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from medqa.answer.terms import phrases, terms
from medqa.domain.language import language_of
from medqa.domain.sentences import sentences

_LIST_ITEMS = 10
_LIST_CHARS = 700
_CUT_ITEMS = 4  # lead-in and three items: with less, a list that breaks off says too little
_BULLET_BETWEEN = re.compile(r"[-•*·‣◦▪●–]\s")
_ENDS = re.compile(r"[.!?。！？;；:：][\"'”’)\]）】]*(?:\s?\[[\d,\s–-]+\])*\d*$")
_SOURCE_MARK = re.compile(r"\s?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement at ``text[start:end]`` of its passage; a lead-in and its list count as one.

    ``shown`` is the same words as Markdown, without a source's own reference marks. ``previous`` is the index of
    the sentence that this one leans on, and ``leans`` says that it does. ``is_cut`` marks a list that may go on in
    the next passage; ``usable`` is false for what states nothing.
    """

    start: int
    end: int
    shown: str
    terms: frozenset[str]
    phrases: frozenset[tuple[str, str]]
    leans: bool
    is_cut: bool
    usable: bool
    previous: int | None


@dataclass(frozen=True, slots=True)
class _Rules:
    leaning: re.Pattern[str]
    empty: re.Pattern[str]
    length: dict[str, list[int]]


@cache
def _rules() -> _Rules:
    table = tomllib.loads(files("medqa.answer").joinpath("data/sentences.toml").read_text("utf-8"))
    return _Rules(
        leaning=re.compile("(?:" + "|".join(table["leaning"]) + ")", re.IGNORECASE),
        empty=re.compile("|".join(f"(?:{cue})" for cue in table["empty"]), re.IGNORECASE),
        length=table["length"],
    )


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a passage's text, in order."""
    found: list[Sentence] = []
    for start, end, items in _with_lists(text, sentences(text)):
        words = text[start:end]
        leans = bool(_rules().leaning.match(words))
        is_cut = bool(items) and end >= len(text.rstrip()) and not _ENDS.search(words)
        found.append(
            Sentence(
                start=start,
                end=end,
                shown=_shown(text, start, items) if items else _plain(words),
                terms=frozenset(terms(words)),
                phrases=phrases(words),
                leans=leans,
                is_cut=is_cut,
                usable=_is_statement(words, is_list=bool(items)) and not (is_cut and len(items) < _CUT_ITEMS),
                previous=len(found) - 1 if leans and found and _adjacent(text, found[-1].end, start) else None,
            )
        )
    return tuple(found)


def _with_lists(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """Spans as (start, end, parts); a lead-in that ends with a colon takes the items after it along."""
    joined: list[tuple[int, int, list[tuple[int, int]]]] = []
    at = 0
    while at < len(spans):
        start, end = spans[at]
        items = _items(text, spans, at) if text[start:end].rstrip()[-1:] in ":：" else []
        joined.append((start, items[-1][1] if items else end, [(start, end), *items] if items else []))
        at += 1 + len(items)
    return joined


def _items(text: str, spans: list[tuple[int, int]], lead: int) -> list[tuple[int, int]]:
    items: list[tuple[int, int]] = []
    for start, end in spans[lead + 1 : lead + 1 + _LIST_ITEMS]:
        before = text[items[-1][1] if items else spans[lead][1] : start]
        if not _BULLET_BETWEEN.search(before) or end - spans[lead][0] > _LIST_CHARS:
            break
        items.append((start, end))
    return items


def _adjacent(text: str, end: int, start: int) -> bool:
    """Whether two sentences stand in one paragraph: a blank line or a bullet between them parts them."""
    between = text[end:start]
    return "\n\n" not in between and not _BULLET_BETWEEN.search(between)


def _is_statement(words: str, *, is_list: bool) -> bool:
    low, high = _rules().length[language_of(words)]
    if not is_list and not (low <= len(words) <= high and _ENDS.search(words)):
        return False
    if not is_list and words.rstrip()[-1] in ":：":
        return False
    return not _rules().empty.search(words)


def _plain(words: str) -> str:
    return " ".join(_SOURCE_MARK.sub("", words).split())


def _shown(text: str, start: int, parts: list[tuple[int, int]]) -> str:
    lead, *items = (_plain(text[a:b]) for a, b in parts)
    return "\n".join([lead, *(f"- {item}" for item in items)])
