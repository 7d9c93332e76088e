"""One conversation as the rules read it: mentions of concepts and quantities, each with its standing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medqa.safety.catalogue import Catalogue, Comparison, Term
from medqa.safety.matching import Spans
from medqa.safety.patterns import Span
from medqa.safety.quantities import measures
from medqa.safety.scope import Scope, Standing

_HANZI = re.compile(r"[\u4e00-\u9fff]")
_REACH_LETTERS = 45
_REACH_HANZI = 14


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the text that meets a term, and how far it counts."""

    start: int
    end: int
    turn: int
    sentence: int
    standing: Standing


class Reading:
    """Answers which mentions there are of a concept, working each out once."""

    def __init__(self, text: str, spans: Spans, catalogue: Catalogue) -> None:
        self.text = text
        idioms = spans.get("cue_idiom", [])
        self.spans: Spans = {
            name: found if name == "cue_idiom" else _clear_of(idioms, found) for name, found in spans.items()
        }
        self._catalogue = catalogue
        self.scope = Scope(text, self.spans)
        self.measures = measures(text)
        self._known: dict[str, tuple[Mention, ...]] = {}

    def of(self, term: Term) -> list[Mention]:
        """The mentions that meet any of the alternatives."""
        return [mention for part in term for mention in self._alternative(part)]

    def _alternative(self, part: str | Comparison) -> tuple[Mention, ...]:
        if isinstance(part, Comparison):
            return tuple(
                self._mention((m.start, m.end), is_background=m.name == "age_months")
                for m in self.measures
                if m.name == part.name and part.accepts(m.value)
            )
        if part not in self._known:
            concept = self._catalogue.concepts[part]
            direct = [
                self._mention(s, is_background=concept.is_background, is_grave=concept.is_grave)
                for s in self.spans.get(part, ())
            ]
            joint = [mention for parts in concept.near for mention in self._together(parts)]
            self._known[part] = tuple(mention for mention in direct + joint if mention.standing)
        return self._known[part]

    def _mention(self, span: Span, *, is_background: bool, is_grave: bool = False) -> Mention:
        standing = self.scope.standing(span, is_background=is_background, is_grave=is_grave)
        return Mention(*span, self.scope.turn(span[0]), self.scope.sentence(span[0]), standing)

    def _together(self, parts: tuple[str, ...]) -> list[Mention]:
        """Mentions of all the parts close together in one sentence."""
        joined = list(self._alternative(parts[0]))
        for part in parts[1:]:
            others = self._alternative(part)
            joined = [_join(a, b) for a in joined for b in others if self._are_close(a, b)]
        return joined

    def _are_close(self, a: Mention, b: Mention) -> bool:
        if a.sentence != b.sentence or (a.start, a.end) == (b.start, b.end):
            return False
        between = self.text[min(a.end, b.end) : max(a.start, b.start)]
        return len(between) <= (_REACH_HANZI if _HANZI.search(between) else _REACH_LETTERS)


def _join(a: Mention, b: Mention) -> Mention:
    return Mention(min(a.start, b.start), max(a.end, b.end), a.turn, a.sentence, min(a.standing, b.standing))


def _clear_of(idioms: list[Span], spans: list[Span]) -> list[Span]:
    return [(a, b) for a, b in spans if not any(a < d and c < b for c, d in idioms)] if idioms else spans
