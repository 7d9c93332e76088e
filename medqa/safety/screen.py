"""The screen that every message passes before anything else: red flags and crisis, by rules and a small classifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from medqa.domain.conversation import Language, Turn
from medqa.domain.safety import Finding, Level, Screening
from medqa.safety.catalogue import load
from medqa.safety.circumstance import weighed
from medqa.safety.classifier.model import Classifier
from medqa.safety.jurisdiction import card
from medqa.safety.matching import Matcher
from medqa.safety.normalise import Normalised, normalise
from medqa.safety.reading import Reading
from medqa.safety.rules import Alarm, alarms
from medqa.safety.second_layer import SecondLayer

_LEVEL_OF_TIER: dict[str, Level] = {"1": "emergency", "2": "urgent", "M": "crisis"}
_ORDER: tuple[Level, ...] = ("none", "advice", "urgent", "emergency", "crisis")
_YES = re.compile(
    r"\W*(?:yes|yeah|yep|yup|y|ya|correct|he does|she does|i do|it does|是的?|有的?|对的?|嗯+|会的?)\W*", re.I
)
_LAST_QUESTION = re.compile(r"[^.!?。！？\n]*[?？]\s*$")


class RedFlagScreener:
    """Screens a message together with the user's earlier turns. Holds no state between calls.

    An alarm raised in an earlier turn stays until the user says that help has come or that nobody is ill;
    reassurance ("my husband says it is nothing") does not end it.
    """

    def __init__(self, *, rules_alone: bool = False, once: bool = False) -> None:
        """``once`` for a process that screens one message and ends."""
        self._catalogue = load()
        self._matcher = Matcher(self._catalogue.concepts.values())
        self._second = None if rules_alone else SecondLayer(self._catalogue, Classifier(once=once))

    def screen(
        self, text: str, turns: Sequence[Turn] = (), *, language: Language, jurisdiction: str | None
    ) -> Screening:
        """The verdict: the gravest level found, what raised it in the user's own words, and the card to show."""
        normalised = normalise(_conversation(text, turns), self._catalogue.vocabulary)
        spans = self._matcher.scan(normalised.text)
        reading = Reading(normalised.text, spans, self._catalogue)
        suspected: list[Alarm] = []
        ruled = list(alarms(self._catalogue.presentations, reading))
        if self._second:
            suspected, ruled = self._second.heard(reading, ruled)
        counted = [alarm for each in (*suspected, *ruled) if (alarm := weighed(each, reading)) is not None]
        raised = _standing_alarms(counted, reading)
        if not raised:
            return Screening()
        likeliest = suspected[0].presentation.id if suspected else ""
        raised.sort(key=lambda alarm: _rank(alarm, likeliest))
        return Screening(
            level=_level(raised[0]),
            findings=tuple(_finding(alarm, normalised) for alarm in raised),
            card=card(_family(raised), language=language, jurisdiction=jurisdiction),
            takeover=not raised[0].is_soft,
        )


def _conversation(text: str, turns: Sequence[Turn]) -> str:
    """The user's words, a turn a line; a bare yes stands for the question that it answers."""
    lines: list[str] = []
    asked = ""
    for turn in (*turns, Turn(role="user", content=text)):
        if turn.role == "assistant":
            question = _LAST_QUESTION.search(turn.content)
            asked = question[0] if question else ""
            continue
        said = asked if asked and _YES.fullmatch(turn.content) else turn.content
        lines.append(re.sub(r"\s*\n\s*", ". ", said.strip()))
        asked = ""
    return "\n".join(lines)


def _standing_alarms(raised: list[Alarm], reading: Reading) -> list[Alarm]:
    """The alarms, softened where a later turn says that help has come, or that the question was general."""
    helped = max((m.turn for m in reading.of(("cue_help_has_come",))), default=-1)
    general = max((m.turn for m in reading.of(("cue_only_asking",))), default=-1)
    return [
        replace(alarm, is_soft=True)
        if alarm.turn < helped or (alarm.turn < general and alarm.rule.tier != "M")
        else alarm
        for alarm in raised
    ]


def _rank(alarm: Alarm, likeliest: str) -> tuple[int, bool, int]:
    """The gravest first; among equals the one that the classifier names, then in the order of the catalogue."""
    return -_ORDER.index(_level(alarm)), alarm.presentation.id != likeliest, alarm.presentation.number


def _level(alarm: Alarm) -> Level:
    return "advice" if alarm.is_soft else _LEVEL_OF_TIER[alarm.rule.tier]


def _family(raised: Sequence[Alarm]) -> str:
    """Which card: the gravest alarm's; a crisis in which the body is already harmed calls an ambulance first."""
    first = raised[0]
    if first.is_soft:
        return "crisis_advice" if first.rule.tier == "M" else "advice"
    if _level(first) == "crisis" and any(_level(alarm) == "emergency" for alarm in raised):
        return "crisis_injured"
    return first.rule.card


def _finding(alarm: Alarm, normalised: Normalised) -> Finding:
    words = " … ".join(dict.fromkeys(normalised.words(m.start, m.end) for m in alarm.mentions))
    return Finding(
        rule=f"{alarm.presentation.id}.{alarm.rule.name}",
        presentation=alarm.presentation.id,
        tier=alarm.rule.tier,
        span=words,
    )
