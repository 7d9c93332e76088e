"""Applies the rules of every presentation to a reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from medqa.safety.catalogue import Presentation, Rule
from medqa.safety.reading import Mention, Reading
from medqa.safety.scope import Standing

_GROUPS: dict[str, Callable[[Mention], int]] = {
    "sentence": lambda mention: mention.sentence,
    "turn": lambda mention: mention.turn,
    "conversation": lambda mention: 0,
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that fired: in full or softly, and the mentions that made it fire, one a term."""

    presentation: Presentation
    rule: Rule
    is_soft: bool
    mentions: tuple[Mention, ...]

    @property
    def turn(self) -> int:
        """The turn that completed it."""
        return max(mention.turn for mention in self.mentions)


def alarms(presentations: Sequence[Presentation], reading: Reading) -> Iterator[Alarm]:
    """Every rule that fires, once, at its strongest."""
    for presentation in presentations:
        for rule in presentation.rules:
            if (alarm := _fire(presentation, rule, reading)) is not None:
                yield alarm


def _fire(presentation: Presentation, rule: Rule, reading: Reading) -> Alarm | None:
    excused = {m.sentence for m in reading.of(rule.unless) if m.standing is Standing.ACTIVE}
    by_term: list[list[Mention]] = []
    for term in rule.every:
        mentions = [m for m in reading.of(term) if m.standing and (by_term or m.sentence not in excused)]
        if not mentions:
            return None
        by_term.append(mentions)
    group = _GROUPS[rule.within]
    best: tuple[Mention, ...] | None = None
    for key in dict.fromkeys(group(m) for m in by_term[0]):
        chosen = _strongest(by_term, group, key)
        if chosen is not None and (best is None or _standing(chosen) > _standing(best)):
            best = chosen
    if best is None:
        return None
    return Alarm(presentation, rule, rule.is_soft or _standing(best) is Standing.SOFT, best)


def _strongest(by_term: list[list[Mention]], group: Callable[[Mention], int], key: int) -> tuple[Mention, ...] | None:
    """One mention a term out of one group, the strongest and then the earliest; ``None`` when a term has none."""
    chosen = []
    for mentions in by_term:
        here = [m for m in mentions if group(m) == key]
        if not here:
            return None
        chosen.append(max(here, key=lambda m: (m.standing, -m.start)))
    return tuple(chosen)


def _standing(mentions: tuple[Mention, ...]) -> Standing:
    return min(m.standing for m in mentions)
