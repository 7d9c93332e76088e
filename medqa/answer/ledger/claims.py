"""An answer's text as claims: what each sentence says and which passages it cites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medqa.domain.sentences import sentences

_MARK = r"(?:\[\s*\d{1,3}(?:\s*[,，、–-]\s*\d{1,3})*\s*\]|【\s*\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\s*】)"
_MARKS = re.compile(rf"(?P<marks>\s*{_MARK}(?:\s*{_MARK})*)(?P<stop>[.。!！?？;；]?)")
_NUMBER = re.compile(r"\d+")
_STOPS = tuple('.!?。！？;；:："”)）')
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim as written. ``marks`` count the hits from 1; ``before`` is the white space before it."""

    text: str
    marks: tuple[int, ...]
    before: str = ""


class Splitter:
    """Cuts text into drafts while it is being written: ``feed`` gives those that are complete."""

    def __init__(self) -> None:
        self._pending = ""
        self._first = True

    def feed(self, piece: str) -> list[Draft]:
        """The drafts that this piece completed."""
        self._pending += piece
        cut = 0
        for match in _MARKS.finditer(self._pending):
            rest = self._pending[match.end() :].lstrip(" ")
            if rest and rest[0] not in "[【.。!！?？;；":
                cut = match.end()
        ready, self._pending = self._pending[:cut], self._pending[cut:]
        return self._drafts(ready)

    def close(self) -> list[Draft]:
        """What is left; a last sentence that broke off in the middle is not a claim."""
        ready, self._pending = self._pending, ""
        drafts = self._drafts(ready)
        if drafts and not drafts[-1].marks and not drafts[-1].text.endswith(_STOPS):
            drafts.pop()
        return drafts

    def _drafts(self, text: str) -> list[Draft]:
        drafts = split(text)
        if drafts and self._first:
            drafts[0] = Draft(drafts[0].text, drafts[0].marks)
            self._first = False
        return drafts


def split(text: str) -> list[Draft]:
    """Every claim of a text in order, English or Chinese; a list under its lead-in is one claim."""
    drafts: list[Draft] = []
    at = 0
    for match in _MARKS.finditer(text):
        if match.end() <= at:
            continue
        body = text[at : match.start()] + match["stop"]
        drafts += _bodies(body, tuple(dict.fromkeys(int(n) for n in _NUMBER.findall(match["marks"]))))
        at = match.end()
    return drafts + _bodies(text[at:], ())


def _bodies(body: str, marks: tuple[int, ...]) -> list[Draft]:
    """One stretch of text up to its marks: only its last sentence carries them."""
    if not body.strip():
        return []
    spans = _with_lists(body, sentences(body))
    drafts = []
    for position, (start, end) in enumerate(spans):
        before = _gap(body[spans[position - 1][1] if position else 0 : start])
        words = "\n".join(line.strip() for line in body[start:end].splitlines() if line.strip())
        if words.strip("*_#>- \n"):
            drafts.append(Draft(words, marks if position == len(spans) - 1 else (), before))
    return drafts


def _with_lists(body: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and body[joined[-1][0] : joined[-1][1]].rstrip("*").endswith((":", "：")):
            lead = body[joined[-1][0] : joined[-1][1]]
            if lead.count("\n") == 0:
                joined[-1] = (joined[-1][0], end)
                continue
        if joined and "\n" in body[joined[-1][0] : joined[-1][1]] and _BULLET.match(body[joined[-1][1] : end]):
            joined[-1] = (joined[-1][0], end)
            continue
        joined.append((start, end))
    return joined


def _gap(between: str) -> str:
    """White space between two claims as Markdown: a space, a new list item or a new paragraph."""
    if "\n" not in between:
        return " "
    return "\n- " if re.search(r"\n\s*[-*•]\s+$", between) else "\n\n"
