"""The lexicon of retrieval, offered to the stages that compare what texts name."""

from __future__ import annotations

from functools import lru_cache

from medqa.domain.naming import Named


@lru_cache(maxsize=4096)
def vocabulary(text: str) -> tuple[Named, ...]:
    """What a text of either language names, by the lexicon that ships with MedQA."""
    from medqa.retrieve import lexicon

    return tuple(
        Named(
            key=(mention.concept.zh or mention.concept.en)[0],
            category=mention.concept.category,
            start=mention.start,
            end=mention.end,
        )
        for mention in lexicon.load().mentions(text)
    )
