"""Runs every recogniser, settles overlaps, and writes placeholders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from medqa.registry import load_all
from medqa.safety.deidentify.span import Recogniser, Span, Type

_FOLDER = "medqa.safety.deidentify.recognisers"
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2013: "-", 0x2014: "-"}
_RANK: tuple[Type, ...] = (
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


def deidentify(text: str) -> tuple[str, tuple[Span, ...]]:
    """The text with ``[TYPE_n]`` in place of personal data, and where that stood, in order, without overlaps.

    The same words get the same ``n``, so that the masked text can still be followed.
    """
    narrowed = text.translate(_NARROW)
    spans = _settled(span for recogniser in _recognisers() for span in recogniser.find(narrowed))
    numbers: dict[tuple[Type, str], int] = {}
    counts: dict[Type, int] = defaultdict(int)
    pieces: list[str] = []
    last = 0
    for span in spans:
        key = (span.type, narrowed[span.start : span.end].casefold())
        if key not in numbers:
            counts[span.type] += 1
            numbers[key] = counts[span.type]
        pieces += (text[last : span.start], f"[{span.type}_{numbers[key]}]")
        last = span.end
    return "".join([*pieces, text[last:]]), spans


def _settled(found: Iterable[Span]) -> tuple[Span, ...]:
    """Without overlaps: the longer span wins, and of equals the more specific type."""
    kept: list[Span] = []
    for span in sorted(set(found), key=lambda s: (s.start - s.end, _RANK.index(s.type), s.start)):
        if span.end > span.start and not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda s: s.start))


@cache
def _recognisers() -> tuple[Recogniser, ...]:
    return tuple(factory() for _, factory in sorted(load_all(_FOLDER).items()))
