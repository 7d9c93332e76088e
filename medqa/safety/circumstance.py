"""How far an alarm counts in view of what the whole turn is about.

Scope judges single mentions; this judges alarms: of something that has lasted for years, supposed, feared for a
family's sake, or read up. Such an alarm is dropped or becomes a soft card, unless the turn tells of a change now.
Alarms of the mind are left alone: an old wish to die is no smaller for being old. Only what others did years ago, and
no longer do, becomes a soft card.
"""

from __future__ import annotations

import re
from dataclasses import replace

from medqa.safety.patterns import Span
from medqa.safety.reading import Mention, Reading
from medqa.safety.rules import Alarm
from medqa.safety.scope import Standing

_CLAUSE = re.compile(r"[,:()!?;\n、]|\.(?!\d)| (?:but|and|then|because|so) ")
_SENTENCE = re.compile(r"[!?;\n]|\.(?!\d)")
CUES = frozenset(
    f"cue_{name}"
    for name in (
        "years_long",
        "months_long",
        "persisting",
        "acute",
        "not_acute",
        "supposed",
        "family_risk",
        "reading_up",
        "resolved",
        "treated",
        "well_after",
        "this_week",
        "relapse",
        "lasting",
        "seeking",
        "topic",
        "well_now",
        "cared_for",
    )
)
"""The cues that are asked of whole alarms, here alone."""
_MAY_PASS = frozenset({"tia", "stroke", "thunderclap_headache", "fever_under_3_months", "suicide"})
"""A sign of these that has gone again is still one; a look at the hospital does not settle it."""
_NOUN = re.compile(
    r"suicid\w*(?: (?:thoughts?|ideas?|ideation|thinking|risk|attempts?))?|self ?harm\w*|kms|overdos\w*|"
    r"(?:要|想|写|学){0,2}(?:自[杀伤残尽虐]|轻生|跳楼)(?:念头|行为|意念|意图|者)?"
)
_TALK = ("cue_supposed", "cue_reading_up")
_LONG_WORDS = 45
_LONG_HANZI = 90
_HANZI = re.compile(r"[\u4e00-\u9fff]")


def weighed(alarm: Alarm, reading: Reading) -> Alarm | None:
    """The alarm as it stands, softened, or ``None`` where nobody is ill now."""
    if alarm.presentation.is_crisis:
        return _weighed_of_the_mind(alarm, reading)
    ways = (_by_talk, _by_request, _by_time, _by_outcome, _by_sequel)
    standing = min(way(alarm, reading) for way in ways)
    if standing is Standing.ABSENT:
        return None
    return replace(alarm, is_soft=True) if standing is Standing.SOFT else alarm


def _weighed_of_the_mind(alarm: Alarm, reading: Reading) -> Alarm | None:
    """Dropped as a subject or as outgrown and well for years; softened as outgrown under care, or others' old harm."""
    turn = _around(alarm, reading, re.compile("\n"))
    is_by_rule = len(alarm.rule.every) > 0
    if is_by_rule and _is_named_alone(alarm, reading) and _has(reading, "cue_topic", turn):
        return None
    if is_by_rule and alarm.is_soft and any(_has(reading, cue, turn) for cue in _TALK):
        return None
    is_outgrown = _has(reading, "cue_well_now", turn) and not _has(reading, "cue_acute", turn)
    if is_outgrown and is_by_rule and (_has(reading, "cue_years_long", turn) or _has(reading, "cue_past", turn)):
        return None
    if (is_outgrown and _has(reading, "cue_cared_for", turn)) or _is_long_ago(alarm, reading):
        return replace(alarm, is_soft=True)
    return alarm


def _is_named_alone(alarm: Alarm, reading: Reading) -> bool:
    """Whether all that is said of it in the turn are bare words for it, or somebody's words in quotation marks."""
    text, scope = reading.text, reading.scope
    mentions = [m for term in alarm.rule.every for m in reading.of(term) if m.turn == alarm.turn]
    return all(
        (_NOUN.fullmatch(text, m.start, m.end) is not None and not scope.is_said_of_oneself((m.start, m.end)))
        or text.count('"', text.rfind("\n", 0, m.start) + 1, m.start) % 2 == 1
        for m in mentions
    )


def _is_long_ago(alarm: Alarm, reading: Reading) -> bool:
    """Whether harm by others is told as years past, and of nothing now. A wish to die never is."""
    turn = _around(alarm, reading, re.compile("\n"))
    is_by_others = alarm.presentation.id == "danger_to_others"
    return is_by_others and _has(reading, "cue_years_long", turn) and not _has(reading, "cue_acute", turn)


def _by_talk(alarm: Alarm, reading: Reading) -> Standing:
    """Supposed or read up in the same sentence: no alarm. A question about a family's risk: at most a soft card."""
    turn = _around(alarm, reading, re.compile("\n"))
    if _has(reading, "cue_acute", turn):
        return Standing.ACTIVE
    sentences = [_stretch(reading.text, mention, _SENTENCE) for mention in alarm.mentions]
    if all(any(_has(reading, cue, each) for cue in _TALK) for each in sentences):
        return Standing.ABSENT
    return Standing.ABSENT if _has(reading, "cue_family_risk", turn) else Standing.ACTIVE


def _by_request(alarm: Alarm, reading: Reading) -> Standing:
    """Whoever looks for a treatment, a test or a study tells of what has long been there: at most a soft card."""
    turn = _around(alarm, reading, re.compile("\n"))
    if not _has(reading, "cue_seeking", turn):
        return Standing.ACTIVE
    clauses = [_stretch(reading.text, mention, _CLAUSE) for mention in alarm.mentions]
    return Standing.ACTIVE if any(_has(reading, "cue_acute", each) for each in clauses) else Standing.SOFT


def _by_time(alarm: Alarm, reading: Reading) -> Standing:
    """Years in the clause of every mention: no alarm. Months, or years nearby with things as they were: a soft card."""
    text = reading.text
    turn = _around(alarm, reading, re.compile("\n"))
    sentences = [_stretch(text, mention, _SENTENCE) for mention in alarm.mentions]
    nearby = [_neighbourhood(text, m) for m in alarm.mentions] if _is_long(text[slice(*turn)]) else sentences
    if any(_has(reading, "cue_acute", each) for each in nearby):
        return Standing.ACTIVE
    if _has(reading, "cue_lasting", turn) and not _has(reading, "cue_acute", turn):
        return Standing.SOFT
    clauses = [_stretch(text, mention, _CLAUSE) for mention in alarm.mentions]
    if all(_has(reading, "cue_years_long", each) for each in clauses):
        return Standing.ABSENT
    if all(_has(reading, "cue_months_long", each) for each in clauses):
        return Standing.SOFT
    if not any(_is_old(reading, each) for each in (sentences if not _is_long(text[slice(*turn)]) else [turn])):
        return Standing.ACTIVE
    is_unchanged = _is_long(text[slice(*turn)]) or any(_has(reading, "cue_persisting", each) for each in sentences)
    return Standing.SOFT if is_unchanged else Standing.ACTIVE


def _by_outcome(alarm: Alarm, reading: Reading) -> Standing:
    """Told afterwards how it ended ("it turned out to be reflux"), and of nothing new: at most a soft card."""
    if alarm.presentation.id in _MAY_PASS:
        return Standing.ACTIVE
    turn = _around(alarm, reading, re.compile("\n"))
    since = min(mention.start for mention in alarm.mentions), turn[1]
    is_over = _has(reading, "cue_resolved", since) and not _has(reading, "cue_acute", turn)
    return Standing.SOFT if is_over else Standing.ACTIVE


def _by_sequel(alarm: Alarm, reading: Reading) -> Standing:
    """Treated or long past, then told to be well since, and nothing anew: no alarm; of what may pass, years ago only.

    Whoever is well must be said to be so after all that is told of the illness: "discharged, well, then my face
    dropped" keeps its alarm, and so does whatever began within days.
    """
    turn = _around(alarm, reading, re.compile("\n"))
    after = max(mention.end for mention in alarm.mentions), turn[1]
    is_years = _has(reading, "cue_years_long", turn)
    is_behind = is_years or _has(reading, "cue_treated", turn)
    is_anew = _has(reading, "cue_this_week", turn) or _has(reading, "cue_relapse", after)
    if not is_behind or is_anew or not _has(reading, "cue_well_after", after):
        return Standing.ACTIVE
    return Standing.SOFT if alarm.presentation.id in _MAY_PASS and not is_years else Standing.ABSENT


def _is_old(reading: Reading, stretch: Span) -> bool:
    return _has(reading, "cue_years_long", stretch) or _has(reading, "cue_months_long", stretch)


def _is_long(text: str) -> bool:
    return len(_HANZI.findall(text)) >= _LONG_HANZI or len(text.split()) >= _LONG_WORDS


def _has(reading: Reading, cue: str, stretch: Span) -> bool:
    """Whether a cue begins inside the stretch and is not part of a phrase that only looks like it."""
    masks = reading.spans.get(cue.replace("cue_", "cue_not_"), ())
    return any(
        stretch[0] <= start < stretch[1] and not any(a < end and start < b for a, b in masks)
        for start, end in reading.spans.get(cue, ())
    )


def _neighbourhood(text: str, mention: Mention) -> Span:
    """The clause of the mention with the one before and the one after: long letters speak of "now" and "days" often."""
    ends = [match.end() for match in _CLAUSE.finditer(text, 0, mention.start)]
    start = ends[-2] if len(ends) > 1 else 0
    following = [match.start() for match in _CLAUSE.finditer(text, mention.end)]
    return start, following[1] if len(following) > 1 else len(text)


def _around(alarm: Alarm, reading: Reading, end: re.Pattern[str]) -> Span:
    """The stretches of all the mentions, joined."""
    stretches = [_stretch(reading.text, mention, end) for mention in alarm.mentions]
    return min(start for start, _ in stretches), max(stop for _, stop in stretches)


def _stretch(text: str, mention: Mention, end: re.Pattern[str]) -> Span:
    """The mention widened to the nearest ends on both sides."""
    start = max((match.end() for match in end.finditer(text, 0, mention.start)), default=0)
    following = end.search(text, mention.end)
    return start, following.start() if following else len(text)
