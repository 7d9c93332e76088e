"""Where sentences begin and end, in English and Chinese. One regex pass, no model, offsets kept.

A line break always ends a sentence, so a list item on a line of its own is one. Abbreviations ("e.g.", "Dr.",
"Fig. 2"), initials, decimals, "5 mg. daily" and list numbers ("1. Wash") do not end one.
"""

from __future__ import annotations

import re

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CLOSING = "\"'”’)\\]»」』）】》"

# A reference after the full stop belongs to the sentence before it: "walls. [1]", "walls.[1,2]", "walls.12 The".
_MARKS = r"(?:(?<=[A-Za-z)”\"][.!?])\d{1,3}(?:[,–-]\d{1,3})*(?=\s+[A-Z])|(?:\s?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\])+)?"

_CANDIDATE = re.compile(
    rf"(?P<line>\n)"
    rf"|(?P<han>[。！？]+[{_CLOSING}]*{_MARKS})"
    rf"|(?P<stop>[.!?]+[{_CLOSING}]*{_MARKS})(?=\s|$|[{_CJK}])"
    rf"|(?P<colon>[:：])(?=\s+[-•*]\s)"
)
_NEXT = re.compile(r"\s*(?:[-•*–]\s+)?[\"'“‘(\[«「『（【]*(?P<word>[^\W\d_]+(?:['’][a-z]+)?|\d|\S)?")
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})$")
_BULLET = re.compile(r"(?:[-•*·‣◦▪●–]\s+)+")
_HAN = re.compile(rf"[{_CJK}]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Followed by what they introduce: never the end.
_LEADING = _words(
    "dr prof mr mrs ms st sr fr rev hon fig figs eq eqs ref refs vol vols no nos pp p ch sec tab ed eds vs v cf viz "
    "ca c approx e.g i.e eg ie resp incl excl spp sp subsp var nov q dept univ op cit al"
)
# May be the last word of a sentence: the end only when the next word plainly begins one.
_TRAILING = _words(
    "etc jr inc ltd co corp a.m p.m u.s u.k u.n u.s.a e.u d.c ph.d m.d r.n b.i.d t.i.d q.i.d q.d q.h q.o.d p.o i.v i.m "
    "s.c p.r.n b.d t.d.s o.d jan feb mar apr jun jul aug sep sept oct nov dec est min max wk wks yr yrs mo mos"
)
_STARTERS = _words(
    "the a an this that these those it its they their there he she his her we our you your i in on at by for from of "
    "to with without within when where while if as after before because although though however but and or so yet also "
    "most many some few several all both each every any no not other another such more less one two three although "
    "since until during under over between among about overall once people patients women men children adults "
    "what which who how why do does did is are was were can could may might should will would have has had "
    "treatment symptoms signs doctors talk call ask see take use"
)
_STARTERS_CAPITAL = frozenset(word.capitalize() for word in _STARTERS)
_ALSO_WORDS = frozenset({"no", "al", "st", "sp"})
_LETTERED = _words(
    "vitamin vitamins hepatitis type types group grade class stage influenza factor category arm protein part panel "
    "phase step table figure appendix option schedule immunoglobulin coenzyme strain level and or"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets ``(start, end)`` of the sentences in order; between them lie only white space and bullets."""
    spans: list[tuple[int, int]] = []
    start = _skip(text, 0)
    for match in _CANDIDATE.finditer(text):
        if match.start() < start or not _ends(text, start, match):
            continue
        end = match.end()
        if match.group("line") is not None:
            end = start + len(text[start : match.start()].rstrip())
        if end > start:
            spans.append((start, end))
        start = _skip(text, match.end())
    end = len(text.rstrip())
    if end > start:
        spans.append((start, end))
    return spans


def _skip(text: str, at: int) -> int:
    """The next offset that is neither white space nor a bullet."""
    while at < len(text) and text[at].isspace():
        at += 1
    bullet = _BULLET.match(text, at)
    return bullet.end() if bullet else at


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the candidate is the end of the sentence that began at ``start``."""
    if match.group("stop") is None:
        return True
    following = _NEXT.match(text, match.end())
    word = (following.group("word") if following else None) or ""
    if not word:
        return True
    if match.end() < len(text) and not text[match.end()].isspace():  # Chinese goes on without a space
        return (
            text[match.start()] != "." or bool(_HAN.match(text[match.start() - 1])) or text[match.start() - 1] in "%）)"
        )
    if word[0].islower() and not word[1:2].isupper():  # "pH" and "mRNA" begin sentences; "daily" does not
        return False
    if match.group("stop")[0] != "." or match.group("stop").startswith(".."):
        return True
    return _full_stop_ends(text, start, match.start(), word)


def _full_stop_ends(text: str, start: int, dot: int, following: str) -> bool:
    """Whether one full stop at ``dot``, followed by a capital, a digit or a sign, ends a sentence."""
    if dot - start <= 5 and _LIST_NUMBER.match(text[start:dot]):
        return False
    words = text[max(start, dot - 40) : dot].split()
    last = words[-1].lstrip("([\"'“‘") if words else ""
    begins_one = following in _STARTERS_CAPITAL
    if len(last) == 1 and last.isupper():  # an initial, "vitamin C", or "Mr. J. Smith"
        return begins_one or (len(words) > 1 and words[-2].lower().lstrip("(") in _LETTERED)
    lower = last.lower()
    if lower in _LEADING:
        return begins_one and lower in _ALSO_WORDS
    if lower in _TRAILING:
        return begins_one
    return True
