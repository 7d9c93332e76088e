"""Sentences in which a person has marked what is personal and what must stay.

``{words}`` are somebody's name, ``{TYPE:words}`` other personal data, ``<words>`` a word of medicine or of every day
that looks like a name, ``<DATE:words>`` a habit that looks like a date.
"""

from __future__ import annotations

import random
import re

from evals.identities import Person, Planted, Sample

_MARK = re.compile(r"\{(?:(?P<type>[A-Z_0-9]+):)?(?P<held>[^{}]+)\}|<(?:(?P<like>[A-Z_]+):)?(?P<stays>[^<>]+)>")


def marked_sample(line: str, number: int) -> Sample:
    """The sentence without its marks, what is planted in it, and what must stay readable (type NAME or DATE)."""
    text, last = "", 0
    planted: list[Planted] = []
    stays: list[Planted] = []
    for match in _MARK.finditer(line):
        text += line[last : match.start()]
        words = match["held"] or match["stays"]
        kind = (match["type"] if match["held"] else match["like"]) or "NAME"
        (planted if match["held"] else stays).append(Planted(len(text), len(text) + len(words), kind))
        text += words
        last = match.end()
    return Sample(text + line[last:], tuple(planted), number, tuple(stays))


def redrawn(line: str, dice: random.Random, language: str) -> str:
    """The sentence with another, drawn name in each place where a usual one stands; nicknames stay as they are."""

    def drawn(match: re.Match[str]) -> str:
        name = match["held"]
        if match["type"] or not name or not _USUAL[language].fullmatch(name):
            return match.group()
        slot = "NAME" if language == "zh" or " " in name else "GIVEN"
        return "{" + Person(dice, language).value(slot) + "}"

    return _MARK.sub(drawn, line)


_USUAL = {"en": re.compile(r"[^\W\d_][\w'’.-]+(?: [\w'’.-]+)*"), "zh": re.compile("(?!(.)\\1)[\u4e00-\u9fff]{2,4}")}
