"""Files that are written so that an interruption at any moment leaves the old one or the new one, never half of it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from medqa.errors import HomeError

_CHUNK = 1 << 20


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into HomeError."""
    try:
        yield
    except OSError as err:
        raise HomeError(f"cannot write to {folder} ({err.strerror}): check free space and rights") from err


def write_file(path: Path, data: bytes) -> None:
    """Replaces the file at once. Raises HomeError."""
    with disk(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(data)
        fresh.replace(path)


def move_file(source: Path, target: Path) -> None:
    """Puts a finished file in its place at once. Raises HomeError."""
    with disk(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


def copy_file(source: Path, target: Path) -> None:
    """Copies a file; the target appears whole. Raises HomeError."""
    with disk(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        shutil.copyfile(source, fresh)
        fresh.replace(target)


def discard_part(path: Path) -> None:
    """Deletes a download that is no longer needed, and what was noted about it."""
    PartialFile(path).discard()


def digest_of(path: Path, algorithm: str) -> str:
    """The hexadecimal digest of a file, read in pieces."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class PartialFile:
    """A file that is on its way, with the version that the server gave it, so that only the rest is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tag_path = path.with_name(path.name + ".etag")

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def etag(self) -> str:
        """The version of what is here, or ``""`` when it is not known."""
        return self._tag_path.read_text("ascii") if self._tag_path.exists() else ""

    def resume_headers(self) -> dict[str, str]:
        """Headers that ask for the rest, if there is a beginning whose version is known; else none."""
        if not self.size or not self.etag:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self.etag}

    @contextmanager
    def open(self, at: int, etag: str) -> Iterator[BinaryIO]:
        """The file, to be written on from byte ``at``; 0 begins it anew. A weak ``etag`` cannot be resumed."""
        with disk(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not at:
                self.discard()
                if etag.isascii() and etag.startswith('"'):
                    self._tag_path.write_text(etag, "ascii")
            with self.path.open("ab") as file:
                yield file

    def digest(self, algorithm: str) -> str:
        """The hexadecimal digest of what is here."""
        return digest_of(self.path, algorithm)

    def discard(self) -> None:
        """Deletes what is here."""
        self.path.unlink(missing_ok=True)
        self._tag_path.unlink(missing_ok=True)
