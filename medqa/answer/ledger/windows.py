"""Where in the cited passages a claim could stand: single sentences, and two together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from medqa.answer.ledger.statement import Statement
from medqa.answer.ledger.support import coverage
from medqa.answer.reading import read
from medqa.domain.passage import Passage

_CLOSE = 0.85  # of the best sentence's coverage makes another worth a look
_SEMICOLON = re.compile(r"[;；]\s*")
_SINGLES = 3
_ADDS = 0.12  # of the claim that a second sentence must add

Reader = Callable[[str], Statement]


@dataclass(frozen=True, slots=True)
class Window:
    """Words that may carry a claim, with the heading that they stand under and the whole passage.

    ``sentences`` stand word for word in the passages; ``first`` is the one that carries most of the claim.
    """

    sentences: tuple[str, ...]

    statement: Statement
    first: Statement
    heading: Statement
    around: Statement
    covered: float


def windows(claim: Statement, cited: Sequence[Passage], reader: Reader) -> list[Window]:
    """The likeliest windows, best first; none when nothing is shared."""
    singles = sorted(_singles(claim, cited, reader), key=lambda window: -window.covered)
    if not singles or singles[0].covered == 0.0:
        return []
    chosen = [w for w in singles[:_SINGLES] if w.covered >= _CLOSE * singles[0].covered]
    pairs = [pair for window in chosen[:2] if (pair := _with_second(claim, window, singles, reader)) is not None]
    return sorted([*chosen, *pairs], key=lambda window: -window.covered)


def _singles(claim: Statement, cited: Sequence[Passage], reader: Reader) -> list[Window]:
    found = []
    for passage in cited:
        heading = reader(passage.section or "")
        around = reader(f"{passage.section or ''}\n{passage.text}")
        whole = [passage.text[each.start : each.end] for each in read(passage.text)] or [passage.text]
        for words in (piece for sentence in whole for piece in _pieces(sentence)):
            statement = reader(words)
            found.append(Window((words,), statement, statement, heading, around, coverage(claim, statement, heading)))
    return found


def _pieces(sentence: str) -> list[str]:
    """The sentence; and what stands between its semicolons, which a claim may take alone."""
    return [sentence, *(_SEMICOLON.split(sentence) if _SEMICOLON.search(sentence) else ())]


def _with_second(claim: Statement, first: Window, singles: Sequence[Window], reader: Reader) -> Window | None:
    """The window with the sentence that adds most to it, if that is enough."""
    best: Window | None = None
    for other in singles:
        one, two = first.statement.text, other.statement.text
        if one in two or two in one or not other.covered:
            continue
        statement = reader(f"{first.statement.text}\n{other.statement.text}")
        covered = coverage(claim, statement, first.heading)
        if covered >= first.covered + _ADDS and (best is None or covered > best.covered):
            around = (
                first.around if other.around is first.around else reader(f"{first.around.text}\n{other.around.text}")
            )
            best = Window((one, two), statement, first.statement, first.heading, around, covered)
    return best
