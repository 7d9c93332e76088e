"""What the library holds of one source, counted: for people who must know how old and how sound it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from medqa.domain.document import Metadata, Source

_MOST_NAMED = 1_000
_UNKNOWN = "unknown"


@dataclass(slots=True, kw_only=True)
class Holdings:
    """Counts are of documents. ``stale`` ones have a ``review_by`` that has passed.

    ``unreviewed`` ones are declared not to have been clinically reviewed; of others it may not be known.
    ``first`` and ``last`` are the range of ``published``; ``undated`` have none. ``stale_documents`` and
    ``retracted_documents`` are titles by document id, the first thousand of each.
    """

    source: Source
    documents: int = 0
    passages: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    publication_types: Counter[str] = field(default_factory=Counter)
    audiences: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    first: str | None = None
    last: str | None = None
    undated: int = 0
    stale: int = 0
    retracted: int = 0
    unreviewed: int = 0
    stale_documents: dict[str, str] = field(default_factory=dict)
    retracted_documents: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, the most frequent first, years in order."""
        values = asdict(self)
        for name in ("languages", "licences", "publication_types", "audiences"):
            values[name] = dict(getattr(self, name).most_common())
        values["years"] = dict(sorted(self.years.items()))
        return values


def holdings_of(source: Source, documents: Iterable[tuple[str, Metadata, int]], *, today: date) -> Holdings:
    """The counts over ``(document id, metadata, number of passages)``."""
    held = Holdings(source=source)
    for document_id, metadata, passages in documents:
        held.documents += 1
        held.passages += passages
        held.languages[metadata.language or _UNKNOWN] += 1
        held.licences[metadata.licence or _UNKNOWN] += 1
        held.publication_types.update((metadata.publication_type or _UNKNOWN).split("; "))
        held.audiences[metadata.audience or "any"] += 1
        held.unreviewed += metadata.clinically_reviewed is False
        _count_date(held, metadata.published)
        if is_stale(metadata, today):
            held.stale += 1
            _name(held.stale_documents, document_id, metadata.title)
        if metadata.retracted:
            held.retracted += 1
            _name(held.retracted_documents, document_id, metadata.title)
    return held


def is_stale(metadata: Metadata, today: date) -> bool:
    """Whether the document should have been reviewed by now; a month or a year counts to its end."""
    due = metadata.review_by
    return due is not None and due < today.isoformat()[: len(due)]


def _count_date(held: Holdings, published: str | None) -> None:
    if not published:
        held.undated += 1
        return
    held.years[published[:4]] += 1
    held.first = min(held.first or published, published)
    held.last = max(held.last or published, published)


def _name(documents: dict[str, str], document_id: str, title: str) -> None:
    if len(documents) < _MOST_NAMED:
        documents[document_id] = title
