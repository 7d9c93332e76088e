"""How near sentences are in meaning to a question, where the encoder understands their language."""

from __future__ import annotations

from collections.abc import Sequence

from medqa.domain.conversation import Language, Query
from medqa.protocols import Embedder


def reads(embedder: Embedder | None, language: Language) -> bool:
    """Whether there is an encoder that understands a language."""
    return embedder is not None and (not embedder.languages or language in embedder.languages)


def cosines(embedder: Embedder, query: Query, texts: Sequence[str]) -> list[float]:
    """The cosine of each text with the question, in [-1, 1]."""
    question = embedder.encode([query.standalone], is_query=True)[0]
    return [float(cosine) for cosine in embedder.encode(texts) @ question]
