"""From raw input to the answers of a questionnaire: the one gate for the command line, HTTP and the page.

What is wrong raises ``UsageError``; its message never repeats an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medqa.errors import UsageError
from medqa.serve.questions import read_options

if TYPE_CHECKING:
    from medqa.domain.calculation import Instrument
    from medqa.domain.conversation import Language
    from medqa.settings import Settings

_FIELD = "answers"


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """Scores by item, for the items that were answered; the language to speak and the place for the numbers."""

    answers: Mapping[str, int]
    language: Language
    jurisdiction: str | None


def read_sheet(row: Mapping[str, object], instrument: Instrument, *, settings: Settings) -> AnswerSheet:
    """What stands under ``answers`` of a JSON object, with its options beside it."""
    language, jurisdiction = read_options(row, settings)
    return AnswerSheet(read_answers(row.get(_FIELD), instrument), language, jurisdiction)


def read_answers(value: object, instrument: Instrument) -> dict[str, int]:
    """Scores from a list, an entry an item, or an object of items; ``None`` is an item that was not answered."""
    items = [item.id for item in instrument.items]
    given = _by_item(value, items, instrument.name)
    if not given.keys() <= set(items):
        known = ", ".join(items)
        raise UsageError(f"answers names an item that {instrument.name} does not have: choose of {known}", field=_FIELD)
    return {item: _score(given[item], item, instrument) for item in items if given.get(item) is not None}


def _by_item(value: object, items: Sequence[str], name: str) -> Mapping[object, object]:
    """What is given for each item. A list that is too short or too long is refused: nobody knows what is missing."""
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, list | tuple):
        raise UsageError(f"answers must be a list of {len(items)} scores, or an object of items", field=_FIELD)
    if len(value) != len(items):
        message = (
            f"answers holds {len(value)}; {name} has {len(items)} items: write null (on the command line -) for one"
            " that was not answered"
        )
        raise UsageError(message, field=_FIELD)
    return dict(zip(items, value, strict=True))


def _score(value: object, item: str, instrument: Instrument) -> int:
    scores = [choice.score for choice in instrument.choices]
    if isinstance(value, bool) or not isinstance(value, int) or value not in scores:
        known = ", ".join(map(str, scores))
        message = f"answers: item {item} must be one of {known}; null (on the command line -) where it was not answered"
        raise UsageError(message, field=_FIELD)
    return value
