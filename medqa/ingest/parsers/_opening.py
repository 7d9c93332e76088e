"""Opening files for parsers: gzip is unpacked on the way, and a bomb is refused."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from medqa.errors import ParseError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_GZIP = b"\x1f\x8b"
_MAX_RATIO = 100
_FREE = 64 << 20  # below this size the ratio does not matter
_MAX_UNPACKED = 4 << 30
_BUFFER = 1 << 16


class _Unpacked(io.RawIOBase):
    """A gzip file being read. Raises ParseError ``too_large`` when it unpacks to far more than it is."""

    def __init__(self, path: Path) -> None:
        self._limit = min(_MAX_UNPACKED, max(_FREE, path.stat().st_size * _MAX_RATIO))
        self._file = gzip.GzipFile(path, "rb")
        self._read = 0
        self.failure: ParseError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        try:
            data = self._unpacked(len(view))
        except ParseError as err:
            self.failure = err  # lxml swallows what is raised here
            raise
        view[: len(data)] = data
        return len(data)

    def _unpacked(self, size: int) -> bytes:
        data = unpack(self._file, size)
        self._read += len(data)
        if self._read > self._limit:
            raise ParseError(
                f"unpacks to more than {self._limit >> 20} MB, too much for a file of its size", reason="too_large"
            )
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


def unpack(file: gzip.GzipFile, size: int) -> bytes:
    """Up to ``size`` unpacked bytes. Raises ParseError for a damaged or a cut-off file."""
    try:
        return file.read(size)
    except EOFError as err:
        raise ParseError("this gzip file breaks off before its end", reason="truncated") from err
    except (zlib.error, gzip.BadGzipFile) as err:
        raise ParseError("this gzip file is damaged", reason="malformed") from err


def open_binary(path: Path) -> BinaryIO:
    """The file for reading, unpacked when it is gzipped, within limits. Raises ParseError."""
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == _GZIP
        return io.BufferedReader(_Unpacked(path), _BUFFER) if is_packed else path.open("rb")
    except OSError as err:
        raise ParseError(f"cannot be opened: {err.strerror}", reason="unreadable") from err


def failure_of(file: BinaryIO) -> ParseError | None:
    """Why reading a file of ``open_binary`` failed, for libraries that do not pass the error on."""
    raw = getattr(file, "raw", None)
    return raw.failure if isinstance(raw, _Unpacked) else None


def read_bytes(path: Path) -> bytes:
    """All bytes of the file, unpacked. Raises ParseError."""
    with open_binary(path) as file:
        return file.read()
