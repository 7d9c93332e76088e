"""Clinical instruments: what they ask, what the answers come to, and the card that an answer may call for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from medqa.domain.conversation import Language
from medqa.domain.safety import Screening

Wording = Mapping[Language, str]
"""The same thing said in each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the answers to choose from, and the points that it counts."""

    score: int
    text: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question. ``is_crisis_item``: any answer above 0 is a crisis, whatever the other answers are."""

    id: str
    text: Wording
    is_crisis_item: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The totals from ``lowest`` to ``highest``, both among them, and what they mean in plain words."""

    lowest: int
    highest: int
    name: Wording
    meaning: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A questionnaire as it is put to a person. ``stem`` goes before every item, ``choices`` go with each.

    ``version`` changes when wording, scoring or bands do. ``source`` is the publication of the scoring, ``terms``
    under which it may be shown, ``population`` on whom it was tested, ``caveat`` what its result is not.
    """

    name: str
    version: str
    title: Wording
    stem: Wording
    items: tuple[Item, ...]
    choices: tuple[Choice, ...]
    bands: tuple[Band, ...]
    source: str
    terms: str
    population: Wording
    caveat: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """What some answers come to. ``total`` and ``band`` are ``None`` until every item is answered.

    ``missing`` are the items without an answer: unknown, never 0. ``crisis_items`` are those whose answer is a
    crisis; they count whatever is missing. ``interpretation`` says it in plain words.
    """

    instrument: Instrument
    total: int | None
    band: Band | None
    missing: tuple[str, ...]
    crisis_items: tuple[str, ...]
    interpretation: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A calculation with the card that it calls for, in the language and for the place of whoever answered."""

    language: Language
    calculation: Calculation
    screening: Screening
    notice: str

    @property
    def status(self) -> Literal["crisis", "complete", "incomplete"]:
        """What there is to tell first: the card, the total, or what is still unanswered."""
        if self.screening.takeover:
            return "crisis"
        return "incomplete" if self.calculation.missing else "complete"
