"""What the classifier adds to the rules: alarms told in words that no rule knows, and doubt of those that they raise.

Each turn is judged alone and with the turns just before it, so that an alarm is not missed because it builds up slowly.
A sentence or two of a long turn are heard only where the classifier is all but sure: at the usual threshold, one story
of chronic illness in five raised an alarm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from medqa.safety.catalogue import Catalogue, Comparison, Presentation, Rule
from medqa.safety.circumstance import CUES
from medqa.safety.classifier.model import NO_ALARM, Classifier, Suspicion, Thresholds
from medqa.safety.matching import Spans
from medqa.safety.patterns import Span
from medqa.safety.reading import Mention, Reading
from medqa.safety.rules import Alarm
from medqa.safety.scope import Standing

RULE = "classifier"
_TURNS_TOGETHER = 4
_ASIDE = 75
_LONG = 200
_CRISIS_IN_LONG = Thresholds(soft=0.6, takeover=0.9)
"""For a crisis in a text of so many letters: who writes at length of a chronic illness has words of despair as well."""
_IN_SENTENCE = Thresholds(soft=0.9, takeover=0.9)
_CRISIS_IN_SENTENCE = Thresholds(soft=0.98, takeover=0.98)
"""For one or two sentences of a turn of so many letters, by themselves."""
_DOUBTFUL = 0.08
"""Below it: of 1,729 unseen alarms one that only the rules hear, of 170 harmless messages that only they hear 132."""
_WHAT_TO_DO = re.compile(r"(?<![a-z])what (?:do|should|can) (?:i|we|you) do(?! if)(?![a-z])|怎么办|咋办")
_HEADING = re.compile(r"(?<![a-z])(?:subject|message) ?:")
"""What a mail form writes before a message means nothing."""
IDENTITY = "cue_identity"
_UNREAD = CUES | {IDENTITY}
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z]{2}|[\u4e00-\u9fff]")
_BARE_READING = re.compile(
    r"(?:(?<![a-z])(?:its?|is|it|temp|temperature|fever|today|now|just|degrees?|celsius|[cf])(?![a-z])|"
    r"今天|今晚|现在|刚才|刚刚|昨晚|体温|温度|发烧|烧到|量了|[是有了到度℃]|[\d\s.,。])+"
)
"""A number and its unit, of nobody."""
_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\d)[^.!?;\n]*)*[.!?;]*")


@dataclass(frozen=True, slots=True)
class Said:
    """A conversation as its two readers get it: what is counted, with blanks for what is denied, and what is told."""

    counted: str
    spans: Spans
    told: str


class SecondLayer:
    """The classifier over one conversation at a time."""

    def __init__(self, catalogue: Catalogue, classifier: Classifier) -> None:
        self._presentations = {presentation.id: presentation for presentation in catalogue.presentations}
        self._limits = limits_of(catalogue)
        self._classifier = classifier

    def heard(self, reading: Reading, ruled: Iterable[Alarm]) -> tuple[list[Alarm], list[Alarm]]:
        """What the readers suspect, the likeliest first, and of the rules' alarms those that they do not doubt."""
        said = said_in(reading, self._limits)
        believed = (self._believed(alarm, said) for alarm in ruled)
        return self._suspected(reading, said), [alarm for alarm in believed if alarm]

    def _suspected(self, reading: Reading, said: Said) -> list[Alarm]:
        """One alarm for each presentation suspected; soft below the threshold of takeovers."""
        best: dict[str, tuple[Suspicion, Span, bool]] = {}
        heard: list[Span] = []
        for window, usual in self._windows(said.counted):
            if not _WORD.search(reading.text, *window) or _BARE_READING.fullmatch(reading.text, *window):
                continue  # a bare number tells nothing; rules know those that have a unit
            if any(window != inner and window[0] <= inner[0] and inner[1] <= window[1] for inner in heard):
                continue  # a turn that speaks for itself is not read again with its neighbours
            suspicion = self._judge(said, window, usual.soft)
            if suspicion.presentation == NO_ALARM or self._is_denied_by_number(suspicion, reading, window):
                continue
            thresholds = self._heard_from(usual, suspicion, said, window)
            if suspicion.probability < thresholds.soft:
                continue
            if reading.scope.is_elsewhere(_turn_around(said.counted, window)):
                continue
            is_soft = suspicion.probability < thresholds.takeover
            if not is_soft:
                heard.append(window)
            known = best.get(suspicion.presentation)
            if known is None or (not is_soft, suspicion.probability) > (not known[2], known[0].probability):
                best[suspicion.presentation] = suspicion, window, is_soft
        ranked = sorted(best.values(), key=lambda found: -found[0].probability)
        return [self._alarm(suspicion.presentation, window, is_soft, reading) for suspicion, window, is_soft in ranked]

    def _believed(self, alarm: Alarm, said: Said) -> Alarm | None:
        """A rule's alarm; ``None`` where both readers are all but sure that its words tell of nobody's danger now.

        Rules see that words stand together, not that a poster says them. A crisis keeps a soft card, unless it is
        supposed or read up as well, and so does who asks what to do. Never doubted: a number, what only several turns
        tell, a rule that is soft anyway.
        """
        if alarm.rule.is_soft or alarm.rule.has_number or len({mention.turn for mention in alarm.mentions}) > 1:
            return alarm
        windows = _windows_of(alarm, said.counted)
        if any(self._judge(said, window, 0.0).probability >= _DOUBTFUL for window in windows):
            return alarm
        keeps_card = alarm.presentation.is_crisis or _WHAT_TO_DO.search(said.told, *windows[0])
        return replace(alarm, is_soft=True) if keeps_card else None

    def _windows(self, text: str) -> Iterator[tuple[Span, Thresholds]]:
        """What is judged by itself, and the probabilities that are heard there."""
        for window in _turns(text):
            yield window, self._classifier.thresholds["zh" if _HANZI.search(text, *window) else "en"]
        for window in parts_of_long_turns(text):
            yield window, _IN_SENTENCE

    def _heard_from(self, usual: Thresholds, suspicion: Suspicion, said: Said, window: Span) -> Thresholds:
        """The probabilities that are heard of this suspicion; where something is denied, nothing below a takeover."""
        limits = usual
        if self._presentations[suspicion.presentation].is_crisis:
            if usual is _IN_SENTENCE:
                limits = _CRISIS_IN_SENTENCE
            elif _length(said.counted[slice(*window)]) >= _LONG:
                limits = _CRISIS_IN_LONG
        is_denying = any(window[0] <= start < window[1] for start, _ in said.spans.get("cue_denied", ()))
        return Thresholds(limits.takeover, limits.takeover) if is_denying else limits

    def _is_denied_by_number(self, suspicion: Suspicion, reading: Reading, window: Span) -> bool:
        """Whether it is of a presentation all of whose rules hold numbers, and one that was told misses its limits."""
        rules = self._presentations[suspicion.presentation].rules
        if not all(rule.has_number for rule in rules):
            return False
        limits = [part for rule in rules for term in rule.every for part in term if isinstance(part, Comparison)]
        for name in {limit.name for limit in limits}:
            told = [m.value for m in reading.measures if m.name == name and window[0] <= m.start < window[1]]
            if told and not any(limit.accepts(value) for limit in limits if limit.name == name for value in told):
                return True
        return False

    def _judge(self, said: Said, window: Span, least: float) -> Suspicion:
        start, end = window
        inside = (name for name, found in said.spans.items() if any(start <= a and b <= end for a, b in found))
        return self._classifier.judge(said.counted[start:end], inside, said.told[start:end], least=least)

    def _alarm(self, name: str, window: Span, is_soft: bool, reading: Reading) -> Alarm:
        presentation = self._presentations[name]
        standing = Standing.SOFT if is_soft else Standing.ACTIVE
        last = window[1] - 1
        mention = Mention(*window, reading.scope.turn(last), reading.scope.sentence(last), standing)
        return Alarm(presentation, _rule(presentation), is_soft, (mention,))


def said_in(reading: Reading, limits: frozenset[Comparison]) -> Said:
    """What the readers learn from and judge.

    Denied is what is negated or told in a story; the encoder reads it all the same. Blank for both is who somebody
    is: name, insurance, home, work, origin. Beside the concepts stand the limits that a number in the text meets or
    misses, and a cue for each denial. Offsets stay.
    """
    identity = reading.spans.get(IDENTITY, [])
    spans = {name: _outside(found, identity) for name, found in reading.spans.items() if name not in _UNREAD}
    said = {span for name, found in spans.items() if not name.startswith("cue_") for span in found}
    denied = {span for span in said if reading.scope.is_denied(span)} if reading.scope.has_denials else set()
    text = blanked(_HEADING.sub(lambda match: " " * len(match[0]), reading.text), [*denied, *identity])
    kept = {
        name: found if name.startswith("cue_") else [span for span in found if span not in denied]
        for name, found in spans.items()
    }
    if denied:
        kept["cue_denied"] = sorted(denied)
    for limit in limits:
        for m in reading.measures:
            if m.name == limit.name:
                word = "meets" if limit.accepts(m.value) else "misses"
                kept.setdefault(f"{word} {limit.name} {limit.sign} {limit.limit}", []).append((m.start, m.end))
    return Said(text, kept, blanked(reading.text, identity))


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks for these spans. Offsets stay."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def _outside(spans: list[Span], stretches: list[Span]) -> list[Span]:
    """The spans that begin in none of the stretches."""
    if not stretches:
        return spans
    return [(start, end) for start, end in spans if not any(a <= start < b for a, b in stretches)]


def limits_of(catalogue: Catalogue) -> frozenset[Comparison]:
    """Every limit that a rule holds a number against."""
    terms = [term for presentation in catalogue.presentations for rule in presentation.rules for term in rule.every]
    return frozenset(part for term in terms for part in term if isinstance(part, Comparison))


def _rule(presentation: Presentation) -> Rule:
    return Rule(RULE, (), (), "turn", presentation.tier, False, presentation.card)


def _turns(text: str) -> Iterator[Span]:
    """Each turn, whole and without a short last sentence; then runs of turns."""
    turns = [match.span() for match in re.finditer(r"[^\n]+", text)]
    for start, end in turns:
        yield start, end
        sentences = [match.span() for match in _SENTENCE.finditer(text, start, end)]
        if len(sentences) > 1 and _length(text[slice(*sentences[-1])]) <= _ASIDE:
            yield start, sentences[-2][1]  # a short last sentence is where people play it down
    for i in range(1, len(turns)):
        yield turns[max(0, i + 1 - _TURNS_TOGETHER)][0], turns[i][1]


def _windows_of(alarm: Alarm, text: str) -> list[Span]:
    """The turns in which a rule found its words, and in a long turn the sentences that hold them."""
    start, end = min(m.start for m in alarm.mentions), max(m.end for m in alarm.mentions)
    whole = _turn_around(text, (start, end))
    parts = (part for part in parts_of_long_turns(text) if any(part[0] <= m.start < part[1] for m in alarm.mentions))
    return [whole, *parts]


def parts_of_long_turns(text: str) -> Iterator[Span]:
    """Each sentence, and each two neighbours."""
    for turn in re.finditer(r"[^\n]+", text):
        sentences = [match.span() for match in _SENTENCE.finditer(text, *turn.span())]
        if _length(turn[0]) < _LONG or len(sentences) < 3:
            continue
        yield from sentences
        yield from ((first[0], second[1]) for first, second in pairwise(sentences))


def _length(text: str) -> int:
    """Letters; a Chinese character tells as much as three."""
    return len(text) + 2 * len(_HANZI.findall(text))


def _turn_around(text: str, window: Span) -> Span:
    """The window stretched to whole turns."""
    end = text.find("\n", window[1])
    return text.rfind("\n", 0, window[0]) + 1, len(text) if end < 0 else end
