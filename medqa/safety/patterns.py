"""The small language in which concepts are written: one phrase a line, compiled only when it may match.

English lines are words: a trailing ``*`` continues the word, ``~`` stands for up to four words between.
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
_OPTIONAL = re.compile(r"\([^()]*\)\?|\[[^\]]*\]\??|\\[a-z]\??\+?|\{\d[\d,]*\}")
_GROUP = re.compile(r"\(([^()]*)\)")
_MACRO = re.compile(r"\{([a-z_]+)\}")
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
        """The compiled line. Raises ConfigError when it is not a regular expression."""
        gap = _GAP[self.script]
        body = self.line.replace(" ~ ", gap).replace("~", gap)
        if self.script == "en":
            body = (
                rf"(?<![a-z0-9])(?:{body.replace('*', '[a-z]*') if gap not in body else _stars(body, gap)})(?![a-z0-9])"
            )
        try:
            return re.compile(body)
        except re.error as err:
            raise ConfigError(f"safety pattern {self.line!r} is not a regular expression: {err}") from err

    def spans(self, text: str) -> Iterator[Span]:
        """Where the line matches, left to right."""
        if _SPECIAL.search(self.line):
            yield from (m.span() for m in self.regex.finditer(text) if m.end() > m.start())
            return
        at = text.find(self.line)
        while at >= 0:
            end = at + len(self.line)
            if self.script == "zh" or (_is_edge(text, at - 1) and _is_edge(text, end)):
                yield at, end
            at = text.find(self.line, at + 1)


def _stars(body: str, gap: str) -> str:
    return gap.join(part.replace("*", "[a-z]*") for part in body.split(gap))


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
    bare = line
    while (cut := _OPTIONAL.sub("\0", bare)) != bare:
        bare = cut
    outside = bare
    while (cut := _GROUP.sub("\0", outside)) != outside:
        outside = cut
    if "|" not in outside and (longest := _longest(outside, script)):
        return (longest,)
    if "|" in outside:
        parts = [_longest(part, script) for part in bare.split("|")] if "(" not in bare else [""]
        return tuple(dict.fromkeys(parts)) if all(parts) else ("",)
    sets = [[_longest(part, script) for part in group.split("|")] for group in _GROUP.findall(bare)]
    usable = [found for found in sets if all(found)]
    return tuple(dict.fromkeys(min(usable, key=len))) if usable else ("",)


def _longest(part: str, script: Script) -> str:
    """The longest run of plain text, without the character before a ``?``."""
    part = re.sub(r".\?", "\0", part)
    runs = [run.strip() for run in re.split(r"[\0*~{}()|\\+.]" if script == "zh" else r"[\0*~{}()|\\+. ]", part)]
    best = max(runs, key=len, default="")
    return best if len(best) >= (3 if script == "en" else 1) else ""
