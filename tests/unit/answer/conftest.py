"""Small hits made on the spot: no index, no model."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from medqa.domain.conversation import Query
from medqa.domain.document import Metadata
from medqa.domain.language import language_of
from medqa.domain.passage import Hit, Passage

HitOf = Callable[..., Hit]
QueryOf = Callable[..., Query]


@pytest.fixture
def hit_of() -> HitOf:
    """Makes a hit: ``hit_of(text, title="Asthma", section="Symptoms")``."""
    made: list[Hit] = []

    def make(text: str, *, title: str, section: str | None = None, **known: object) -> Hit:
        language = language_of(text)
        metadata = Metadata(
            title=title,
            source_id="test",
            source="Test",
            language=language,
            aliases=known.get("aliases", ()),  # type: ignore[arg-type]
            audience=known.get("audience"),  # type: ignore[arg-type]
            retracted=bool(known.get("retracted", False)),
        )
        document = str(known.get("document", f"test/{title}"))
        passage = Passage(
            id=f"{document}#{len(made)}",
            document_id=document,
            ordinal=len(made),
            text=text,
            section=section,
            language=language,
        )
        similarity = known.get("similarity", 0.65 if language == "en" else None)
        hit = Hit(
            rank=len(made) + 1,
            score=1.0,
            passage=passage,
            metadata=metadata,
            similarity=similarity,  # type: ignore[arg-type]
            sentences=known.get("sentences", ()),  # type: ignore[arg-type]
        )
        made.append(hit)
        return hit

    return make


@pytest.fixture
def query_of() -> QueryOf:
    """Makes a query from a question."""

    def make(
        text: str, *, expansions: tuple[str, ...] = (), looked_for: tuple[str, ...] = (), **known: object
    ) -> Query:
        return Query(
            text=text,
            standalone=text,
            language=language_of(text),
            expansions=expansions,
            looked_for=looked_for,
            named=known.get("named", ()),  # type: ignore[arg-type]
            other_words=known.get("other_words", ()),  # type: ignore[arg-type]
        )

    return make
