"""Vectors of sentences in the library: one entry for each embedded passage, kept as long as the passage."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import numpy as np

from medqa.index.embedding import reads_chinese
from medqa.index.sentence_vectors import CUT, packed, record, starts_of
from medqa.protocols import Embedder

SCHEMA = """
CREATE TABLE IF NOT EXISTS sentence_vectors (encoder TEXT NOT NULL, key BLOB NOT NULL, records BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS sentence_vector_key ON sentence_vectors (encoder, key);
"""
Progress = Callable[[str, int, int | None], None]
_BATCH = 512  # passages whose sentences are encoded and stored together; an interruption loses one batch
_STORED = (
    "documents d JOIN curated p ON p.document = d.number"
    " LEFT JOIN sentence_vectors s ON s.encoder = ? AND s.key = p.key ORDER BY d.id, p.ordinal"
)


def embed_missing(db: sqlite3.Connection, embedder: Embedder, progress: Progress | None) -> None:
    """Embeds the sentences of every passage that has none yet and that the encoder can read."""
    missing = db.execute(
        "SELECT p.key, min(p.number), length(p.text) FROM curated p"
        " LEFT JOIN sentence_vectors s ON s.encoder = ? AND s.key = p.key"
        " WHERE s.key IS NULL AND (p.is_chinese = 0 OR ?) GROUP BY p.key ORDER BY 3",
        (_maker(embedder), reads_chinese(embedder)),
    ).fetchall()
    for first in range(0, len(missing), _BATCH):
        part = missing[first : first + _BATCH]
        numbers = [number for _, number, _ in part]
        texts = dict(
            db.execute(
                f"SELECT number, text FROM curated WHERE number IN ({','.join('?' * len(numbers))})",  # noqa: S608
                numbers,
            )
        )
        records = _records(embedder, [texts[number] for number in numbers])
        rows = [(_maker(embedder), key, each) for (key, *_), each in zip(part, records, strict=True)]
        db.execute("BEGIN")
        db.executemany("INSERT OR IGNORE INTO sentence_vectors VALUES (?, ?, ?)", rows)
        db.execute("COMMIT")
        if progress is not None:
            progress("sentences", first + len(part), len(missing))


def forget_unused(db: sqlite3.Connection) -> None:
    """Drops what belongs to no passage any more, as it is in the source or as edited."""
    db.execute("DELETE FROM sentence_vectors WHERE key NOT IN (SELECT key FROM passages UNION SELECT key FROM curated)")


def stored(db: sqlite3.Connection, embedder: Embedder) -> tuple[list[int], Iterator[bytes]]:
    """For each passage in row order the number of its embedded sentences, and their records."""
    size = record(embedder.dimension).itemsize
    lengths = db.execute(f"SELECT coalesce(length(s.records), 0) FROM {_STORED}", (_maker(embedder),))  # noqa: S608
    counts = [int(length) // size for (length,) in lengths]
    rows = db.execute(f"SELECT s.records FROM {_STORED}", (_maker(embedder),))  # noqa: S608
    return counts, (records or b"" for (records,) in rows)


def _maker(embedder: Embedder) -> str:
    return f"{embedder.id}|{CUT}"


def _records(embedder: Embedder, texts: list[str]) -> Iterator[bytes]:
    """The records of each text's sentences, all encoded together."""
    cut = [starts_of(text) for text in texts]
    flat = [words for sentences in cut for _, words in sentences]
    vectors = embedder.encode(flat) if flat else np.zeros((0, embedder.dimension), np.float32)
    at = 0
    for sentences in cut:
        mine = vectors[at : at + len(sentences)]
        at += len(sentences)
        yield packed([start for start, _ in sentences], mine).tobytes()
