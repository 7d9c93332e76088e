"""Runs every recogniser, settles overlaps, and writes placeholders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import get_args

from medqa.registry import load_all
from medqa.safety.deidentify.span import Recogniser, Span, Type

PLACEHOLDER = re.compile(rf"\[(?P<type>{'|'.join(get_args(Type))})_(?P<number>\d{{1,6}})\]")
"""What stands in masked text. Text that holds one already keeps it."""

_FOLDER = "medqa.safety.deidentify.recognisers"
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2013: "-", 0x2014: "-"}
_ORDER: tuple[Type, ...] = (
    "EMAIL",
    "URL",
    "ID",
    "MRN",
    "BANK_CARD",
    "PHONE",
    "IP",
    "SOCIAL",
    "PLATE",
    "AGE_OVER_89",
    "DATE",
    "ADDRESS",
    "ORG",
    "NAME",
)
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}


def find(text: str) -> tuple[Span, ...]:
    """Where personal data stands, in order and without overlaps. Masked text holds none any more.

    What is masked changes what stands around the rest, so the masked text is read again until nothing more is found.
    """
    spans = _settled(_found(text))
    while spans:
        masked, places = _blanked(text, spans)
        more = [Span(places[span.start], places[span.end - 1] + 1, span.type) for span in _found(masked)]
        if not more:
            break
        spans = _settled([*spans, *more])
    return spans


def _found(text: str) -> list[Span]:
    narrowed = text.translate(_NARROW)
    masked = [match.span() for match in PLACEHOLDER.finditer(narrowed)]
    found = (span for recogniser in _recognisers() for span in recogniser.find(narrowed))
    return [
        span
        for span in found
        if span.end > span.start and not any(span.start < end and start < span.end for start, end in masked)
    ]


def _blanked(text: str, spans: tuple[Span, ...]) -> tuple[str, list[int]]:
    """The text with a placeholder in each span's place, and where each of its characters stands in ``text``."""
    pieces: list[str] = []
    places: list[int] = []
    last = 0
    for span in spans:
        placeholder = f"[{span.type}_1]"
        pieces += (text[last : span.start], placeholder)
        places += [*range(last, span.start), *[span.start] * len(placeholder)]
        last = span.end
    return "".join([*pieces, text[last:]]), [*places, *range(last, len(text))]


def deidentify(text: str) -> tuple[str, tuple[Span, ...]]:
    """The text with ``[TYPE_n]`` in place of personal data, and where that stood, in order, without overlaps.

    The same words get the same ``n``, so that the masked text can still be followed.
    """
    spans = find(text)
    numbers: dict[tuple[Type, str], int] = {}
    counts: dict[str, int] = defaultdict(int)
    for match in PLACEHOLDER.finditer(text):
        counts[match["type"]] = max(counts[match["type"]], int(match["number"]))
    pieces: list[str] = []
    last = 0
    for span in spans:
        key = (span.type, text[span.start : span.end].translate(_NARROW).casefold())
        if key not in numbers:
            counts[span.type] += 1
            numbers[key] = counts[span.type]
        pieces += (text[last : span.start], f"[{span.type}_{numbers[key]}]")
        last = span.end
    return "".join([*pieces, text[last:]]), spans


def _settled(found: Iterable[Span]) -> tuple[Span, ...]:
    """Without overlaps: those of one type become one, then the longer wins, and of equals the more specific type."""
    kept: list[Span] = []
    for span in sorted(_joined(found), key=lambda s: (s.start - s.end, _RANK[s.type], s.start)):
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda s: s.start))


def _joined(found: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(set(found), key=lambda s: (s.type, s.start, s.end)):
        last = joined[-1] if joined else None
        if last is not None and last.type == span.type and span.start < last.end:
            joined[-1] = Span(last.start, max(last.end, span.end), span.type)
        else:
            joined.append(span)
    return joined


@cache
def _recognisers() -> tuple[Recogniser, ...]:
    return tuple(factory() for _, factory in sorted(load_all(_FOLDER).items()))
