"""What a recogniser finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

Type = Literal[
    "NAME",
    "DATE",
    "PHONE",
    "EMAIL",
    "ADDRESS",
    "ID",
    "MRN",
    "PLATE",
    "BANK_CARD",
    "SOCIAL",
    "URL",
    "IP",
    "AGE_OVER_89",
    "ORG",
]


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data at ``text[start:end]``, in characters of the input."""

    start: int
    end: int
    type: Type


class Recogniser(Protocol):
    """Finds one kind of personal data. ``text`` has full-width letters and digits already narrowed."""

    def find(self, text: str) -> Iterator[Span]: ...
