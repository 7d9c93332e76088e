"""What makes a file, a document or a text the same as another: ids, hashes, and compact sets of them."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath

from medqa.domain.document import Document, Metadata
from medqa.ingest.language import detect_language, language_code

_CHUNK = 1 << 20
_COMPRESSION = (".gz",)
_SAMPLE_BLOCKS = 40


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def file_id(source_id: str, relative: str) -> str:
    """``<source_id>/<relative path without suffix>``, the folder ``files/`` at its head left out."""
    path = PurePosixPath(relative.removeprefix("files/"))
    if path.suffix.lower() in _COMPRESSION:
        path = path.with_suffix("")
    return f"{source_id}/{path.with_suffix('')}"


def completed(document: Document, document_id: str) -> Document:
    """The document with its id, its language where only the text tells it, and its content hash."""
    sample = " ".join(block.text for block in document.blocks[:_SAMPLE_BLOCKS])
    given = language_code(document.metadata.language)
    language = given or detect_language(f"{document.metadata.title} {sample}")
    metadata = replace(document.metadata, language=language)
    return replace(document, id=document_id, metadata=metadata, content_hash=content_hash(document, metadata))


def content_hash(document: Document, metadata: Metadata) -> str:
    """SHA-256 of metadata, text, places and references: whatever a reader could be shown."""
    digest = hashlib.sha256()
    values = (getattr(metadata, field.name) for field in fields(Metadata) if field.name != "extra")
    digest.update(repr((*values, sorted(metadata.extra.items()), sorted(document.references.items()))).encode())
    for block in document.blocks:
        digest.update(repr((block.text, block.kind, block.section, block.page, block.references)).encode())
    return digest.hexdigest()


def text_digest(document: Document) -> int:
    """64 bits of the document's text without regard to spaces and case, for finding duplicates."""
    return digest64("".join("".join(block.text.casefold().split()) for block in document.blocks))


def digest64(text: str) -> int:
    """64 bits of a text, never 0."""
    raw = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(raw, "little") or 1


def paired(one: str, other: str) -> str:
    """A hash from which either of two SHA-256 hashes follows, given the other one."""
    return f"{int(one, 16) ^ int(other, 16):064x}"


class DigestSet:
    """64-bit digests in 12 to 24 bytes each, so that a corpus of millions of rows fits."""

    def __init__(self, digests: Iterable[int] = ()) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._used = 0
        for digest in digests:
            self.add(digest)

    def __len__(self) -> int:
        return self._used

    def add(self, digest: int) -> bool:
        """Whether the digest is new."""
        if self._used * 3 >= len(self._slots) * 2:
            self._grow()
        at = self._slot(digest)
        if self._slots[at]:
            return False
        self._slots[at] = digest
        self._used += 1
        return True

    def _slot(self, digest: int) -> int:
        mask = len(self._slots) - 1
        at = digest & mask
        while self._slots[at] not in (0, digest):
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        old = self._slots
        self._slots = array("Q", bytes(16 * len(old)))
        for digest in old:
            if digest:
                self._slots[self._slot(digest)] = digest
