"""What the screen finds before a question is answered, and the card it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["none", "advice", "urgent", "emergency", "crisis"]
Tier = Literal["1", "2", "M"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One red flag. ``rule`` names the rule, ``presentation`` the emergency, ``span`` the words that fired it.

    Tier 1: emergency number now. 2: emergency department or urgent call now. M: crisis line and emergency.
    """

    rule: str
    presentation: str
    tier: Tier
    span: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A fixed text for one jurisdiction and language. Never written by a model."""

    headline: str
    action: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The verdict of the screen. ``takeover``: the card replaces the normal flow rather than standing beside it."""

    level: Level = "none"
    findings: tuple[Finding, ...] = ()
    card: Card | None = None
    takeover: bool = False
