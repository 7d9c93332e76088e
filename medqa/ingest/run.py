"""A run of ingestion: files in, events out, one at a time, in the same order every time.

What the consumer has committed is safe: stop a run anywhere and the next one goes on, since a file counts as done only
when its ``FileFinished`` has been seen.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from medqa.domain.document import Source
from medqa.domain.ingestion import FileRecord, FileUnchanged, IngestEvent, Skipped, SourceFinished, SourceMet
from medqa.errors import ParseError
from medqa.ingest.formats import choose_parser
from medqa.ingest.identity import file_id, file_sha256, paired
from medqa.ingest.reading import Reader, Reading
from medqa.ingest.sandbox import Limits, WorkerPool
from medqa.ingest.walk import FoundFile, Root, roots, walk
from medqa.protocols import Chunker

Known = Callable[[str, str], str | None]
_MOST_WORKERS = 16
_WINDOW = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """How to ingest. ``source_id`` names the source of folders without a manifest; ``workers`` 0 is one a core.

    ``memory_mb`` and ``seconds`` are what reading one file may take. ``max_file_mb`` does not hold for corpora.
    """

    source_id: str | None = None
    workers: int = 0
    memory_mb: int = 1024
    seconds: float = 60.0
    max_file_mb: int = 200


def ingest(paths: Sequence[Path], *, options: IngestOptions, chunker: Chunker, known: Known) -> Iterator[IngestEvent]:
    """Events of reading the files and folders, sorted by source and path.

    ``known(source_id, path)`` is the ``FileRecord.sha256`` of a file's last ``FileFinished``, or ``None``: a file
    with the same bytes is not parsed again. It is asked after ``SourceMet``, so that a consumer who is told something
    new of a source may have all its files read anew. A folder ends with ``SourceFinished``; a single file does not.
    Raises UsageError for a path that does not exist and IngestError for a bad manifest, before anything is read.
    """
    found = roots(paths, options.source_id)
    return _Run(options, chunker, known).events(found)


class _Run:
    """What one run knows: its limits, its parser processes, and what it has already met."""

    def __init__(self, options: IngestOptions, chunker: Chunker, known: Known) -> None:
        self._options = options
        self._known = known
        self._size = options.workers or min(_cores(), _MOST_WORKERS)
        self._limits = Limits(memory_mb=options.memory_mb, seconds=options.seconds)
        self._pool: WorkerPool | None = None
        self._reader = Reader(chunker)
        self._busy = 0

    def events(self, found: list[Root]) -> Iterator[IngestEvent]:
        """Everything, source by source."""
        try:
            by_source = sorted(found, key=lambda root: root.manifest.source.id)
            for _, group in groupby(by_source, key=lambda root: root.manifest.source.id):
                yield from self._source(list(group))
        finally:
            if self._pool:
                self._pool.close()

    def _source(self, group: list[Root]) -> Iterator[IngestEvent]:
        """All roots of one source. Files are handed to parsers ahead of the one whose documents are reported."""
        yield SourceMet(source=group[0].manifest.source)
        met = _Met()
        window: deque[Skipped | FileUnchanged | Reading] = deque()
        for root in group:
            for item in walk(root):
                window.append(item if isinstance(item, Skipped) else self._begin(item, root.manifest.source, met))
                while self._busy >= self._size or len(window) > _WINDOW:
                    yield from self._report(window.popleft())
        while window:
            yield from self._report(window.popleft())
        folders = [root for root in group if root.is_folder]
        if folders and (met.paths or not all(root.inner for root in folders)):
            yield SourceFinished(source=group[0].manifest.source, root=str(folders[0].path), paths=frozenset(met.paths))

    def _begin(self, found: FoundFile, source: Source, met: _Met) -> Skipped | FileUnchanged | Reading:
        """Decides what is to be done with a file, and gives it to a parser if it is to be read."""
        met.paths.add(found.relative)
        try:
            parser, remark = choose_parser(found.path, found.relative)
            if found.size > self._options.max_file_mb << 20 and not parser.is_corpus:
                raise ParseError(f"is larger than {self._options.max_file_mb} MB", reason="too_large")
            sha256 = _hashed(found.path)
        except ParseError as err:
            return Skipped(path=found.relative, reason=err.reason, message=str(err))  # type: ignore[arg-type]
        record = FileRecord(source_id=source.id, path=found.relative, sha256=sha256, size=found.size)
        if (first := met.files.setdefault(sha256, found.relative)) != found.relative:
            met.paths.discard(found.relative)
            return Skipped(path=found.relative, reason="duplicate", message=f"has the same bytes as {first}")
        document_id = met.claim(file_id(source.id, found.relative), found.relative)
        before = self._known(source.id, found.relative)
        if before and (before == sha256 or paired(before, sha256) in met.files):
            return FileUnchanged(file=replace(record, sha256=before))
        reading = Reading(found=found, record=record, source=source, parser=parser, document_id=document_id)
        if remark:
            reading.warnings.append(remark)
        if not parser.is_corpus:
            self._hand_over(reading)
        return reading

    def _hand_over(self, reading: Reading) -> None:
        self._pool = self._pool or WorkerPool(self._size, self._limits)
        reading.worker = self._pool.take()
        self._busy += 1
        reading.worker.submit(reading.found.path, reading.parser.name, reading.source)

    def _report(self, step: Skipped | FileUnchanged | Reading) -> Iterator[IngestEvent]:
        if not isinstance(step, Reading):
            yield step
            return
        yield from self._reader.events(step)
        if step.worker and self._pool:
            self._pool.give_back(step.worker)
            self._busy -= 1


class _Met:
    """What the run has met of one source: paths that stay, bytes by hash, ids of files."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.files: dict[str, str] = {}
        self._ids: set[str] = set()

    def claim(self, document_id: str, relative: str) -> str:
        """The id, with the suffix of the file when another file differs from it in nothing else."""
        if document_id in self._ids:
            document_id += Path(relative).suffix
        self._ids.add(document_id)
        return document_id


def _hashed(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as err:
        raise ParseError(f"cannot be read: {err.strerror}", reason="unreadable") from err


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
