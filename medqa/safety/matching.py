"""Finds the concepts in a text: one pass of plain-text search, then the few lines that may match."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from medqa.safety.catalogue import Concept
from medqa.safety.patterns import Pattern, Script, Span

_HANZI = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z]")

Spans = Mapping[str, list[Span]]


class Matcher:
    """An index from literals to the lines that need them."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._lines: dict[Script, dict[str, list[tuple[str, Pattern]]]] = {"en": {}, "zh": {}}
        for concept in concepts:
            for pattern in concept.patterns:
                for literal in pattern.literals:
                    self._lines[pattern.script].setdefault(literal, []).append((concept.name, pattern))

    def scan(self, text: str) -> Spans:
        """Where each concept that occurs is said, in the order of the text."""
        found: dict[str, set[Span]] = defaultdict(set)
        scripts: list[Script] = ["en"] if _LATIN.search(text) else []
        scripts += ["zh"] if _HANZI.search(text) else []
        for script in scripts:
            for literal, lines in self._lines[script].items():
                if literal in text:
                    for name, pattern in lines:
                        found[name].update(pattern.spans(text))
        return {name: sorted(spans) for name, spans in found.items() if spans}
