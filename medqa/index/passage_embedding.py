"""Vectors of passages in the library: which are missing, of what text, and which nothing needs any more."""

from __future__ import annotations

import sqlite3

from medqa.index import codec
from medqa.index.embedding import embedding_text, reads_chinese
from medqa.protocols import Embedder

_PASSAGE = ", ".join(f"p.{name}" for name in codec.PASSAGE_COLUMNS)


def missing(db: sqlite3.Connection, embedder: Embedder) -> list[tuple[bytes, int]]:
    """Keys without a vector of this encoder, each with the number of a passage that has it."""
    return db.execute(
        "SELECT p.key, min(p.number) FROM curated p"
        " LEFT JOIN vectors v ON v.encoder = ? AND v.key = p.key"
        " WHERE v.key IS NULL AND (p.is_chinese = 0 OR ?) GROUP BY p.key",
        (embedder.id, reads_chinese(embedder)),
    ).fetchall()


def text_of(db: sqlite3.Connection, number: int) -> str:
    """The text to embed of one passage."""
    row = db.execute(
        f"SELECT d.metadata, {_PASSAGE} FROM curated p JOIN documents d ON d.number = p.document"  # noqa: S608
        " WHERE p.number = ?",
        (number,),
    ).fetchone()
    return embedding_text(codec.passage_from_row(row[1:]), codec.metadata_from_json(row[0]))


def forget_unused(db: sqlite3.Connection) -> None:
    """Drops what belongs to no passage any more, as it is in the source or as edited."""
    db.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM passages UNION SELECT key FROM curated)")
