"""What a file may be up to: instructions to the machine, advice that harms, floods of near-identical passages.

A document with instructions in it is held back from answers until a person has looked at it, unless its source's
manifest says ``clinically_reviewed = true``; single sentences are never quoted either way. Everything is reported.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from medqa.domain.document import UNVOUCHED, Document, Source
from medqa.domain.instructions import SUSPICIOUS, Ploy, ploys
from medqa.domain.passage import Passage

INSTRUCTIONS = "instructions"
"""Value of ``extra["suspicious"]`` for a document that speaks to the machine."""

_NAMED = 5  # documents named in a warning
_EXTRACT = 60  # characters of the first finding
_FLOOD = 25
_FLOOD_UNVOUCHED = 5  # documents from which near copies are named where nobody stands for the source
_BINS = 16
_SHINGLE = 4
_SHORTEST = 20  # tokens: shorter passages are alike by chance
_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]")
_SLOTS = 1 << 18


@dataclass(slots=True)
class Suspicions:
    """What has been found in one file so far."""

    documents: dict[Ploy, list[str]] = field(default_factory=dict)
    first: dict[Ploy, str] = field(default_factory=dict)
    flagged: list[str] = field(default_factory=list)
    is_reviewed: bool = False

    def examine(self, document: Document, document_id: str, source: Source) -> Document:
        """The document, flagged where it is to be held back."""
        found = dict(_found(document))
        for ploy, words in found.items():
            self.documents.setdefault(ploy, []).append(document_id)
            self.first.setdefault(ploy, words)
        self.is_reviewed = source.clinically_reviewed is True
        if not is_vouched(source):
            document = _unvouched(document)
        if SUSPICIOUS in document.metadata.extra:  # its parser found what a reader does not see
            self.flagged.append(document_id)
            return document
        if "command" not in found or self.is_reviewed:
            return document
        extra = {**document.metadata.extra, SUSPICIOUS: INSTRUCTIONS}
        return replace(document, metadata=replace(document.metadata, extra=extra))

    def warnings(self) -> Iterator[str]:
        """One line for each kind of finding."""
        if commands := self.documents.get("command"):
            fate = "these sentences are never quoted" if self.is_reviewed else "held back from answers until reviewed"
            yield f"{_some(commands)}: text that gives orders to a machine, {fate}: {_extract(self.first['command'])}"
        if harms := self.documents.get("harm"):
            yield f"{_some(harms)}: advice that would harm, never quoted: {_extract(self.first['harm'])}"
        if self.flagged:
            yield f"{_some(self.flagged)}: marked as suspicious, held back from answers until reviewed"


def is_vouched(source: Source) -> bool:
    """Whether its manifest says who stands for a source, or what its evidence is worth."""
    return bool(source.publisher or source.evidence_level or source.clinically_reviewed)


def _unvouched(document: Document) -> Document:
    extra = {**document.metadata.extra, UNVOUCHED: "no publisher"}
    return replace(document, metadata=replace(document.metadata, extra=extra))


def _found(document: Document) -> Iterator[tuple[Ploy, str]]:
    """Each ploy with the first sentence that shows it."""
    headings = dict.fromkeys(heading for block in document.blocks for heading in block.section)
    for text in (document.metadata.title, *headings, *(block.text for block in document.blocks)):
        for start, end, ploy in reversed(ploys(text)):
            yield ploy, text[start:end]


def _some(ids: Sequence[str]) -> str:
    """``3 documents (a, b, c)``; a single one by its name."""
    if len(ids) == 1:
        return ids[0]
    return f"{len(ids)} documents ({', '.join(ids[:_NAMED])}{' ...' if len(ids) > _NAMED else ''})"


def _extract(words: str) -> str:
    return f'"{words[:_EXTRACT]}{"…" if len(words) > _EXTRACT else ""}"'


class FloodGauge:
    """Counts near-identical passages of one title in constant memory; ``across_titles``, near copies of any title.

    A passage's mark is the two smallest hashes of its word shingles (a bottom-2 sketch, Broder 1997): passages that
    share nearly all shingles nearly always share it. Marks are counted in a fixed table, so two may share a slot; a
    flood stands far above what that adds. Across titles, where nobody stands for a source, texts that are reworded a
    little count as well, by one-permutation MinHash in bands (Li, Owen, Zhang 2012).
    """

    def __init__(self, *, across_titles: bool = False) -> None:
        self._counts = array("I", bytes(4 * _SLOTS))
        self._flood = _FLOOD_UNVOUCHED if across_titles else _FLOOD
        self._across_titles = across_titles
        self._fullest = 0
        self._title = ""
        self._has_warned = False

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Counts each different passage of a document once."""
        title = " ".join(sorted(_TOKEN.findall(document.metadata.title.casefold())))
        for slot in {mark for passage in passages for mark in self._marks(passage.text, title)}:
            self._counts[slot] += 1
            if self._counts[slot] > self._fullest:
                self._fullest, self._title = self._counts[slot], document.metadata.title

    def warnings(self) -> Iterator[str]:
        """One line, once, when a passage comes again and again in documents of one title."""
        if self._fullest >= self._flood and not self._has_warned:
            self._has_warned = True
            titled = "like" if self._across_titles else "titled like"
            yield (
                f'{self._fullest} documents {titled} "{self._title[:_EXTRACT]}" hold nearly the same passage: '
                "they count as one in answers; remove copies that were not meant"
            )

    def _marks(self, text: str, title: str) -> list[int]:
        if self._across_titles:
            return _bands(text)
        mark = _mark(text, title)
        return [] if mark is None else [mark]


def _bands(text: str) -> list[int]:
    """Slots of which two near copies share one or more; none for a short text."""
    tokens = _TOKEN.findall(text.casefold())
    if len(tokens) < _SHORTEST:
        return []
    smallest = [0] * _BINS
    for pair in pairwise(tokens):
        mark = zlib.crc32(" ".join(pair).encode())
        place = mark % _BINS
        if not smallest[place] or mark < smallest[place]:
            smallest[place] = mark
    return [zlib.crc32(f"{at} {smallest[at : at + 2]}".encode()) % _SLOTS for at in range(0, _BINS, 2)]


def _mark(text: str, title: str) -> int | None:
    tokens = _TOKEN.findall(text.casefold())
    if len(tokens) < _SHORTEST:
        return None
    shingles = {" ".join(tokens[at : at + _SHINGLE]) for at in range(len(tokens) - _SHINGLE + 1)}
    smallest = sorted({zlib.crc32(shingle.encode()) for shingle in shingles})[:2]
    return zlib.crc32(f"{title} {smallest}".encode()) % _SLOTS
