"""Curating a home: its passages as they were cut, edits, what a query makes of a document, and publishing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from medqa.registry import load
from medqa.wiring import auditing, parts

if TYPE_CHECKING:
    from medqa.domain.conversation import Question
    from medqa.domain.passage import Hit
    from medqa.index.curation import Curation
    from medqa.settings import Settings
    from medqa.wiring.application import Application

DEPTH = 100
"""How far down the ranking of the whole library a trial looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a passage of a document stands for a query.

    ``hit`` ranks it among the passages of its document; ``rank_in_library`` counts from 1 over all documents,
    ``None`` beyond the first ``DEPTH``.
    """

    hit: Hit
    rank_in_library: int | None


@contextlib.contextmanager
def curation(settings: Settings) -> Iterator[Curation]:
    """The passages of a home, open for looking and editing. Raises HomeError."""
    from medqa.index.curation import Curation

    def edited(action: str, passage_id: str) -> None:
        auditing.note(settings, "edited", passage_id, edit=action)

    with contextlib.closing(Curation(settings.home, on_edit=edited)) as opened:
        yield opened


def try_query(application: Application, document_id: str, question: Question) -> list[Standing]:
    """The document's passages that the published snapshot finds for a question, best first."""
    factory = load("medqa.retrieve.retrievers", application.settings.retriever)
    retriever = factory(application.snapshot, application.embedder, passages_per_document=DEPTH)
    query = application.understanding.understand(question)
    overall = {hit.passage.id: hit.rank for hit in retriever.retrieve(query, DEPTH)}
    within = replace(query, filters=(*query.filters, ("document_id", (document_id,))))
    hits = retriever.retrieve(within, DEPTH)
    return [Standing(hit=hit, rank_in_library=overall.get(hit.passage.id)) for hit in hits]


def is_published(application: Application) -> bool:
    """Whether the snapshot in use holds the library as it is now, edits included."""
    with contextlib.closing(parts.library(application.settings)) as library:
        return library.corpus_hash() == application.snapshot.manifest["corpus_sha256"]


def publish(application: Application) -> str:
    """Makes a snapshot of the library with its edits and answers from it. Returns its id.

    Raises PublishConflict while another process publishes, HomeError when the disk refuses.
    """
    settings = application.settings
    with contextlib.closing(parts.library(settings)) as library:
        snapshot_id = parts.snapshots(settings).build(library, application.embedder)
    application.refresh()
    return snapshot_id
