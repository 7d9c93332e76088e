"""Archives read without trusting them: no path that leaves the folder, no links, no bombs, nothing encrypted.

An archive with one such entry is refused as a whole: it is not what its publisher meant to send.
"""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from medqa.errors import FetchError
from medqa.ingest.collection import checked_name

_MOST_RATIO = 200
_FREE = 16 << 20  # an entry below this size may be packed as tightly as it likes


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an archive may hold: entries, bytes of one entry, bytes of all."""

    entries: int = 500_000
    entry_mb: int = 512
    total_mb: int = 65_536


_DEFAULT = Allowance()


def unpack(
    archive: Path | BinaryIO, suffixes: tuple[str, ...], allowance: Allowance = _DEFAULT
) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file with one of the suffixes, in the archive's order. Raises FetchError.

    Every entry is looked at before the first one is read.
    """
    try:
        if zipfile.is_zipfile(archive):
            yield from _unzip(archive, suffixes, allowance)
        else:
            yield from _untar(archive, suffixes, allowance)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, RuntimeError, NotImplementedError) as err:
        raise FetchError(f"the archive is damaged ({type(err).__name__}: {str(err)[:100]})") from err


def _unzip(archive: Path | BinaryIO, suffixes: tuple[str, ...], allowance: Allowance) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        entries = opened.infolist()
        ledger = _Ledger(allowance)
        for entry in entries:
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise FetchError(f"the archive is refused: {entry.filename[:200]!r} is a link or a device")
            if entry.flag_bits & 1:
                raise FetchError(f"the archive is refused: {entry.filename[:200]!r} is encrypted")
            ledger.add(entry.filename, entry.file_size, entry.compress_size)
        for entry in entries:
            if not entry.is_dir() and entry.filename.lower().endswith(suffixes):
                yield entry.filename, opened.read(entry)


def _untar(archive: Path | BinaryIO, suffixes: tuple[str, ...], allowance: Allowance) -> Iterator[tuple[str, bytes]]:
    with _open_tar(archive) as opened:
        ledger = _Ledger(allowance)
        for entry in opened:
            if not (entry.isreg() or entry.isdir() or entry.type in (tarfile.XHDTYPE, tarfile.XGLTYPE)):
                raise FetchError(f"the archive is refused: {entry.name[:200]!r} is a link or a device")
            ledger.add(entry.name, entry.size, entry.size)
    with _open_tar(archive) as opened:
        for entry in opened:
            if entry.isreg() and entry.name.lower().endswith(suffixes):
                file = opened.extractfile(entry)
                yield entry.name, file.read() if file else b""


def _open_tar(archive: Path | BinaryIO) -> tarfile.TarFile:
    if isinstance(archive, Path):
        return tarfile.open(archive)
    archive.seek(0)
    return tarfile.open(fileobj=archive)


class _Ledger:
    """Adds up what an archive holds. Raises FetchError when it is more than allowed."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._entries = 0
        self._total = 0

    def add(self, name: str, size: int, packed: int) -> None:
        """Counts one entry; a folder's name may end with a slash."""
        try:
            checked_name(name.rstrip("/").removeprefix("./"))
        except FetchError as err:
            raise FetchError(f"the archive is refused: it holds {name[:200]!r}, a path that leads elsewhere") from err
        self._entries += 1
        self._total += size
        if self._entries > self._allowance.entries:
            raise FetchError(f"the archive is refused: it holds more than {self._allowance.entries:,} files")
        if size > self._allowance.entry_mb << 20 or self._total > self._allowance.total_mb << 20:
            raise FetchError(f"the archive is refused: {name[:200]!r} unpacks to more than it may")
        if size > _FREE and size > packed * _MOST_RATIO:
            raise FetchError(f"the archive is refused: {name[:200]!r} is packed like a bomb")
