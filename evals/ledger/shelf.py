"""The documents of a corpus, cut into passages as the index cuts them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.harness import BeirFolder
from medqa.domain.document import Document, Source
from medqa.domain.language import language_of
from medqa.domain.passage import Hit, Passage
from medqa.domain.sentences import sentences
from medqa.ingest.chunkers.sections import SectionChunker
from medqa.ingest.parsers.jsonl import JsonLinesParser
from medqa.ingest.parsers.markdown import MarkdownParser
from medqa.wiring import upkeep

_SENTENCE_CHARS = {"en": (30, 260), "zh": (12, 120)}
_LEANING = re.compile(
    r"(?:it|this|that|these|those|they|he|she|however|but|also|then|if so)\b|它|这|那|他|她", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Article:
    """One document with its passages as hits. ``group`` is what its translations share: the split goes by it."""

    id: str
    language: str
    group: str
    hits: tuple[Hit, ...]

    def statements(self) -> Iterator[tuple[int, str]]:
        """Whole sentences that stand alone, each with the index of its passage."""
        low, high = _SENTENCE_CHARS[self.language]
        for at, hit in enumerate(self.hits):
            text = hit.passage.text
            for start, end in sentences(text):
                words = text[start:end]
                is_whole = low <= len(words) <= high and words[-1] in ".。" and "\n" not in words
                if is_whole and not _LEANING.match(words):
                    yield at, words


def starter_articles() -> list[Article]:
    """The knowledge base that ships with MedQA; ids are ``en/gout``."""
    folder = upkeep.starter_folder() / "files"
    source = Source(id="medqa-starter", title="starter")
    found: list[Article] = []
    for path in sorted(folder.glob("*/*.md")):
        (document,) = [each for each in MarkdownParser().parse(path, source) if isinstance(each, Document)]
        found.append(_article(document, f"{path.parent.name}/{path.stem}", path.stem.removesuffix(".clinician")))
    return found


def corpus_articles(folder: Path, limit: int) -> list[Article]:
    """``limit`` documents of a BEIR folder, drawn from all of it. Raises UsageError where there is no corpus."""
    path = BeirFolder(folder).corpus
    rows = JsonLinesParser().parse(path, Source(id=folder.name, title=folder.name))
    documents = [each for each in rows if isinstance(each, Document)]
    documents = random.Random(0).sample(documents, min(limit, len(documents)))
    return [_article(document, document.id, document.id) for document in documents]


def _article(document: Document, article_id: str, group: str) -> Article:
    passages = SectionChunker().cut(document)
    language = language_of(" ".join(passage.text for passage in passages[:3]))
    hits = tuple(
        Hit(rank=rank, score=1.0, passage=_named(passage, article_id, language), metadata=document.metadata)
        for rank, passage in enumerate(passages, start=1)
    )
    return Article(article_id, language, group, hits)


def _named(passage: Passage, article_id: str, language: str) -> Passage:
    return Passage(
        id=f"{article_id}#{passage.ordinal}",
        document_id=article_id,
        ordinal=passage.ordinal,
        text=passage.text,
        section=passage.section,
        language=language,
    )


def holding(articles: Sequence[Article], article_id: str, quote: str) -> tuple[Article, int]:
    """The article and the index of its passage that holds the quote. Raises ValueError when none does."""
    for article in articles:
        if article.id == article_id:
            for at, hit in enumerate(article.hits):
                if quote in hit.passage.text:
                    return article, at
    raise ValueError(f"{article_id} no longer says: {quote}")
