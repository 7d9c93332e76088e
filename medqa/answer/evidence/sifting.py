"""From what was found to what may be evidence: the gate before weighing, and what a reader is told about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medqa.answer.evidence.blockers import is_blocker
from medqa.answer.evidence.disputes import settled
from medqa.answer.evidence.editions import without_superseded
from medqa.answer.evidence.floods import ECHOES, is_echoed, without_echoes
from medqa.answer.evidence.trust import trusted
from medqa.answer.notice import disputed, echoed
from medqa.domain.answer import Answered
from medqa.domain.conversation import Language, Query
from medqa.domain.passage import Hit


@dataclass(frozen=True, slots=True)
class Sifted:
    """Hits that may be evidence, best first; ``disputed`` are sources of which a contrary statement was left out."""

    hits: tuple[Hit, ...] = ()
    disputed: tuple[str, ...] = ()

    @property
    def sound(self) -> list[Hit]:
        """Without what only a flood says: it is heard where nothing else answers."""
        return [hit for hit in self.hits if not is_echoed(hit)]

    @property
    def has_echoes(self) -> bool:
        """Whether a flood is among them."""
        return any(map(is_echoed, self.hits))

    def warnings(self, answered: Answered, language: Language) -> tuple[str, ...]:
        """What a reader must know about the sources of this answer."""
        cited = {citation.passage_id for citation in answered.citations}
        floods = [hit.metadata for hit in self.hits if is_echoed(hit) and hit.passage.id in cited]
        told = [echoed(language, int(flood.extra[ECHOES]), flood.source) for flood in floods]
        return tuple(dict.fromkeys([*told, *(disputed(language, source) for source in self.disputed)]))


def sift(query: Query, hits: Sequence[Hit], most: int | None = None) -> Sifted:
    """At most ``most`` of the hits, in order: no planted words, blockers or old editions, one voice a text."""
    fit = [hit for hit in trusted(hits) if not is_blocker(query, hit)]
    kept = settled(query, without_echoes(query, without_superseded(fit))[:most])
    return Sifted(tuple(kept.hits), kept.sources)
