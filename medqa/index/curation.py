"""What an administrator sees and does in the library: how a document was cut, and edits of its passages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.domain.text import cleaned
from medqa.errors import UsageError
from medqa.index import codec, edits
from medqa.index.library_file import connect, disk, locked

LONGEST_CHARS = 4_000
"""Longest corrected text: about what an encoder still reads."""

State = Literal["as_cut", "hidden", "corrected"]
_PASSAGE = ", ".join(f"p.{name}" for name in codec.PASSAGE_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """``text`` is the corrected text, ``None`` for a hidden passage. ``made`` is UTC, ISO 8601."""

    made: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPassage:
    """A passage as the source has it, and what an administrator has made of it."""

    passage: Passage
    edit: Edit | None = None

    @property
    def state(self) -> State:
        """What the next snapshot makes of it."""
        if self.edit is None:
            return "as_cut"
        return "hidden" if self.edit.text is None else "corrected"

    @property
    def text(self) -> str:
        """The text as corrected, else as the source has it; a hidden passage keeps its own."""
        return self.edit.text if self.edit and self.edit.text is not None else self.passage.text


@dataclass(frozen=True, slots=True, kw_only=True)
class CutDocument:
    """A document and its passages in order."""

    id: str
    metadata: Metadata
    passages: tuple[CutPassage, ...]


class Curation:
    """Looks into a home's library and edits it. Edits reach readers with the next snapshot.

    ``on_edit`` is told ``hidden``, ``corrected`` or ``restored`` and the passage's id, afterwards.
    """

    def __init__(self, home: Path, *, on_edit: Callable[[str, str], None] = lambda action, passage_id: None) -> None:
        self._on_edit = on_edit
        self._folder = home / "library"
        self._db = connect(self._folder)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def find(self, words: str, limit: int = 20) -> list[tuple[str, str]]:
        """Id and title of documents whose id and title hold every word, the shortest id first."""
        wanted = words.lower().split()
        holds = " AND ".join(
            ["instr(lower(id || ' ' || coalesce(json_extract(metadata, '$.title'), '')), ?)"] * len(wanted)
        )
        rows = self._read(
            "SELECT id, coalesce(json_extract(metadata, '$.title'), '') FROM documents"  # noqa: S608
            f" WHERE {holds or '1'} ORDER BY length(id), id LIMIT ?",
            (*wanted, limit),
        )
        return [(str(row[0]), str(row[1])) for row in rows]

    def document(self, document_id: str) -> CutDocument:
        """How a document was cut, edits beside it. Raises UsageError when the library does not hold it."""
        rows = self._read(
            f"SELECT d.metadata, e.made, e.text, {_PASSAGE} FROM documents d"  # noqa: S608
            " LEFT JOIN passages p ON p.document = d.number"
            " LEFT JOIN edits e ON e.passage_id = p.id AND e.former = p.text WHERE d.id = ? ORDER BY p.ordinal",
            (document_id,),
        )
        if not rows:
            raise UsageError(f"the library holds no document {document_id!r}", field="document_id", code="not_found")
        passages = tuple(_cut_passage(row) for row in rows if row[3] is not None)
        return CutDocument(id=document_id, metadata=codec.metadata_from_json(rows[0][0]), passages=passages)

    def hide(self, passage_id: str) -> None:
        """Leaves the passage out of snapshots to come. Raises UsageError when there is none of this id."""
        with self._editing():
            row, metadata = self._passage(passage_id)
            edits.put(self._db, row, metadata, None, _now())
        self._on_edit("hidden", passage_id)

    def correct(self, passage_id: str, text: str) -> None:
        """Puts another text in the place of the source's. Raises UsageError for one that cannot stand there."""
        fresh = cleaned(text)
        if not fresh:
            raise UsageError("the corrected text is empty: hide the passage instead", field="correction", code="empty")
        if len(fresh) > LONGEST_CHARS:
            message = f"the corrected text has {len(fresh):,} characters: at most {LONGEST_CHARS:,}"
            facts = {"size": f"{len(fresh):,}", "limit": f"{LONGEST_CHARS:,}"}
            raise UsageError(message, field="correction", code="too_long", facts=facts)
        with self._editing():
            row, metadata = self._passage(passage_id)
            if fresh == codec.passage_from_row(row).text:
                message = "this is the source's own text: restore the passage instead"
                raise UsageError(message, field="correction", code="unchanged")
            edits.put(self._db, row, metadata, fresh, _now())
        self._on_edit("corrected", passage_id)

    def restore(self, passage_id: str) -> None:
        """Takes the source's own text again. Raises UsageError when the passage is not edited."""
        with self._editing():
            if not self._db.execute("DELETE FROM edits WHERE passage_id = ?", (passage_id,)).rowcount:
                raise UsageError(f"passage {passage_id!r} is not edited", field="passage_id", code="unchanged")
        self._on_edit("restored", passage_id)

    def _passage(self, passage_id: str) -> tuple[tuple[Any, ...], Metadata]:
        found = edits.passage_of(self._db, passage_id)
        if found is None:
            raise UsageError(f"the library holds no passage {passage_id!r}", field="passage_id", code="not_found")
        return found

    def _read(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with disk(self._folder):
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _editing(self) -> Iterator[sqlite3.Connection]:
        """Holds the library's lock. Raises PublishConflict while an ingestion is at work, HomeError."""
        with locked(self._folder), disk(self._folder):
            yield self._db


def _cut_passage(row: tuple[Any, ...]) -> CutPassage:
    edit = Edit(made=row[1], text=row[2]) if row[1] is not None else None
    return CutPassage(passage=codec.passage_from_row(row[3:]), edit=edit)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
