"""The files of an audit log: ``000001.jsonl``, ``000002.jsonl`` and so on, and what lies between their lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from medqa.errors import AuditError
from medqa.records.entry import Entry, parse

_NAME = re.compile(r"(\d{6,})\.jsonl")
_WAIT_S = 10.0
_POLL_S = 0.002


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the log. ``number`` counts from 1."""

    number: int
    path: Path

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class Read:
    """An entry with its line number in the file."""

    line: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Debris:
    """Bytes that are no entry, from byte ``offset`` and line ``line`` of a file up to the next entry."""

    line: int
    offset: int
    data: bytes


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into AuditError."""
    try:
        yield
    except OSError as err:
        raise AuditError(f"the disk refuses {folder} ({err.strerror}): check free space and rights") from err


def segment_path(folder: Path, number: int) -> Path:
    """The file of a segment."""
    return folder / f"{number:06d}.jsonl"


def segments(folder: Path) -> list[Segment]:
    """The files that are there, in order. Raises AuditError when the folder cannot be read."""
    with disk(folder):
        if not folder.is_dir():
            return []
        named = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
        return sorted(Segment(int(match[1]), path) for match, path in named if match)


@contextmanager
def alone(folder: Path, wait_s: float = _WAIT_S) -> Iterator[None]:
    """Keeps other writers out, in this process and in others. Raises AuditError when one does not let go."""
    lock = FileLock(folder / "lock", timeout=wait_s, poll_interval=_POLL_S, mode=0o600)
    try:
        lock.acquire()
    except Timeout as err:
        raise AuditError(f"another process holds {folder / 'lock'}: stop it, if it hangs") from err
    try:
        yield
    finally:
        lock.release()


def settled(folder: Path) -> list[tuple[Segment, int]]:
    """The files with the bytes of each that are written to the end of a line, whoever is writing on meanwhile.

    A copy that nobody may write to, an auditor's for example, is taken as it is. Raises AuditError.
    """
    with disk(folder):
        if not segments(folder) or not os.access(folder, os.W_OK):
            return [(segment, _size(segment)) for segment in segments(folder)]
        with alone(folder):
            return [(segment, _size(segment)) for segment in segments(folder)]


def read(segment: Segment, size: int | None = None) -> Iterator[Read | Debris]:
    """Entries and what lies between them, in order, of the first ``size`` bytes or of all.

    Raises AuditError when the file cannot be read.
    """
    waste: list[bytes] = []
    offset = waste_line = waste_offset = 0
    with disk(segment.path.parent), segment.path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if size is not None and offset >= size:
                break
            entry = parse(line)
            if entry is None:
                if not waste:
                    waste_line, waste_offset = number, offset
                waste.append(line)
            else:
                if waste:
                    yield Debris(waste_line, waste_offset, b"".join(waste))
                    waste.clear()
                yield Read(number, entry)
            offset += len(line)
        if waste:
            yield Debris(waste_line, waste_offset, b"".join(waste))


def opening(segment: Segment) -> Entry | None:
    """The first entry of a file. Raises AuditError when the file cannot be read."""
    return next((found.entry for found in read(segment) if isinstance(found, Read)), None)


def ending(segment: Segment, start: int = 0) -> tuple[Entry | None, Debris | None, int]:
    """The last entry of a file from byte ``start``, what follows it, and the file's size.

    Raises AuditError when the file cannot be read.
    """
    with disk(segment.path.parent), segment.path.open("rb") as file:
        file.seek(start)
        data = file.read()
    end, last = len(data), None
    while end and last is None:
        begin = data.rfind(b"\n", 0, end - 1) + 1
        last = parse(data[begin:end])
        end = begin if last is None else end
    waste = data[end:]
    return last, Debris(0, start + end, waste) if waste else None, start + len(data)


def newest(segment: Segment, action: str) -> Entry | None:
    """The last entry of a file with this action. Raises AuditError when the file cannot be read."""
    with disk(segment.path.parent):
        data = segment.path.read_bytes()
    mark, at = f',"action":"{action}"'.encode("ascii"), len(data)
    while (at := data.rfind(mark, 0, at)) >= 0:
        begin, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1
        entry = parse(data[begin:end])
        if entry is not None and entry.action == action:
            return entry
    return None


def _size(segment: Segment) -> int:
    return segment.path.stat().st_size
