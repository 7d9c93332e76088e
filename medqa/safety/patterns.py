"""The small language in which concepts are written: one phrase a line, compiled only when it may match.

English lines are words: ``*`` after a letter continues the word, ``~`` stands for up to four words between.
Chinese lines are characters: ``~`` stands for up to six characters between. In both, ``{name}`` stands for
every line of another concept, and the rest is regular-expression syntax: ``(a|b)``, ``?``, ``[..]``, ``\\d``.
Text is matched after ``normalise``: lower case, simplified characters, no apostrophes, hyphens as spaces.

A line without any of these signs is searched as plain text. Each other line names literals, of which one
must occur in the text before the regular expression is compiled at all: thousands of lines cost microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from medqa.errors import ConfigError

Script = Literal["en", "zh"]
Span = tuple[int, int]
_SPECIAL = re.compile(r"[*~{}()|?\[\]\\+.]")
_PLAIN = re.compile(r"[^|()\[\\?*+{.~]+")
_MACRO = re.compile(r"\{([a-z_]+)\}")
_STAR = re.compile(r"(?<=[a-z])\*")
_OPEN = re.compile(r"(?<!\\)\((?!\?)")
_COUNTED_GAP = re.compile(r"\.\{\d,\d+\}")
_OPTIONAL_WORD = re.compile(r" (\([^()]*[^ ()]\))\?")
_DENIAL: dict[Script, re.Pattern[str]] = {
    "en": re.compile(r"(?<![a-z])(?:no|not|never|without|isnt|arent|doesnt|didnt|dont|wasnt|hasnt|havent)(?![a-z])"),
    "zh": re.compile(r"没(?!法|办法|想|一会|多久)|不(?!停|断|知|太|舒|对|清|行|得|住|了|久|一会)|无(?!力|法|意)|未"),
}
_GAP = {"en": r"(?: [^ .!?;\n]+){0,4}? ", "zh": r"[^.!?;\n]{0,6}?"}


class Pattern:
    """One line of a concept. ``literals``: at least one of them is in every text that the line matches."""

    __slots__ = ("__dict__", "line", "literals", "script")

    def __init__(self, line: str, script: Script, macros: Mapping[str, tuple[str, ...]]) -> None:
        self.script = script
        self.line = _MACRO.sub(lambda m: "(" + "|".join(_lines_of(m[1], macros)) + ")", line)
        self.literals = _literals(self.line, script)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled line; its groups are its gaps. Raises ConfigError when it is not a regular expression."""
        gap = f"({_GAP[self.script]})"
        body = _OPEN.sub("(?:", self.line)
        if self.script == "en":
            body = _OPTIONAL_WORD.sub(r"(?: \1)?", _STAR.sub("[a-z]*", body))
        body = _COUNTED_GAP.sub(r"(\g<0>)", body).replace(" ~ ", gap).replace("~", gap)
        if self.script == "en":
            body = rf"(?<![a-z0-9])(?:{body})(?![a-z0-9])"
        try:
            return re.compile(body)
        except re.error as err:
            raise ConfigError(f"safety pattern {self.line!r} is not a regular expression: {err}") from err

    def spans(self, text: str) -> Iterator[Span]:
        """Where the line matches, left to right."""
        if _SPECIAL.search(self.line):
            for match in self.regex.finditer(text):
                if match.end() > match.start() and not any(
                    map(_DENIAL[self.script].search, filter(None, match.groups()))
                ):
                    yield match.span()
            return
        at = text.find(self.line)
        while at >= 0:
            end = at + len(self.line)
            if self.script == "zh" or (_is_edge(text, at - 1) and _is_edge(text, end)):
                yield at, end
            at = text.find(self.line, at + 1)


def _is_edge(text: str, at: int) -> bool:
    return not 0 <= at < len(text) or not (text[at].isascii() and text[at].isalnum())


def _lines_of(name: str, macros: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if name not in macros:
        raise ConfigError(f"safety pattern uses {{{name}}}, which is no concept: choose one of the shared concepts")
    return macros[name]


def _literals(line: str, script: Script) -> tuple[str, ...]:
    """The best set of texts of which one must occur; ``("",)``, which always does, when there is none."""
    if not _SPECIAL.search(line):
        return (line,)
    found, _ = _alternatives(line, 0, script)
    return tuple(dict.fromkeys(found)) if found else ("",)


def _alternatives(line: str, at: int, script: Script) -> tuple[list[str], int]:
    """What one of the alternatives from ``at`` needs, empty when one of them needs nothing; and where they end."""
    needs: list[list[str]] = []
    while True:
        need, at = _sequence(line, at, script)
        needs.append(need)
        if at >= len(line) or line[at] == ")":
            return ([literal for need in needs for literal in need] if all(needs) else []), at + 1
        at += 1


def _sequence(line: str, at: int, script: Script) -> tuple[list[str], int]:
    """The rarest need among the pieces that follow each other from ``at``."""
    candidates: list[list[str]] = []
    run = ""
    while at < len(line) and line[at] not in "|)":
        if plain := _PLAIN.match(line, at):
            run += plain[0]
            at = plain.end()
            continue
        sign = line[at]
        if sign == "(":
            need, at = _group(line, at, script)
            candidates += [[run], need]
            run = ""
        elif sign in "[\\":
            at = line.index("]", at) + 1 if sign == "[" else at + 2
            candidates.append([run])
            run = ""
        else:
            is_optional = sign in "?{" or (sign == "*" and script == "zh")
            candidates.append([run[:-1] if is_optional else run])
            run = ""
            at = line.index("}", at) + 1 if sign == "{" else at + 1
    run = run.strip()
    if not candidates:
        return ([run] if run else []), at
    candidates.append([run])
    return _rarest(candidates), at


def _group(line: str, at: int, script: Script) -> tuple[list[str], int]:
    """What a bracketed group needs: nothing when it is optional or only looks ahead or behind."""
    is_look = line[at + 1] == "?" and line[at + 2] != ":"
    need, after = _alternatives(line, at + 3 if line[at + 1] == "?" else at + 1, script)
    is_optional = line[after : after + 1] in ("?", "*", "{")
    return ([] if is_look or is_optional else need), after


def _rarest(candidates: list[list[str]]) -> list[str]:
    stripped = [[literal.strip() for literal in need] for need in candidates if need]
    usable = [need for need in stripped if all(need)]
    return max(usable, key=lambda need: (min(map(len, need)), -len(need)), default=[])
