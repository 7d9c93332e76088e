"""Writing the audit log: one line an entry, each tied to the one before by a keyed hash, brought to the disk at once.

``h_n = HMAC-SHA256(key, h_{n-1} || entry_n)``, one chain through all files. Lines are only ever added: what a crash
left half-written stays where it is, and the next entry says so.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from medqa.records.entry import FORM, GENESIS, OPENED, SET_ASIDE, Entry, Event, parse, sealed
from medqa.records.key import AuditKey
from medqa.records.segments import Debris, Segment, alone, disk, ending, newest, opening, segment_path, segments

_log = logging.getLogger(__name__)
SEGMENT_BYTES = 16 << 20
_MONTH = len("2026-11")
_TORN = b"~\n"  # ends a half-written line; with a bare line end, one that lacks nothing else would become an entry


@dataclass(frozen=True, slots=True)
class _Tip:
    """Where the log ends. ``opened`` is the first entry of the file, ``debris`` what follows the last one anywhere."""

    segment: Segment
    size: int
    seq: int = 0
    hash: str = GENESIS
    opened: Entry | None = None
    log: str = ""
    debris: tuple[tuple[Segment, Debris], ...] = ()


class AuditLog:
    """The log in a folder. Any number of processes may write to it.

    A new file is begun when one has ``segment_bytes``, in each month (UTC), and for each key.
    """

    def __init__(self, folder: Path, key: AuditKey, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.key = key
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._known: _Tip | None = None
        self._reached: _Tip | None = None

    def append(self, events: deque[Event]) -> None:
        """Writes events from the left, taking off each that is written, and returns when they are on the disk.

        Raises AuditError; what is left in ``events`` then was not written.
        """
        if not events:
            return
        with disk(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with disk(self._folder), alone(self._folder):
            tip = self._going_on_from(self._tip())
            self._known = None  # until all of it is written, nothing is known of the files
            is_new = self._wants_opening(tip, events[0])
            if is_new and tip.opened is not None:
                tip = replace(tip, segment=self._segment(tip.segment.number + 1), size=0, opened=None)
            with _open(tip.segment.path) as descriptor:
                tip = self._begun(descriptor, tip, events[0], is_new=is_new)
                while events:
                    tip = self._reached = self._written(descriptor, tip, events[0])
                    events.popleft()
                os.fsync(descriptor)
            if is_new:
                _synchronise(self._folder)
            self._known = tip

    def newest(self, action: str) -> Entry | None:
        """The last entry of an action in the present file, if that was begun with this key. Raises AuditError."""
        present = segments(self._folder)
        opened = opening(present[-1]) if present else None
        return newest(present[-1], action) if opened and opened.fact("key") == self.key.id else None

    # --- where the log ends ---

    def _tip(self) -> _Tip:
        present = segments(self._folder)
        if not present:
            return _Tip(self._segment(1), 0)
        known = self._known
        if known is not None and known.segment == present[-1] and known.size <= _size(known.segment):
            last, waste, size = ending(known.segment, known.size)
            debris = ((known.segment, waste),) if waste else ()
            seq, hash_ = (last.seq, last.hash) if last else (known.seq, known.hash)
            return replace(known, size=size, seq=seq, hash=hash_, debris=debris)
        return _searched(present)

    def _going_on_from(self, tip: _Tip) -> _Tip:
        """The end of the log; where it lacks what was written here before, the chain goes on from that all the same.

        Whoever cut the end off while this process runs thereby leaves a gap that ``verify`` sees.
        """
        reached = self._reached
        if reached is None or tip.seq > reached.seq or (tip.seq, tip.hash) == (reached.seq, reached.hash):
            return tip
        _log.error("the audit log in %s has lost entries: run `medqa audit verify`", self._folder)
        return replace(tip, seq=reached.seq, hash=reached.hash, log=reached.log)

    def _wants_opening(self, tip: _Tip, event: Event) -> bool:
        if tip.opened is None or tip.opened.action != OPENED:
            return True
        is_full = tip.size >= self._segment_bytes
        is_of_before = event.at.isoformat()[:_MONTH] > tip.opened.time[:_MONTH]
        return is_full or is_of_before or tip.opened.fact("key") != self.key.id

    def _segment(self, number: int) -> Segment:
        return Segment(number, segment_path(self._folder, number))

    # --- writing ---

    def _begun(self, descriptor: int, tip: _Tip, event: Event, *, is_new: bool) -> _Tip:
        """What must stand before the event: a new file's opening, and the naming of what a crash left behind.

        Both are one entry where both are due: a second crash then leaves either everything named or nothing.
        """
        debris = [self._named(segment, waste, tip) for segment, waste in tip.debris]
        if _lacks_line_end(tip):
            _write(descriptor, _TORN)
            tip = replace(tip, size=tip.size + len(_TORN))
        if is_new:
            log = tip.log or secrets.token_hex(8)
            facts = {"form": FORM, "segment": tip.segment.number, "log": log, "key": self.key.id, "previous": tip.hash}
            begun = Event(action=OPENED, facts={**facts, "debris": debris} if debris else facts, at=event.at)
            line, hash_ = sealed(begun, tip.seq + 1, tip.hash, self.key)
            _write(descriptor, line)
            size = tip.size + len(line)
            return replace(tip, seq=tip.seq + 1, hash=hash_, size=size, opened=parse(line), log=log, debris=())
        if debris:
            tip = self._written(descriptor, tip, Event(action=SET_ASIDE, facts={"debris": debris}, at=event.at))
        return replace(tip, debris=())

    def _named(self, segment: Segment, waste: Debris, tip: _Tip) -> dict[str, object]:
        is_here = segment == tip.segment
        data = waste.data + _TORN if is_here and not waste.data.endswith(b"\n") else waste.data
        return {"segment": segment.number, "offset": waste.offset, "bytes": len(data), "mac": self.key.debris(data)}

    def _written(self, descriptor: int, tip: _Tip, event: Event) -> _Tip:
        line, hash_ = sealed(event, tip.seq + 1, tip.hash, self.key)
        _write(descriptor, line)
        return replace(tip, seq=tip.seq + 1, hash=hash_, size=tip.size + len(line))


def _searched(present: list[Segment]) -> _Tip:
    """The end of the log, looked for from its last file backwards: a crash may have left one without an entry."""
    debris: list[tuple[Segment, Debris]] = []
    for segment in reversed(present):
        last, waste, size = ending(segment)
        if waste is not None:
            debris.insert(0, (segment, waste))
        if last is None:
            continue
        opened = opening(segment)
        log = str(opened.fact("log") or "") if opened is not None else ""
        if segment == present[-1]:
            return _Tip(segment, size, last.seq, last.hash, opened, log, tuple(debris))
        return _Tip(present[-1], _size(present[-1]), last.seq, last.hash, None, log, tuple(debris))
    return _Tip(present[-1], _size(present[-1]), debris=tuple(debris))


def _lacks_line_end(tip: _Tip) -> bool:
    return any(segment == tip.segment and not waste.data.endswith(b"\n") for segment, waste in tip.debris)


@contextmanager
def _open(path: Path) -> Iterator[int]:
    """The file, to be added to; never through a link that somebody has put in its place."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _size(segment: Segment) -> int:
    return segment.path.stat().st_size


def _synchronise(folder: Path) -> None:
    """Brings the names of new files to the disk."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
