"""Edits of passages, kept beside the text of the source and applied wherever a snapshot reads the library.

An edit hides a passage or corrects its text. It holds only for the text that it was made for: when the source
changes, it follows that text to its new place in the document, or is dropped with a remark. The view ``curated``
is the table of passages as edited.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import replace
from typing import Any

from medqa.domain.document import Metadata
from medqa.domain.passage import CORRECTED
from medqa.index import codec
from medqa.index.embedding import embedding_key, embedding_text, is_chinese

# ``former`` is the source's text; ``text`` is the corrected one, NULL for a hidden passage. ``made`` is UTC, ISO 8601.
SCHEMA = """
CREATE TABLE IF NOT EXISTS edits (
    passage_id TEXT PRIMARY KEY, document_id TEXT NOT NULL, made TEXT NOT NULL, former TEXT NOT NULL,
    text TEXT, key BLOB, is_chinese INTEGER
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS curated AS
    SELECT p.rowid AS number, p.document, p.id, p.document_id, p.ordinal, coalesce(e.text, p.text) AS text,
           p.section, p.page, p.language, p.refs, coalesce(e.key, p.key) AS key,
           coalesce(e.is_chinese, p.is_chinese) AS is_chinese
    FROM passages p LEFT JOIN edits e ON e.passage_id = p.id AND e.former = p.text
    WHERE e.passage_id IS NULL OR e.text IS NOT NULL;
"""
_DOCUMENTS = "edits e JOIN documents d ON d.id = e.document_id"
_APPLIED = f"{_DOCUMENTS} JOIN passages p ON p.document = d.number AND p.id = e.passage_id AND p.text = e.former"


def put(db: sqlite3.Connection, row: tuple[Any, ...], metadata: Metadata, text: str | None, made: str) -> None:
    """Stores the edit of the passage in ``row`` (``PASSAGE_COLUMNS``), in place of an earlier one."""
    passage = codec.passage_from_row(row)
    values: tuple[Any, ...] = (None, None)
    if text is not None:
        values = (embedding_key(embedding_text(replace(passage, text=text), metadata)), is_chinese(text))
    head = (passage.id, passage.document_id, made, passage.text, text)
    db.execute("INSERT OR REPLACE INTO edits VALUES (?, ?, ?, ?, ?, ?, ?)", (*head, *values))


def settle(db: sqlite3.Connection) -> list[str]:
    """Brings edits in line with documents that have changed. A remark for each edit that had to be dropped.

    Edits of a document that is gone wait for its return.
    """
    displaced = db.execute(
        f"SELECT e.passage_id, e.document_id, e.made, e.former, e.text FROM {_DOCUMENTS}"  # noqa: S608
        f" WHERE e.passage_id NOT IN (SELECT e.passage_id FROM {_APPLIED}) ORDER BY e.passage_id"
    ).fetchall()
    db.executemany("DELETE FROM edits WHERE passage_id = ?", [edit[:1] for edit in displaced])
    remarks = [remark for edit in displaced if (remark := _follow(db, edit))]
    for passage_id, made, text in db.execute(f"SELECT e.passage_id, e.made, e.text FROM {_APPLIED}").fetchall():  # noqa: S608
        row, metadata = passage_of(db, passage_id) or (None, None)
        if row is not None and metadata is not None:  # title and section, which are embedded too, may have changed
            put(db, row, metadata, text, made)
    return remarks


def passage_of(db: sqlite3.Connection, passage_id: str) -> tuple[tuple[Any, ...], Metadata] | None:
    """A passage as the source has it (``PASSAGE_COLUMNS``) and its document's metadata, or ``None``."""
    columns = ", ".join(f"p.{name}" for name in codec.PASSAGE_COLUMNS)
    found = db.execute(
        f"SELECT d.metadata, {columns} FROM documents d JOIN passages p ON p.document = d.number"  # noqa: S608
        " WHERE d.id = ? AND p.id = ?",
        (passage_id.rpartition("#")[0], passage_id),
    ).fetchone()
    return (found[1:], codec.metadata_from_json(found[0])) if found else None


def corrected(db: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """The ids of corrected passages, by document id."""
    found: dict[str, tuple[str, ...]] = {}
    rows = f"SELECT e.document_id, e.passage_id FROM {_APPLIED} WHERE e.text IS NOT NULL ORDER BY p.ordinal"  # noqa: S608
    for document_id, passage_id in db.execute(rows):
        found[document_id] = (*found.get(document_id, ()), passage_id)
    return found


def marked(metadata: Metadata, passage_ids: tuple[str, ...]) -> Metadata:
    """The metadata, saying which passages of the document are corrected."""
    return replace(metadata, extra={**metadata.extra, CORRECTED: "\n".join(passage_ids)}) if passage_ids else metadata


def digest(db: sqlite3.Connection) -> bytes:
    """SHA-256 of all edits in force; empty when there is none."""
    rows = db.execute(f"SELECT e.passage_id, e.text FROM {_APPLIED} ORDER BY e.passage_id").fetchall()  # noqa: S608
    return hashlib.sha256(json.dumps(rows).encode()).digest() if rows else b""


def _follow(db: sqlite3.Connection, edit: tuple[str, str, str, str, str | None]) -> str | None:
    """Moves an edit to where its text now stands in the document. A remark when it stands nowhere."""
    passage_id, document_id, made, former, text = edit
    found = db.execute(
        "SELECT p.id FROM documents d JOIN passages p ON p.document = d.number"
        " WHERE d.id = ? AND p.text = ? AND p.id NOT IN (SELECT passage_id FROM edits) ORDER BY p.ordinal",
        (document_id, former),
    ).fetchone()
    place = passage_of(db, found[0]) if found else None
    if place is not None:
        put(db, *place, text, made)
        return None
    kind = "hidden" if text is None else "corrected"
    return f"{passage_id}: was {kind} on {made[:10]}; the source has changed its text, so that edit was dropped"
