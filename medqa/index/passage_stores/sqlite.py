"""Passages and their documents' metadata in one SQLite file, opened read-only.

One connection serves all threads under a lock: a fetch takes about 0.1 ms, and the open file outlives the
pruning of its snapshot.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from medqa.domain.document import Metadata
from medqa.domain.passage import Passage
from medqa.errors import HomeError, SnapshotCorrupt
from medqa.index import codec, filters
from medqa.protocols import Filters

_PASSAGE = ", ".join(f"p.{name}" for name in codec.PASSAGE_COLUMNS)
_SCHEMA = f"""
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, metadata TEXT NOT NULL, year INTEGER
);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document INTEGER NOT NULL,
    id TEXT NOT NULL, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL, text TEXT NOT NULL,
    section TEXT, page INTEGER, language TEXT, refs TEXT,
    {", ".join(f"f_{field} TEXT" for field in filters.TEXT_FIELDS)}
);
"""
_INDEXES = """
CREATE UNIQUE INDEX passage_id ON passages (id);
CREATE INDEX passage_place ON passages (document_id, ordinal);
"""
_WIDTH = 2 + len(codec.PASSAGE_COLUMNS) + len(filters.TEXT_FIELDS)


class SqlitePassages:
    """The store, opened from its file."""

    filename = "passages.sqlite"

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._count = int(self._db.execute("SELECT count(*) FROM passages").fetchone()[0])
        except sqlite3.Error as err:
            raise SnapshotCorrupt(f"{path} is no passage store ({err}): run `medqa index build`") from err
        self._lock = threading.Lock()

    @staticmethod
    def write(path: Path, passages: Iterable[tuple[Passage, Metadata]]) -> None:
        """Makes the file; row numbers count from 0 in the order given. A document's passages come together."""
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
            db.execute("BEGIN")
            db.executemany(f"INSERT INTO passages VALUES ({', '.join('?' * _WIDTH)})", _rows(db, passages))  # noqa: S608
            db.execute("COMMIT")
            db.executescript(_INDEXES + "ANALYZE;")
        except sqlite3.OperationalError as err:
            raise HomeError(f"cannot write {path} ({err}): check free space and rights") from err
        finally:
            db.close()

    def __len__(self) -> int:
        return self._count

    def fetch(self, rows: Sequence[int]) -> list[tuple[Passage, Metadata]]:
        """The passages of these rows, in the order asked. An unknown row raises SnapshotCorrupt."""
        wanted = json.dumps([int(row) for row in rows])  # one parameter, however many rows
        found = self._all(f"{_SELECT} WHERE p.row IN (SELECT value FROM json_each(?))", [wanted])  # noqa: S608
        by_row = {values[0]: values for values in found}
        documents: dict[int, Metadata] = {}
        try:
            return [_read(by_row[int(row)], documents) for row in rows]
        except KeyError as err:
            raise SnapshotCorrupt(f"the passage store has no row {err}: run `medqa index build`") from err

    def by_id(self, passage_id: str) -> tuple[Passage, Metadata] | None:
        """One passage, or ``None``."""
        found = self._all(f"{_SELECT} WHERE p.id = ?", [passage_id])
        return _read(found[0], {}) if found else None

    def neighbours(self, passage: Passage, *, before: int, after: int) -> list[Passage]:
        """The passages around one in its document, itself included, in order."""
        span = [passage.document_id, passage.ordinal - before, passage.ordinal + after]
        where = "WHERE p.document_id = ? AND p.ordinal BETWEEN ? AND ? ORDER BY p.ordinal"
        return [codec.passage_from_row(v[3:]) for v in self._all(f"{_SELECT} {where}", span)]

    def rows_where(self, chosen: Filters) -> np.ndarray:
        """Row numbers (n,) int64, ascending, of passages that pass all filters."""
        clauses, values = ["1"], list[Any]()
        for condition in filters.read(chosen):
            clause, given = _clause(condition)
            clauses.append(clause)
            values += given
        join = "JOIN documents d ON d.number = p.document"
        found = self._all(f"SELECT p.row FROM passages p {join} WHERE {' AND '.join(clauses)} ORDER BY p.row", values)  # noqa: S608
        return np.array([row for (row,) in found], dtype=np.int64)

    def _all(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as err:
                raise SnapshotCorrupt(f"the passage store cannot be read ({err}): run `medqa index build`") from err


plugin = SqlitePassages

_SELECT = f"SELECT p.row, d.number, d.metadata, {_PASSAGE} FROM passages p JOIN documents d ON d.number = p.document"  # noqa: S608


def _rows(db: sqlite3.Connection, passages: Iterable[tuple[Passage, Metadata]]) -> Iterable[tuple[Any, ...]]:
    """One tuple a passage; writes each document's metadata on the way."""
    number, document_id = -1, None
    for row, (passage, metadata) in enumerate(passages):
        if passage.document_id != document_id:
            number, document_id = number + 1, passage.document_id
            entry = (number, codec.metadata_to_json(metadata), metadata.year)
            db.execute("INSERT INTO documents VALUES (?, ?, ?)", entry)
        fields = filters.values_of(passage, metadata)
        yield (row, number, *codec.passage_to_row(passage), *(fields.get(field) for field in filters.TEXT_FIELDS))


def _read(values: tuple[Any, ...], documents: dict[int, Metadata]) -> tuple[Passage, Metadata]:
    """A passage with its metadata, which passages of one document share."""
    if values[1] not in documents:
        documents[values[1]] = codec.metadata_from_json(values[2])
    return codec.passage_from_row(values[3:]), documents[values[1]]


def _clause(condition: filters.Condition) -> tuple[str, list[Any]]:
    if isinstance(condition, filters.OneOf):
        return f"p.f_{condition.field} IN ({', '.join('?' * len(condition.values))})", list(condition.values)
    spans, values = ["0"], list[Any]()
    for low, high in condition.spans:
        spans.append("d.year BETWEEN ? AND ?")
        values += [low if low is not None else 0, high if high is not None else 9999]
    return f"({' OR '.join(spans)})", values
