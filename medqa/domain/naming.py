"""What a text names, medicines and conditions among it, told apart by meaning and not by wording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something named at ``text[start:end]``. ``key`` is the same for every wording in either language.

    ``category`` is ``drug``, ``condition``, ``symptom``, ``test``, ``procedure`` or another of the lexicon's.
    """

    key: str
    category: str
    start: int
    end: int


Vocabulary = Callable[[str], Sequence[Named]]
"""Gives what a text of either language names, in order."""


def knows_nothing(text: str) -> Sequence[Named]:
    """The vocabulary of an installation without a lexicon."""
    return ()
