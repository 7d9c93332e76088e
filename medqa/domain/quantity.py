"""Numbers with their units, as they stand in medical text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A value with its unit, normalised for comparison. ``unit`` is ``""`` for a bare number.

    ``start`` and ``end`` are offsets into the text that it was read from.
    """

    value: float
    unit: str
    start: int
    end: int
