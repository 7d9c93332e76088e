"""A recogniser made of regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from medqa.safety.deidentify.span import Span, Type


class Patterns:
    """Finds every match; the group ``v``, where a pattern has one, is the personal part. ``accepts`` may veto."""

    def __init__(
        self, kind: Type, patterns: Sequence[str], accepts: Callable[[str], bool] | None = None, *, flags: int = 0
    ) -> None:
        self._kind = kind
        self._patterns = tuple(re.compile(pattern, flags) for pattern in patterns)
        self._accepts = accepts

    def find(self, text: str) -> Iterator[Span]:
        """The spans in the order of the patterns; they may overlap."""
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                start, end = match.span("v") if "v" in pattern.groupindex else match.span()
                if self._accepts is None or self._accepts(text[start:end]):
                    yield Span(start, end, self._kind)
