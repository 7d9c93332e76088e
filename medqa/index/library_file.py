"""The library's SQLite file: its tables, its lock, and what its disk refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from medqa.errors import HomeError, PublishConflict
from medqa.index import edits, sentence_embedding

_SCHEMA_VERSION = 3  # the first had no edits, the second no vectors of sentences
_WAIT_S = 5.0
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS runs (number INTEGER PRIMARY KEY, began TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sources (id TEXT PRIMARY KEY, source TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    number INTEGER PRIMARY KEY, source_id TEXT NOT NULL, path TEXT NOT NULL, root TEXT, sha256 TEXT NOT NULL,
    chunker TEXT NOT NULL, run INTEGER NOT NULL, is_finished INTEGER NOT NULL, UNIQUE (source_id, path)
);
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
    metadata TEXT NOT NULL, fingerprint BLOB NOT NULL, run INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS documents_of_file ON documents (file);
CREATE TABLE IF NOT EXISTS passages (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    id TEXT NOT NULL, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL, text TEXT NOT NULL,
    section TEXT, page INTEGER, language TEXT, refs TEXT,
    key BLOB NOT NULL, is_chinese INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages (document, ordinal);
CREATE TABLE IF NOT EXISTS vectors (encoder TEXT NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS vector_key ON vectors (encoder, key);
{edits.SCHEMA}
{sentence_embedding.SCHEMA}
"""


def connect(folder: Path) -> sqlite3.Connection:
    """The library's file, made when missing. Raises HomeError when it cannot be used."""
    with disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(folder / "library.sqlite", isolation_level=None, check_same_thread=False, timeout=_WAIT_S)
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > _SCHEMA_VERSION:
            db.close()
            raise HomeError(f"the library in {folder} is of another version of MedQA ({version}): use a new home")
        if version < _SCHEMA_VERSION:  # what is there already stays as it is
            db.executescript(f"{_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION};")
    return db


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other writers out, in any process. Raises PublishConflict when one is at work."""
    with disk(folder):
        lock = FileLock(folder / "library.lock", timeout=_WAIT_S)
        try:
            lock.acquire()
        except Timeout as err:
            raise PublishConflict(f"another process is writing to {folder}: run again when it is done") from err
    try:
        yield
    finally:
        lock.release()


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into HomeError."""
    try:
        yield
    except sqlite3.OperationalError as err:
        if err.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise PublishConflict(f"another process is writing to {folder}: run again when it is done") from err
        raise HomeError(f"cannot use the library in {folder} ({err}): check free space and rights") from err
    except sqlite3.DatabaseError as err:
        mend = "delete the folder and run `medqa ingest` again"
        raise HomeError(f"the library in {folder} is damaged ({err}): {mend}") from err
    except OSError as err:
        raise HomeError(f"cannot write to {folder} ({err.strerror}): check free space and rights") from err
