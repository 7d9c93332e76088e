"""From what a parser finds in one file to events: ids, languages, hashes, passages, duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from medqa.domain.document import Document, Source
from medqa.domain.ingestion import (
    DocumentRead,
    FileFinished,
    FileRecord,
    IngestEvent,
    ParsedItem,
    Reason,
    Remark,
    Skipped,
)
from medqa.errors import ParseError
from medqa.ingest.identity import DigestSet, completed, digest64, paired, text_digest
from medqa.ingest.sandbox import Worker
from medqa.ingest.suspicion import FloodGauge, Suspicions, is_vouched
from medqa.ingest.walk import FoundFile
from medqa.protocols import Chunker, Parser


@dataclass(slots=True, kw_only=True)
class Reading:
    """A file that is being read. ``worker`` is the process that reads it, if it is not read in this one."""

    found: FoundFile
    record: FileRecord
    source: Source
    parser: Parser
    document_id: str
    worker: Worker | None = None
    warnings: list[str] = field(default_factory=list)
    documents: int = 0
    duplicates: int = 0
    suspicions: Suspicions = field(default_factory=Suspicions)

    def items(self) -> Iterator[ParsedItem]:
        """What the parser finds. Raises ParseError."""
        if self.worker is not None:
            return self.worker.items()
        return self.parser.parse(self.found.path, self.source)


@dataclass(frozen=True, slots=True)
class _First:
    """Where a text was met first."""

    document_id: str
    sha256: str


class Reader:
    """Turns files into events and remembers, across files, the ids and texts that it has met."""

    def __init__(self, chunker: Chunker) -> None:
        self._chunker = chunker
        self._ids = DigestSet()
        self._row_texts = DigestSet()
        self._texts: dict[tuple[str, int], _First] = {}
        self._floods: dict[str, FloodGauge] = {}

    def events(self, reading: Reading) -> Iterator[IngestEvent]:
        """The documents and bad records of the file, then ``FileFinished``, or ``Skipped`` when it cannot be read.

        A file that breaks off keeps the documents before the break, and is tried again on the next run.
        """
        held: Document | None = None
        try:
            for item in reading.items():
                match item:
                    case Remark():
                        reading.warnings.append(item.message)
                    case Skipped():
                        yield replace(item, path=reading.record.path)
                    case Document():
                        if reading.documents or held or reading.parser.is_corpus:
                            yield from self._document(held, reading)
                            yield from self._document(item, reading)
                            held = None
                        else:
                            held = item
        except ParseError as err:
            yield from self._document(held, reading)
            yield _skipped(reading, err)
            return
        except OSError as err:
            yield _skipped(reading, ParseError(f"cannot be read: {err.strerror}", reason="unreadable"))
            return
        yield from self._single(held, reading) if held else self._finished(reading)

    def _single(self, document: Document, reading: Reading) -> Iterator[IngestEvent]:
        """A file with one document: left out when another file of the source has the same text.

        Its record then names the other file too, so that it is read again once that one is gone.
        """
        mine = _First(reading.document_id + document.id, reading.record.sha256)
        first = self._texts.setdefault((reading.source.id, text_digest(document)), mine)
        if first == mine:
            yield from self._document(document, reading)
            yield from self._finished(reading)
            return
        yield Skipped(path=reading.record.path, reason="duplicate", message=f"has the same text as {first.document_id}")
        record = replace(reading.record, sha256=paired(reading.record.sha256, first.sha256))
        yield FileFinished(file=record, documents=0, warnings=tuple(reading.warnings))

    def _document(self, found: Document | None, reading: Reading) -> Iterator[IngestEvent]:
        if found is None:
            return
        document_id = found.id if reading.parser.is_corpus else reading.document_id + found.id
        if not self._ids.add(digest64(document_id)):
            message = f"the id {document_id} has been read before in this run"
            yield Skipped(path=reading.record.path, reason="id_conflict", message=message, where=document_id)
            return
        if reading.parser.is_corpus or reading.documents:
            reading.duplicates += not self._row_texts.add(text_digest(found))
        document = completed(reading.suspicions.examine(found, document_id, reading.source), document_id)
        passages = self._chunker.cut(document)
        self._flood(reading).add(document, passages)
        reading.documents += 1
        yield DocumentRead(file=reading.record, document=document, passages=passages)

    def _flood(self, reading: Reading) -> FloodGauge:
        source = reading.source
        if source.id not in self._floods:
            self._floods[source.id] = FloodGauge(across_titles=not is_vouched(source))
        return self._floods[source.id]

    def _finished(self, reading: Reading) -> Iterator[IngestEvent]:
        if reading.duplicates:
            reading.warnings.append(f"{reading.duplicates} documents repeat the text of another one; all are kept")
        reading.warnings += [*reading.suspicions.warnings(), *self._flood(reading).warnings()]
        yield FileFinished(file=reading.record, documents=reading.documents, warnings=tuple(reading.warnings))


def _skipped(reading: Reading, err: ParseError) -> Skipped:
    reason: Reason = err.reason  # type: ignore[assignment]
    where = f"after {reading.documents} documents" if reading.documents else None
    return Skipped(path=reading.record.path, reason=reason, message=str(err), where=where)
