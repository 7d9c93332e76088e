"""Documents as ingestion reads them: metadata, then blocks of text in reading order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from medqa.domain.attached import SOURCE_ID as ATTACHED

UNVOUCHED = "unvouched"
"""Key in ``Metadata.extra`` of a document whose source has no manifest that names its publisher: nobody stands for
it, whatever it says of itself. Set by ingestion, never by the document."""

SUPERSEDED_BY = "superseded_by"
"""Key in ``Metadata.extra`` of a document that has been replaced; its value names the successor."""

BlockKind = Literal["paragraph", "list_item", "table_row", "code", "caption"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A body of documents with one publisher and licence: one folder of ``knowledge_base/``."""

    id: str
    title: str
    publisher: str = ""
    licence: str = ""
    url: str | None = None
    publication_type: str | None = None
    evidence_level: str | None = None
    clinically_reviewed: bool | None = None
    retrieved: str | None = None


def tells_otherwise(before: Source, after: Source) -> bool:
    """Whether a source's description changed in anything but the day on which it was fetched.

    Documents take their publisher, licence and standing from it, so that they are then to be read again.
    """
    return replace(before, retrieved=None) != replace(after, retrieved=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known about a document. ``None`` means unknown, never a guess.

    ``source`` is the publisher as shown to a reader. ``published`` and ``review_by`` are ISO dates
    or their beginning (``2024``, ``2024-05``). ``audience`` is ``patient`` or ``clinician``.
    """

    title: str
    source_id: str
    source: str
    language: str | None = None
    url: str | None = None
    licence: str | None = None
    published: str | None = None
    review_by: str | None = None
    publication_type: str | None = None
    evidence_level: str | None = None
    audience: str | None = None
    pmid: str | None = None
    doi: str | None = None
    retracted: bool = False
    clinically_reviewed: bool | None = None
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_attached(self) -> bool:
        """Whether it is a document that the person asking has attached."""
        return self.source_id == ATTACHED

    @property
    def year(self) -> int | None:
        """The year of ``published``, or ``None``."""
        head = (self.published or "")[:4]
        return int(head) if head.isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, list item or table row, with its place in the document.

    ``section`` is the path of headings above it. ``page`` counts from 1. ``references`` are keys into
    ``Document.references``: the guidance that this text rests on.
    """

    text: str
    kind: BlockKind = "paragraph"
    section: tuple[str, ...] = ()
    page: int | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One readable document. ``content_hash`` is the SHA-256 of its metadata and text."""

    id: str
    metadata: Metadata
    blocks: tuple[Block, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    content_hash: str = ""
