"""The library of a home: every document taken in, its passages and their vectors, in one SQLite file.

The library changes with each ingestion; snapshots are made from it and never change. Vectors are kept by the hash
of the embedded text and by encoder, so a run that was interrupted, or one that changed a few documents, embeds
only what is new.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from medqa.domain.document import Metadata, Source, tells_otherwise
from medqa.domain.ingestion import (
    DocumentRead,
    FileFinished,
    FileRecord,
    FileUnchanged,
    IngestEvent,
    Skipped,
    SourceFinished,
    SourceMet,
)
from medqa.domain.passage import Passage
from medqa.index import codec, edits, passage_embedding, sentence_embedding
from medqa.index.embedding import Embedded, EmbeddingLine, embedding_key, embedding_text, is_chinese, reads_chinese
from medqa.index.library_file import connect, disk, locked
from medqa.index.report import IngestReport
from medqa.index.stored_vectors import StoredVectors
from medqa.protocols import Embedder

Progress = Callable[[str, int, int | None], None]
"""Called with a stage (``documents``, ``passages``, ``index``), what is done, and the total where it is known."""

_COMMIT_EVERY = 500  # documents
_PASSAGE = ", ".join(f"p.{name}" for name in codec.PASSAGE_COLUMNS)
_IN_ORDER = "FROM documents d JOIN curated p ON p.document = d.number ORDER BY d.id, p.ordinal"


class Library:
    """One writer at a time, in any process; readers never wait."""

    def __init__(self, home: Path, *, chunker_version: str) -> None:
        self._folder = home / "library"
        self.chunker_version = chunker_version
        self._db = connect(self._folder)
        self._run = 0

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def known(self, source_id: str, path: str) -> str | None:
        """SHA-256 of the file when all its documents are here as the present chunker cuts them, else ``None``."""
        found = self._db.execute(
            "SELECT sha256 FROM files WHERE source_id = ? AND path = ? AND chunker = ? AND is_finished",
            (source_id, path, self.chunker_version),
        ).fetchone()
        return found[0] if found else None

    def apply(
        self,
        events: Iterator[IngestEvent],
        embedder: Embedder,
        progress: Progress | None = None,
        *,
        dry_run: bool = False,
    ) -> IngestReport:
        """Takes in a run of ingestion, embedding in the background; a dry run counts and changes nothing.

        What is done is kept when the run is interrupted. Raises PublishConflict while another process writes.
        """
        began = time.perf_counter()
        report = IngestReport(dry_run=dry_run)
        with self._writing():
            try:
                self._run = self._begin_run()
                self._take_all(events, embedder, report, progress)
                report.warnings += edits.settle(self._db)
            except BaseException:
                self._db.execute("ROLLBACK" if dry_run else "COMMIT")
                raise
            self._db.execute("ROLLBACK" if dry_run else "COMMIT")
            if not dry_run:
                if report.changed or report.deleted:
                    self._forget_unused_vectors()
                self._embed_missing(embedder, report, progress)
        report.seconds_total = time.perf_counter() - began
        return report

    def remove_source(self, source_id: str) -> int:
        """Takes everything of a source out, its vectors too. How many documents that were.

        Raises PublishConflict while another process writes.
        """
        with self._writing():
            before = self.counts()["documents"]
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM files WHERE source_id = ?", (source_id,))
            self._db.execute("DELETE FROM sources WHERE id = ?", (source_id,))
            self._forget_unused_vectors()
            self._db.execute("COMMIT")
            return before - self.counts()["documents"]

    @contextmanager
    def frozen(
        self, embedder: Embedder, progress: Progress | None = None, *, sentences: bool = False
    ) -> Iterator[None]:
        """A view that stays as it is while others write; what this encoder has not embedded yet is embedded first."""
        with self._writing():
            self._embed_missing(embedder, IngestReport(), progress)
            if sentences:
                sentence_embedding.embed_missing(self._db, embedder, progress)
            self._db.execute("BEGIN")
            self._db.execute("SELECT 1 FROM documents LIMIT 1").fetchone()  # the view begins with the first read
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def passages(self) -> Iterator[tuple[Passage, Metadata]]:
        """Every passage as edited, in row order: by document id, then place."""
        corrected = edits.corrected(self._db)
        last_id, metadata = None, None
        for row in self._db.execute(f"SELECT d.metadata, {_PASSAGE} {_IN_ORDER}"):
            if metadata is None or row[2] != last_id:
                last_id = row[2]
                metadata = edits.marked(codec.metadata_from_json(row[0]), corrected.get(last_id, ()))
            yield codec.passage_from_row(row[1:]), metadata

    def vectors(self, embedder: Embedder) -> StoredVectors:
        """Vectors (n, dim) in row order, read as they are asked for while the view is frozen."""
        keys = [key for (key,) in self._db.execute(f"SELECT p.key {_IN_ORDER}")]
        return StoredVectors(self._db, embedder.id, keys, embedder.dimension)

    def sentences(self, embedder: Embedder) -> tuple[list[int], Iterator[bytes]]:
        """For each passage in row order the number of its embedded sentences, and their records."""
        return sentence_embedding.stored(self._db, embedder)

    def corpus_hash(self) -> str:
        """SHA-256 over ids and content of all documents and all edits: equal libraries have equal hashes."""
        digest = hashlib.sha256()
        for document_id, fingerprint in self._db.execute("SELECT id, fingerprint FROM documents ORDER BY id"):
            digest.update(document_id.encode() + b"\0" + fingerprint)
        digest.update(edits.digest(self._db))
        return digest.hexdigest()

    def sources(self) -> list[tuple[Source, int]]:
        """Every source that has documents, with their number, by id."""
        rows = self._db.execute(
            "SELECT s.source, count(*) FROM sources s JOIN files f ON f.source_id = s.id"
            " JOIN documents d ON d.file = f.number GROUP BY s.id ORDER BY s.id"
        )
        return [(codec.source_from_json(text), int(count)) for text, count in rows]

    def documents(self, source_id: str) -> Iterator[tuple[str, Metadata, int]]:
        """Id, metadata and number of passages of each document of a source, by id."""
        rows = self._db.execute(
            "SELECT d.id, d.metadata, (SELECT count(*) FROM curated p WHERE p.document = d.number)"
            " FROM documents d JOIN files f ON f.number = d.file WHERE f.source_id = ? ORDER BY d.id",
            (source_id,),
        )
        return ((str(row[0]), codec.metadata_from_json(row[1]), int(row[2])) for row in rows)

    def counts(self) -> dict[str, int]:
        """Numbers of ``documents``, ``passages`` that are not hidden, and ``files``."""
        tables = {"documents": "documents", "passages": "curated", "files": "files"}
        return {name: int(self._db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for name, t in tables.items()}  # noqa: S608

    # --- one event at a time ---

    def _take_all(
        self, events: Iterator[IngestEvent], embedder: Embedder, report: IngestReport, progress: Progress | None
    ) -> None:
        with EmbeddingLine(embedder, self._storing(embedder, report, progress)) as line:
            for event in _timed(events, report):
                if isinstance(event, DocumentRead):
                    self._take(event, report, None if report.dry_run else line, embedder)
                    self._notice(report, progress)
                else:
                    self._close_off(event, report)
            if not report.dry_run:
                line.finish()
            report.seconds_embedding += line.seconds

    def _close_off(self, event: IngestEvent, report: IngestReport) -> None:
        """Everything but a document: ends of files and sources, and what was skipped."""
        match event:
            case SourceMet(source=source):
                self._remember(source)
            case Skipped():
                report.failures.append(event)
            case FileUnchanged(file=file):
                report.files_unchanged += 1
                report.unchanged += self._keep(file)
            case FileFinished(file=file, warnings=warnings):
                report.files_read += 1
                report.warnings += [f"{file.path}: {warning}" for warning in warnings]
                report.deleted += self._finish(file)
            case SourceFinished(source=source):
                self._remember(source)
                report.deleted += self._drop_lost_files(event)

    def _remember(self, source: Source) -> None:
        """Keeps a source; where it now tells something else of its documents, all its files are to be read again."""
        held = self._db.execute("SELECT source FROM sources WHERE id = ?", (source.id,)).fetchone()
        if held and tells_otherwise(codec.source_from_json(held[0]), source):
            self._db.execute("UPDATE files SET is_finished = 0 WHERE source_id = ?", (source.id,))
        self._db.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (source.id, codec.source_to_json(source)))

    def _take(self, event: DocumentRead, report: IngestReport, line: EmbeddingLine | None, embedder: Embedder) -> None:
        document, file = event.document, self._file(event.file)
        fingerprint = _fingerprint(event)
        held = self._db.execute(
            "SELECT d.number, d.fingerprint, d.run, f.source_id FROM documents d JOIN files f ON f.number = d.file"
            " WHERE d.id = ?",
            (document.id,),
        ).fetchone()
        if held and (held[3] != event.file.source_id or held[2] == self._run):
            report.failures.append(_conflict(event, held[3]))
            return
        if held and held[1] == fingerprint:
            self._db.execute("UPDATE documents SET run = ?, file = ? WHERE number = ?", (self._run, file, held[0]))
            report.unchanged += 1
            return
        if held:
            self._db.execute("DELETE FROM documents WHERE number = ?", (held[0],))
        report.changed += bool(held)
        report.added += not held
        report.passages += len(event.passages)
        texts = [embedding_text(passage, document.metadata) for passage in event.passages]
        keys = [embedding_key(text) for text in texts]
        self._insert(event, file, fingerprint, keys)
        if line is not None:
            self._queue(zip(event.passages, keys, texts, strict=True), line, embedder)

    def _insert(self, event: DocumentRead, file: int, fingerprint: bytes, keys: Sequence[bytes]) -> None:
        document = event.document
        number = self._db.execute(
            "INSERT INTO documents (id, file, metadata, fingerprint, run) VALUES (?, ?, ?, ?, ?)",
            (document.id, file, codec.metadata_to_json(document.metadata), fingerprint, self._run),
        ).lastrowid
        rows = [
            (number, *codec.passage_to_row(passage), key, is_chinese(passage.text))
            for passage, key in zip(event.passages, keys, strict=True)
        ]
        self._db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _queue(self, cut: Iterable[tuple[Passage, bytes, str]], line: EmbeddingLine, embedder: Embedder) -> None:
        """Has every passage embedded that is not yet, of those that the encoder can read."""
        for passage, key, text in cut:
            if is_chinese(passage.text) and not reads_chinese(embedder):
                continue
            held = self._db.execute("SELECT 1 FROM vectors WHERE encoder = ? AND key = ?", (embedder.id, key))
            if held.fetchone() is None:
                line.add(key, text)

    def _file(self, file: FileRecord) -> int:
        """The file's number; it counts as unfinished until its end is reported."""
        found = self._db.execute(
            "INSERT INTO files (source_id, path, sha256, chunker, run, is_finished) VALUES (?, ?, ?, ?, ?, 0)"
            " ON CONFLICT (source_id, path) DO UPDATE SET is_finished = 0, run = excluded.run RETURNING number",
            (file.source_id, file.path, file.sha256, self.chunker_version, self._run),
        ).fetchone()
        return int(found[0])

    def _finish(self, file: FileRecord) -> int:
        """Marks the file complete and deletes its documents that did not come up again. How many."""
        number = self._file(file)
        self._db.execute(
            "UPDATE files SET sha256 = ?, chunker = ?, is_finished = 1 WHERE number = ?",
            (file.sha256, self.chunker_version, number),
        )
        return self._db.execute("DELETE FROM documents WHERE file = ? AND run <> ?", (number, self._run)).rowcount

    def _keep(self, file: FileRecord) -> int:
        """Marks an unchanged file and its documents as seen. How many documents."""
        self._db.execute(
            "UPDATE files SET run = ? WHERE source_id = ? AND path = ?", (self._run, file.source_id, file.path)
        )
        return self._db.execute(
            "UPDATE documents SET run = ? WHERE file = (SELECT number FROM files WHERE source_id = ? AND path = ?)",
            (self._run, file.source_id, file.path),
        ).rowcount

    def _drop_lost_files(self, event: SourceFinished) -> int:
        """Deletes files of this root that are gone from the disk. How many documents went with them."""
        source_id = event.source.id
        self._db.execute(
            "UPDATE files SET root = ? WHERE source_id = ? AND run = ?", (event.root, source_id, self._run)
        )
        held = self._db.execute(
            "SELECT number, path FROM files WHERE source_id = ? AND root = ?", (source_id, event.root)
        )
        lost = [(number,) for number, path in held.fetchall() if path not in event.paths]
        before = self.counts()["documents"]
        self._db.executemany("DELETE FROM files WHERE number = ?", lost)
        return before - self.counts()["documents"]

    # --- vectors ---

    def _storing(
        self, embedder: Embedder, report: IngestReport, progress: Progress | None, total: int | None = None
    ) -> Callable[[Embedded], None]:
        def store(embedded: Embedded) -> None:
            keys, vectors = embedded
            halves = vectors.astype(np.float16)
            rows = [(embedder.id, key, half.tobytes()) for key, half in zip(keys, halves, strict=True)]
            self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)
            report.embedded += len(keys)
            self._commit()
            if progress is not None:
                progress("passages", report.embedded, total)

        return store

    def _embed_missing(self, embedder: Embedder, report: IngestReport, progress: Progress | None) -> None:
        missing = passage_embedding.missing(self._db, embedder)
        if not missing:
            return
        store = self._storing(embedder, report, progress, report.embedded + len(missing))
        self._db.execute("BEGIN")
        try:
            with EmbeddingLine(embedder, store) as line:
                for key, number in missing:
                    line.add(key, passage_embedding.text_of(self._db, number))
                line.finish()
                report.seconds_embedding += line.seconds
        finally:
            self._db.execute("COMMIT")

    def _forget_unused_vectors(self) -> None:
        passage_embedding.forget_unused(self._db)
        sentence_embedding.forget_unused(self._db)

    # --- transactions ---

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Holds the library's lock; what SQLite refuses becomes HomeError."""
        with locked(self._folder):
            try:
                yield
            except sqlite3.Error as err:
                with disk(self._folder):
                    raise err

    def _begin_run(self) -> int:
        self._db.execute("BEGIN IMMEDIATE")
        return int(self._db.execute("INSERT INTO runs (began) VALUES (datetime('now')) RETURNING number").fetchone()[0])

    def _commit(self) -> None:
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")

    def _notice(self, report: IngestReport, progress: Progress | None) -> None:
        done = report.added + report.changed + report.unchanged
        if done % _COMMIT_EVERY == 0 and not report.dry_run:
            self._commit()
        if progress is not None:
            progress("documents", done, None)


def _timed(events: Iterator[IngestEvent], report: IngestReport) -> Iterator[IngestEvent]:
    """The events, with the time spent waiting for each counted as reading."""
    events = iter(events)
    while True:
        began = time.perf_counter()
        event = next(events, None)
        report.seconds_reading += time.perf_counter() - began
        if event is None:
            return
        yield event


def _fingerprint(event: DocumentRead) -> bytes:
    """Changes when anything of the document that is stored changes, its cuts included."""
    digest = hashlib.sha256(event.document.content_hash.encode())
    digest.update(codec.metadata_to_json(event.document.metadata).encode())
    for passage in event.passages:
        digest.update(repr(codec.passage_to_row(passage)).encode())
    return digest.digest()


def _conflict(event: DocumentRead, holder: str) -> Skipped:
    where = "another file of this run" if holder == event.file.source_id else f"source {holder!r}"
    return Skipped(
        path=event.file.path,
        reason="id_conflict",
        message=f"document id {event.document.id!r} is already taken by {where}: give one of them another id",
        where=event.document.id,
    )
