"""Names of people: English ones by capitals, lists and what stands around them, Chinese ones by surname and cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medqa.safety.deidentify.chinese_names import chinese_names
from medqa.safety.deidentify.english_names import english_names, inverted_names
from medqa.safety.deidentify.span import Span

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


class Name:
    """Finds NAME."""

    def find(self, text: str) -> Iterator[Span]:
        """Names in both languages; they may overlap."""
        for start, end in english_names(text):
            yield Span(start, end, "NAME")
        for start, end in inverted_names(text):
            yield Span(start, end, "NAME")
        if _HAN.search(text):
            for start, end in chinese_names(text):
                yield Span(start, end, "NAME")


plugin = Name
