"""Documents that people attach to a conversation: read in the sandbox, kept in memory, gone after a while.

An upload is seen only by whoever knows its id, which cannot be guessed. It is in no library and no snapshot.
"""

from __future__ import annotations

import re
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.domain.attached import SOURCE_ID
from medqa.domain.document import UNVOUCHED
from medqa.domain.text import cleaned
from medqa.errors import Overloaded, UsageError
from medqa.wiring import parts

if TYPE_CHECKING:
    from medqa.domain.document import Metadata
    from medqa.domain.passage import Passage
    from medqa.protocols import Embedder, Retriever
    from medqa.settings import Settings

OWN = {"en": "Your own document", "zh": "您上传的文件"}
"""What stands as its publisher in a citation."""

MOST_AT_ONCE = 3
"""Uploads that one question may draw on."""

KINDS = frozenset({".txt", ".md", ".markdown", ".pdf", ".docx", ".html", ".htm"})
"""Endings of files that can be attached."""

_MOST_PASSAGES = 400
_READING_S = 20.0
_LONGEST_NAME = 80
_READ_AS = "document"
_UNKNOWN = "an attached document is no longer here: attach it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An attached document. ``id`` is its only key; ``expires`` moves on whenever it is used."""

    id: str
    name: str
    passages: int
    characters: int
    warnings: tuple[str, ...]
    expires: datetime


@dataclass(slots=True)
class _Held:
    upload: Upload
    retriever: Retriever
    dies_at: float = field(default=0.0)


class Uploads:
    """All attached documents of a running server. ``clock`` tells seconds that never go back."""

    def __init__(self, settings: Settings, embedder: Embedder, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._embedder, self._clock = settings, embedder, clock
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._reading = threading.Semaphore(2)

    def __len__(self) -> int:
        self.sweep()
        return len(self._held)

    def add(self, name: str, data: bytes) -> Upload:
        """Reads a document and keeps it. Blocks for seconds: call it on a thread.

        Raises UsageError for a file that is too large, of another kind or unreadable, Overloaded without room.
        """
        shown = file_name(name)
        suffix = Path(shown).suffix.lower()
        if suffix not in KINDS:
            raise UsageError(
                "attach a .txt, .md, .pdf, .docx or .html file", field="file", code="unsupported_media_type"
            )
        if len(data) > self._settings.upload_max_mb << 20:
            message = f"the file is larger than {self._settings.upload_max_mb} MB"
            facts = {"limit": self._settings.upload_max_mb}
            raise UsageError(message, field="file", code="too_long", facts=facts)
        if len(self) >= self._settings.uploads_held:
            raise Overloaded("too many documents are attached at the moment; try again soon", retry_after_s=60)
        with self._reading:
            passages, warnings = self._read(shown, suffix, data)
            return self._keep(shown, passages, warnings)

    def retrievers(self, ids: Sequence[str]) -> list[Retriever]:
        """What searches these uploads; they live on. Raises UsageError for one that is unknown or gone."""
        if len(ids) > MOST_AT_ONCE:
            message = f"at most {MOST_AT_ONCE} attached documents at once"
            raise UsageError(message, field="uploads", code="too_long", facts={"limit": MOST_AT_ONCE})
        self.sweep()
        with self._lock:
            held = [self._held.get(each) for each in dict.fromkeys(ids)]
            if not all(held):
                raise UsageError(_UNKNOWN, field="uploads", code="unknown_upload")
            for each in held:
                assert each is not None
                self._renew(each)
            return [each.retriever for each in held if each is not None]

    def discard(self, upload_id: str) -> bool:
        """Forgets an upload. Whether it was there."""
        with self._lock:
            return self._held.pop(upload_id, None) is not None

    def sweep(self) -> None:
        """Forgets what nobody has used for a while."""
        now = self._clock()
        with self._lock:
            for each in [key for key, held in self._held.items() if held.dies_at <= now]:
                del self._held[each]

    def _renew(self, held: _Held) -> None:
        seconds = self._settings.upload_minutes * 60
        held.dies_at = self._clock() + seconds
        held.upload = replace(held.upload, expires=datetime.now(UTC) + timedelta(seconds=seconds))

    def _read(self, name: str, suffix: str, data: bytes) -> tuple[list[tuple[Passage, Metadata]], list[str]]:
        """The passages of a file, under names that say nothing about its id."""
        from medqa.domain.ingestion import DocumentRead, FileFinished, Skipped
        from medqa.ingest.run import IngestOptions, ingest

        options = IngestOptions(
            source_id=SOURCE_ID,
            workers=1,
            memory_mb=self._settings.parse_memory_mb,
            seconds=min(_READING_S, self._settings.parse_seconds),
            max_file_mb=self._settings.upload_max_mb,
        )
        document_id = f"{SOURCE_ID}-{secrets.token_hex(4)}"
        passages: list[tuple[Passage, Metadata]] = []
        warnings: list[str] = []
        with tempfile.TemporaryDirectory(
            prefix="medqa-upload-"
        ) as folder:  # for the parser's process; only we may look
            path = Path(folder) / f"{_READ_AS}{suffix}"
            path.write_bytes(data)
            for event in ingest([path], options=options, chunker=parts.chunker(self._settings), known=lambda *_: None):
                match event:
                    case Skipped():
                        code = "empty" if event.reason == "empty" else "unreadable"
                        raise UsageError(f"the file cannot be read: {event.message}", field="file", code=code)
                    case FileFinished():
                        warnings += [warning.replace(f"{SOURCE_ID}/{_READ_AS}", name) for warning in event.warnings]
                    case DocumentRead():
                        metadata = _own(event.document.metadata, name)
                        cut = event.passages[: _MOST_PASSAGES - len(passages)]
                        passages += [(_renamed(passage, document_id), metadata) for passage in cut]
                        if len(cut) < len(event.passages):
                            warnings.append("the file is long: only its first part can be searched")
        if not passages:
            raise UsageError("the file holds no text that can be read", field="file", code="empty")
        return passages, warnings

    def _keep(self, name: str, passages: list[tuple[Passage, Metadata]], warnings: list[str]) -> Upload:
        from medqa.retrieve.in_memory import InMemory

        upload = Upload(
            id=secrets.token_urlsafe(32),
            name=name,
            passages=len(passages),
            characters=sum(len(passage.text) for passage, _ in passages),
            warnings=tuple(warnings),
            expires=datetime.now(UTC),
        )
        held = _Held(upload, InMemory(passages, self._embedder))
        with self._lock:
            self._renew(held)
            self._held[upload.id] = held
            return held.upload


def file_name(name: str) -> str:
    """The last part of a name, as it may be shown."""
    last = re.split(r"[\\/]", cleaned(name))[-1].strip().replace("\n", " ")
    stem, dot, suffix = last.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{suffix[:10]}" if dot else last[:_LONGEST_NAME]


def _own(metadata: Metadata, name: str) -> Metadata:
    language = "zh" if (metadata.language or "").startswith("zh") else "en"
    return replace(
        metadata,
        title=name,
        source_id=SOURCE_ID,
        source=OWN[language],
        url=None,
        aliases=() if metadata.title == _READ_AS else (metadata.title,),  # its first line: a label names its medicine
        clinically_reviewed=None,
        publication_type=None,
        evidence_level=None,
        extra={name: value for name, value in metadata.extra.items() if name != UNVOUCHED},
    )


def _renamed(passage: Passage, document_id: str) -> Passage:
    return replace(passage, id=f"{document_id}#{passage.ordinal}", document_id=document_id)
