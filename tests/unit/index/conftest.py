"""A library's input without files, and an encoder that needs no model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from medqa.domain.document import Document, Metadata, Source
from medqa.domain.ingestion import DocumentRead, FileFinished, FileRecord, IngestEvent, SourceFinished
from medqa.domain.passage import Passage
from medqa.index.library import Library
from medqa.index.snapshot import SnapshotStore


class WordHashes:
    """Bags of hashed words as unit vectors: texts with the same words are near."""

    dimension = 64
    max_tokens = 256

    def __init__(self, name: str = "word-hashes", languages: tuple[str, ...] = ("en",)) -> None:
        self.id, self.languages = name, languages
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        self.encoded += texts
        vectors = np.full((len(texts), self.dimension), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Shelf:
    """Documents of one file, as a run of ingestion reports them."""

    def __init__(self, source_id: str = "leaflets", path: str = "all.jsonl", root: str = "/root") -> None:
        self.source = Source(id=source_id, title=source_id)
        self.path, self.root = path, root

    def file(self, texts: dict[str, str]) -> FileRecord:
        digest = hashlib.sha256(repr(texts).encode()).hexdigest()
        return FileRecord(source_id=self.source.id, path=self.path, sha256=digest, size=len(texts))

    def read(self, document_id: str, text: str, file: FileRecord) -> DocumentRead:
        metadata = Metadata(title=f"About {document_id}", source_id=self.source.id, source="Leaflets", language="en")
        document = Document(id=document_id, metadata=metadata, blocks=(), content_hash=text)
        passages = tuple(
            Passage(id=f"{document_id}#{n}", document_id=document_id, ordinal=n, text=part)
            for n, part in enumerate(text.split("|"))
        )
        return DocumentRead(file=file, document=document, passages=passages)

    def events(self, texts: dict[str, str]) -> Iterator[IngestEvent]:
        file = self.file(texts)
        for document_id, text in texts.items():
            yield self.read(document_id, text, file)
        yield FileFinished(file=file, documents=len(texts))
        yield SourceFinished(source=self.source, root=self.root, paths=frozenset({self.path}))


@pytest.fixture
def embedder() -> WordHashes:
    return WordHashes()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def library(request: pytest.FixtureRequest, tmp_path: Path, shelf: Shelf, embedder: WordHashes) -> Iterator[Library]:
    """A library in the test's folder that holds what its module calls ``TEXTS``: documents, parts after ``|``."""
    opened = Library(tmp_path, chunker_version="sections-2/160")
    opened.apply(shelf.events(request.module.TEXTS), embedder)
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    """The snapshots of that library."""
    return SnapshotStore(tmp_path)
