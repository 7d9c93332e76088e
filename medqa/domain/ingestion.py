"""What a run of ingestion reports, item by item, so that memory stays flat on a big folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from medqa.domain.document import Document, Source
from medqa.domain.passage import Passage

Reason = Literal[
    "encrypted",
    "truncated",
    "too_large",
    "time_limit",
    "memory_limit",
    "unsafe_xml",
    "outside_folder",
    "unknown_format",
    "empty",
    "undecodable",
    "malformed",
    "unreadable",
    "duplicate",
    "id_conflict",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A file as ingestion saw it. ``path`` is relative to the ingested root, with forward slashes."""

    source_id: str
    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRead:
    """A document that is new or changed, already cut into passages."""

    file: FileRecord
    document: Document
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUnchanged:
    """A file whose bytes are those of the last run: its documents stay as they are."""

    file: FileRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file, or one record of it (``where`` says which line or entry), that could not be taken, and why."""

    path: str
    reason: Reason
    message: str
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something about a file that was read, which a person should know: ``3 pages hold no text``."""

    message: str


ParsedItem = Document | Skipped | Remark
"""What a parser finds in a file, in order. ``Skipped.path`` is left empty for the caller to fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFinished:
    """All documents of a file have been reported; ``document_ids`` absent from it are to be deleted."""

    file: FileRecord
    documents: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMet:
    """Files of this source follow."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFinished:
    """A whole root has been walked; files of the source that are not in ``paths`` have been deleted on disk."""

    source: Source
    root: str
    paths: frozenset[str]


IngestEvent = SourceMet | DocumentRead | FileUnchanged | Skipped | FileFinished | SourceFinished
