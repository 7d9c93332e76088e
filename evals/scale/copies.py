"""A library of any size: copies of real documents, their text varied and their real vectors perturbed.

A copy's passages swap a sentence with one from elsewhere, so that words are spread as in real text but no two
passages are the same. Its vector is the real one with isotropic noise added, brought back to length 1.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from medqa.domain.document import Document, Metadata, Source
from medqa.domain.ingestion import DocumentRead, FileFinished, FileRecord, IngestEvent, SourceFinished
from medqa.domain.passage import Passage
from medqa.domain.sentences import sentences
from medqa.index.embedding import embedding_key, embedding_text, is_chinese
from medqa.protocols import Embedder

NOISE = 0.3
"""Length of the noise beside a vector of length 1: a copy has a cosine of about 0.96 to its original."""

_SOURCE = Source(id="copies", title="Varied copies")
_FILE = FileRecord(source_id=_SOURCE.id, path="copies", sha256="", size=0)

Entry = tuple[Passage, Metadata]


@dataclass(slots=True)
class Originals:
    """Real documents with the real vectors (n, dim) of their passages."""

    documents: Sequence[Sequence[Entry]]
    vectors: np.ndarray
    rows: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = {p.id: row for row, (p, _) in enumerate(itertools.chain.from_iterable(self.documents))}


class PerturbingEmbedder:
    """Stands in for the encoder while copies are taken in: same name, vectors looked up and perturbed."""

    def __init__(self, like: Embedder, originals: Originals) -> None:
        self.id, self.dimension, self.max_tokens = like.id, like.dimension, like.max_tokens
        self._vectors = originals.vectors
        self.languages: tuple[str, ...] = like.languages
        self._expected: dict[bytes, int] = {}

    def expect(self, text: str, row: int) -> None:
        """Tells that a text is a copy of an original passage."""
        self._expected[embedding_key(text)] = row

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        """Float32 vectors (n, dimension), each of length 1; the same text always gets the same one."""
        keys = [embedding_key(text) for text in texts]
        real = self._vectors[[self._expected[key] for key in keys]]
        seed = int.from_bytes(hashlib.blake2b(b"".join(keys), digest_size=8).digest())
        noise = np.random.default_rng(seed).standard_normal(real.shape, dtype=np.float32)
        moved = real + noise * np.float32(NOISE / np.sqrt(self.dimension))
        unit: np.ndarray = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return unit


def copies(originals: Originals, passages: int, embedder: PerturbingEmbedder) -> Iterator[IngestEvent]:
    """What ingestion would report of so many passages."""
    dice = random.Random(passages)
    spare: dict[bool, list[str]] = {True: [], False: []}
    for passage, _ in itertools.chain.from_iterable(originals.documents):
        spare[is_chinese(passage.text)].append(_cut(passage.text)[0])
    left, documents = passages, 0
    for number in itertools.count():
        for document in originals.documents:
            event = _copy(document[:left], number, dice, spare)
            for (passage, _), copied in zip(document, event.passages, strict=False):
                embedder.expect(embedding_text(copied, event.document.metadata), originals.rows[passage.id])
            yield event
            documents, left = documents + 1, left - len(event.passages)
            if left <= 0:
                yield FileFinished(file=_FILE, documents=documents)
                yield SourceFinished(source=_SOURCE, root="copies", paths=frozenset({_FILE.path}))
                return


def _copy(
    document: Sequence[Entry], number: int, dice: random.Random, spare: Mapping[bool, Sequence[str]]
) -> DocumentRead:
    first, known = document[0]
    document_id = f"{first.document_id}~{number}"
    metadata = replace(known, source_id=_SOURCE.id, title=f"{known.title} {number}")
    passages = tuple(
        replace(
            passage, id=f"{document_id}#{at}", document_id=document_id, ordinal=at, text=_varied(passage, dice, spare)
        )
        for at, (passage, _) in enumerate(document)
    )
    made = Document(id=document_id, metadata=metadata, blocks=(), content_hash=document_id)
    return DocumentRead(file=_FILE, document=made, passages=passages)


def _varied(passage: Passage, dice: random.Random, spare: Mapping[bool, Sequence[str]]) -> str:
    """The passage with a sentence chosen at random replaced by one from elsewhere, in the same language."""
    kept = _cut(passage.text)
    kept[dice.randrange(len(kept))] = dice.choice(spare[is_chinese(passage.text)])
    return " ".join(kept)


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)] or [text]
