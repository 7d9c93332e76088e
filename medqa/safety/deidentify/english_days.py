"""English text: weekdays, months, feasts and seasons that tell when something happened to somebody.

HIPAA's Safe Harbor (45 CFR 164.514(b)(2)(i)(C)) removes every element of a date but the year. A habit is none ("every
Monday", "methotrexate on Mondays", "in winter"), and the day of a weekly medicine must stay readable; nor is a time
that says nothing without today's date ("yesterday", "last week"), nor the time of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SHORT = r"(?:Mon|Tues?|Weds?|Thu(?:rs?)?|Fri|Sat|Sun)"
_JOINT = r"(?:,? ?(?:and|or|&|to|through|until)? |[/,–-] ?)"
_RUN = re.compile(
    rf"(?<![\w-])(?P<first>(?i:{_DAY})|{_SHORT}\b\.?)(?P<s>s\b)?(?:{_JOINT}(?:(?i:{_DAY})|{_SHORT}\b)s?(?!\w))*(?![\w])"
)
_ONE = re.compile(rf"(?i:{_DAY})|{_SHORT}\b")
_AMBIGUOUS = re.compile(r"(?:Wed|Sat|Sun|Tue|Thu)$")  # verbs, the sun, names in other languages
_TIMED = re.compile(
    r"(?:\b(?:on|last|next|this|since|until|till|by|from|for|to|before|after|admitted|readmitted|discharged|seen|home|"
    r"theatre|rang|called|came|back|late|early)|,|^) ?$",
    re.IGNORECASE,
)
_REPEATED = re.compile(
    r"\b(?:every|each|any|most|some|alternate|per|a|all)(?: (?:other|second|third|single|few))? (?:(?:early|late) )?$",
    re.IGNORECASE,
)
_REGULAR = re.compile(
    r"\b(?:weekly|fortnightly|monthly|yearly|annually|regularly|usually|always|normally|generally|typically|(?:a|per|"
    r"each|every|most) (?:week|month|year)s?)\b",
    re.IGNORECASE,
)
_TAKING = re.compile(
    r"\b(?:takes?|taking|injects?|injecting|apply|applies|applying|dialysis|dialysed)\b"
    r"(?:(?!\b(?:if|because|when|but|after|before|my|last|next|this|since|started|stopped)\b)[^.!?;\n])*$",
    re.IGNORECASE,
)
_BEGUN = re.compile(
    r"\b(?:last|next|this|since|until|till|from|started|began|begun|stopped|finished)\b[^.!?\n]{0,40}$", re.I
)
_WHOLE_WEEK = re.compile(r"mon(?:day)?,? ?(?:to|through|until|[–-]) ?(?:fri|sat|sun)", re.IGNORECASE)

_MONTH = (
    r"(?:(?i:january|february|april|june|july|august|september|october|november|december)|May|March|MAY|MARCH|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_IN_A_MONTH = re.compile(
    r"(?i:\b(?:in|since|last|next|until|till|by|during|from|this|through|before|after|around|past|early|late|mid)[ -]"
    r"(?:about |around |(?:early|late|mid)[ -]|the (?:end|beginning|start|middle) of )?)"
    rf"(?P<v>{_MONTH})(?![\w'’])"
)
_FEAST = (
    r"(?:(?:christmas|xmas)(?: (?:day|eve))?|boxing day|easter(?: (?:sunday|monday))?|good friday|thanksgiving|"
    r"(?:(?:chinese|lunar) )?new year(?:['’]?s)?(?: (?:day|eve))?|halloween|valentine['’]?s day|hogmanay|"
    r"(?:the )?(?:\w+ )?bank holiday(?: monday)?|independence day|labou?r day|memorial day|"
    r"(?:the )?(?:4th|fourth) of july|"
    r"mother['’]?s day|father['’]?s day|st\.? patrick['’]?s day|hanukkah|passover|diwali|eid)"
)
_FAST = r"(?:ramadan|lent|yom kippur)"  # fasts are clinical: only a certain one is a date
_AT_A_FEAST = re.compile(
    rf"\b(?:(?:since|before|after|until|till|by|last|this past)(?: the)? (?P<v>{_FEAST}|{_FAST})|"
    rf"(?:at|on|over|around|this|next|during) (?:the )?(?P<w>{_FEAST}))(?![\w'’])",
    re.IGNORECASE,
)
_ASKS = re.compile(r"(?:^|[.!?\n] ?)(?:what|how|can|could|should|shall|is it|are|do|does|which|tips)\b[^.!?\n]*$", re.I)
_SEASON = re.compile(
    r"\b(?:(?:last|since the|this|this past|next) (?P<v>spring|summer|autumn|winter)(?: (?:18|19|20)\d\d)?|"
    r"(?P<w>(?:spring|summer|autumn|fall|winter) (?:of |in )?(?:18|19|20)\d\d))\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:on|since|until|till|by|for|from|is|was|before|after) the (?P<v>(?:[12]?\d|3[01])(?:st|nd|rd|th))"
    r"(?=[.,;!?)\n]|$| of (?:this|last|next|the) month| (?:at|but|when|in the|morning|afternoon|evening)\b)",
    re.IGNORECASE,
)


def english_days(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the words that name a day, a month, a feast or a season of something that happened or will."""
    yield from _weekdays(text)
    for pattern in (_IN_A_MONTH, _SEASON, _NUMBERED):
        for match in pattern.finditer(text):
            if not _is_habit(text, match.start(), match.end()):
                yield match.span("w" if match.groupdict().get("w") else "v")
    for match in _AT_A_FEAST.finditer(text):
        in_general = match["w"] and _ASKS.search(text, max(0, match.start() - 80), match.start())
        if not in_general and not _is_habit(text, match.start(), match.end()):
            yield match.span("w" if match["w"] else "v")


def _weekdays(text: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        days = list(_ONE.finditer(text, run.start(), run.end()))
        if _is_schedule(run[0], len(days)) or _is_habit(text, run.start(), run.end()):
            continue
        before = text[max(0, run.start() - 80) : run.start()]
        if _TAKING.search(before) and not _BEGUN.search(before):
            continue
        for day in days:
            if not _AMBIGUOUS.match(day[0]) or _TIMED.search(text, max(0, day.start() - 14), day.start()):
                yield day.span()


def _is_schedule(run: str, days: int) -> bool:
    """Plural days, a working week, or three days and more in a row."""
    return days > 2 or bool(re.search(r"(?i:days)\b", run) or _WHOLE_WEEK.match(run))


def _is_habit(text: str, start: int, end: int) -> bool:
    """Whether the sentence says that this recurs."""
    before, after = text[max(0, start - 80) : start], text[end : end + 60]
    sentence = re.split(r"[.!?\n]", before)[-1] + " … " + re.split(r"[.!?\n]", after)[0]
    return _REPEATED.search(before) is not None or _REGULAR.search(sentence) is not None
