"""Changing what an installation knows: ingest, build, verify, roll back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.errors import IngestError
from medqa.wiring import auditing, parts

if TYPE_CHECKING:
    from medqa.domain.ingestion import IngestEvent
    from medqa.index.report import IngestReport
    from medqa.ingest.run import IngestOptions
    from medqa.protocols import Embedder
    from medqa.settings import Settings

Progress = Callable[[str, int, int | None], None]
"""Called with a stage (``documents``, ``passages``, ``index``), what is done, and the total where it is known."""

STARTER = "medqa-starter"


def ingest(
    settings: Settings,
    paths: Sequence[Path],
    *,
    source_id: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> tuple[IngestReport, str | None]:
    """Takes files and folders into the library and publishes a snapshot: the report, and the snapshot's id.

    The id is ``None`` for a dry run, and where a new home got no document at all: it stays as new.
    Raises IngestError when a path does not exist, HomeError, PublishConflict.
    """
    encoder = parts.embedder(settings)
    return _ingest(settings, encoder, paths, source_id=source_id, dry_run=dry_run, progress=progress)


def build_index(settings: Settings, progress: Progress | None = None, *, force: bool = False) -> str:
    """Brings the starter articles up to date where they are part of this home, and publishes the library.

    A home that holds nothing yet gets the starter articles. Returns the published snapshot's id.
    """
    encoder = parts.embedder(settings)
    with contextlib.closing(parts.library(settings)) as library:
        held = {source.id for source, _ in library.sources()}
    if not held or STARTER in held:
        _, snapshot_id = _ingest(settings, encoder, [starter_folder()], progress=progress, force=force)
        assert snapshot_id is not None
        return snapshot_id
    with contextlib.closing(parts.library(settings)) as library:
        return parts.snapshots(settings).build(library, encoder, progress, force=force)


def ensure_index(settings: Settings, encoder: Embedder, progress: Progress | None = None) -> None:
    """Builds an index when the home has none: of the library, or of the starter articles when that is empty."""
    store = parts.snapshots(settings)
    if store.ids():
        return
    with contextlib.closing(parts.library(settings)) as library:
        if library.counts()["documents"]:
            store.build(library, encoder, progress)
            return
    _ingest(settings, encoder, [starter_folder()], progress=progress)


def starter_is_stale(settings: Settings) -> bool:
    """Whether this home holds starter articles, or a description of them, that differ from the shipped ones."""
    from medqa.domain.document import tells_otherwise
    from medqa.domain.ingestion import FileUnchanged, SourceFinished, SourceMet
    from medqa.ingest.run import ingest as read

    with contextlib.closing(parts.library(settings)) as library:
        held = {source.id: source for source, _ in library.sources()}
        if STARTER not in held:
            return False
        events = read(
            [starter_folder()], options=_options(settings), chunker=parts.chunker(settings), known=library.known
        )
        return any(
            tells_otherwise(held[STARTER], event.source)
            if isinstance(event, SourceMet)
            else not isinstance(event, FileUnchanged | SourceFinished)
            for event in events
        )


def starter_folder() -> Path:
    """The shipped starter articles."""
    return parts.shipped("knowledge_base") / STARTER


def _ingest(  # noqa: PLR0913 - the whole of one run
    settings: Settings,
    encoder: Embedder,
    paths: Sequence[Path],
    *,
    source_id: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    force: bool = False,
) -> tuple[IngestReport, str | None]:
    from medqa.ingest.run import ingest as read

    for path in paths:
        if not path.exists():
            raise IngestError(f"{path} does not exist: name a file or a folder")
    with contextlib.closing(parts.library(settings)) as library:
        events = read(
            paths, options=_options(settings, source_id), chunker=parts.chunker(settings), known=library.known
        )
        met: list[str] = []
        report = library.apply(_noting(events, met), encoder, progress, dry_run=dry_run)
        if report.has_changes and not dry_run:
            counts = {"added": report.added, "changed": report.changed, "deleted": report.deleted}
            auditing.note(settings, "ingested", ", ".join(met), documents=counts)
        if dry_run or not (library.counts()["documents"] or parts.snapshots(settings).ids()):
            return report, None
        return report, parts.snapshots(settings).build(library, encoder, progress, force=force)


def _noting(events: Iterable[IngestEvent], met: list[str]) -> Iterator[IngestEvent]:
    """The events; the ids of the sources that go by are added to ``met``."""
    from medqa.domain.ingestion import SourceMet

    for event in events:
        if isinstance(event, SourceMet):
            met.append(event.source.id)
        yield event


def _options(settings: Settings, source_id: str | None = None) -> IngestOptions:
    from medqa.ingest.run import IngestOptions

    return IngestOptions(
        source_id=source_id,
        workers=settings.ingest_workers,
        memory_mb=settings.parse_memory_mb,
        seconds=settings.parse_seconds,
        max_file_mb=settings.max_file_mb,
    )
