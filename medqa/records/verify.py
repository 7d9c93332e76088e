"""Reading the audit log against its hashes: what was changed, removed, moved or put in, and where.

The log itself cannot show that its end is missing, nor what somebody with the key wrote anew; checkpoints can.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from medqa.records.checkpoint import Checkpoint
from medqa.records.entry import GENESIS, LOST, OPENED, Entry
from medqa.records.key import AuditKey
from medqa.records.segments import Debris, Read, Segment, read, settled

Kind = Literal["altered", "missing", "moved", "unreadable", "foreign", "unknown_key", "checkpoint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it was written. ``segment`` is a file's name, ``line`` counts from 1; both may lack."""

    kind: Kind
    message: str
    segment: str = ""
    line: int | None = None


@dataclass(slots=True, kw_only=True)
class Report:
    """What was read. ``entries`` counts up to the last one, those of files that were left out included.

    ``set_aside`` counts half-written lines that a later entry vouches for, ``lost`` entries that could not be written.
    """

    log: str = ""
    key: str = ""
    segments: int = 0
    entries: int = 0
    last_hash: str = GENESIS
    first_time: str = ""
    last_time: str = ""
    set_aside: int = 0
    lost: int = 0
    checkpoints: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.faults


def verify(folder: Path, keys: Iterable[AuditKey], checkpoints: Sequence[Checkpoint] = (), *, first: int = 1) -> Report:
    """Reads every file of the log from number ``first`` on. Raises AuditError when the disk refuses.

    ``keys`` are all that the log was written with.
    """
    by_id = {key.id: key for key in keys}
    reading = _Reading(by_id, checkpoints, first)
    for segment, size in settled(folder):
        if segment.number >= first:
            reading.take_segment(segment, size)
    return reading.end()


class _Reading:
    """The log on its way past: what the next entry must be, and what was found so far."""

    def __init__(self, keys: Mapping[str, AuditKey], checkpoints: Sequence[Checkpoint], first: int) -> None:
        self.report = Report(checkpoints=len(checkpoints))
        self._keys = keys
        self._checkpoints = checkpoints
        self._wanted = {each.entries for each in checkpoints}
        self._met: dict[int, str] = {}
        self._first = self._next_segment = first
        self._key: AuditKey | None = None
        self._is_adrift = first > 1  # the hash before the next entry is known only from that entry itself
        self._waste: dict[tuple[int, int], tuple[Segment, Debris]] = {}
        self._segment = Segment(0, Path())
        self._line = 0

    def take_segment(self, segment: Segment, size: int) -> None:
        """One file, from its opening to its end at byte ``size``."""
        self._segment, self._line = segment, 0
        self.report.segments += 1
        if segment.number > self._next_segment:
            gone = segment.number - self._next_segment
            what = (
                f"segment {self._next_segment:06d}" if gone == 1 else f"{gone} segments from {self._next_segment:06d}"
            )
            self._fault("missing", f"{what} should come before this one")
            self._is_adrift = True
        self._next_segment = segment.number + 1
        is_first = True
        for found in read(segment, size):
            if isinstance(found, Debris):
                self._waste[segment.number, found.offset] = (segment, found)
                continue
            self._line = found.line
            self._take(found, is_first=is_first)
            is_first = False

    def end(self) -> Report:
        """What was found, place by place, checkpoints held against it."""
        for segment, waste in self._waste.values():
            self._segment, self._line = segment, waste.line
            self._fault(
                "unreadable", f"{len(waste.data):,} bytes that are no entry, and no later entry vouches for them"
            )
        self._segment, self._line = Segment(0, Path()), 0
        self.report.faults.sort(key=lambda fault: (fault.segment, fault.line or 0))
        for checkpoint in self._checkpoints:
            self._hold(checkpoint)
        return self.report

    # --- entries ---

    def _take(self, found: Read, *, is_first: bool) -> None:
        entry = found.entry
        if entry.action == OPENED and is_first:
            self._open(entry)
        elif is_first:
            self._fault("missing", "the file does not begin with its opening")
        elif entry.action == OPENED:
            self._fault("moved", "a file's opening in the middle of another")
        if not self._follows(entry):
            return
        self._check_hash(entry)
        self._note(entry)

    def _open(self, entry: Entry) -> None:
        number, log, key = entry.fact("segment"), entry.fact("log"), str(entry.fact("key"))
        if number != self._segment.number:
            self._fault("moved", f"this file was written as segment {number}")
        if self.report.log and log != self.report.log:
            self._fault("foreign", "this file belongs to another log")
        self.report.log = self.report.log or str(log)
        self._key = self._keys.get(key)
        if self._key is None:
            self._fault("unknown_key", f"written with a key that was not given (id {key}): --old-key FILE")
        if self._is_adrift:  # after a gap the file's own word for the hash before it is what there is
            self.report.last_hash, self.report.entries = str(entry.fact("previous")), entry.seq - 1
            self._pass(self.report.entries, self.report.last_hash)
            self._is_adrift = False

    def _follows(self, entry: Entry) -> bool:
        """Whether the entry may come here; one that belongs further up is passed over."""
        expected = self.report.entries + 1
        if entry.seq < expected:
            self._fault("moved", f"entry {entry.seq} stands after entry {self.report.entries}")
            return False
        if entry.seq > expected:
            gap = f"entry {expected} is" if entry.seq == expected + 1 else f"entries {expected} to {entry.seq - 1} are"
            self._fault("missing", f"{gap} missing before entry {entry.seq}")
            self._is_adrift = True
        return True

    def _check_hash(self, entry: Entry) -> None:
        if self._key is not None and not self._is_adrift:
            expected = self._key.link(self.report.last_hash, entry.canonical)
            if not hmac.compare_digest(expected, entry.hash):
                self._fault("altered", f"entry {entry.seq} is not what was written after the entry before it")
        self._is_adrift = False

    def _note(self, entry: Entry) -> None:
        report = self.report
        report.entries, report.last_hash, report.last_time = entry.seq, entry.hash, entry.time
        report.first_time = report.first_time or entry.time
        report.key = self._key.id if self._key else ""
        self._pass(entry.seq, entry.hash)
        if entry.action == LOST:
            report.lost += _count(entry.fact("entries"))
        debris = entry.fact("debris")
        for named in debris if isinstance(debris, list) else []:
            self._vouch(named if isinstance(named, dict) else {})

    def _pass(self, seq: int, hash_: str) -> None:
        if seq in self._wanted:
            self._met[seq] = hash_

    def _vouch(self, named: Mapping[str, object]) -> None:
        """Takes waste off the list when an entry names just these bytes."""
        place = (_count(named.get("segment")), _count(named.get("offset")))
        held = self._waste.get(place)
        if held is not None and self._key is not None and self._key.debris(held[1].data) == named.get("mac"):
            del self._waste[place]
            self.report.set_aside += 1
        elif place[0] >= self._first:
            self._fault("altered", "the half-written line that this entry sets aside is not there as it was")

    # --- checkpoints ---

    def _hold(self, checkpoint: Checkpoint) -> None:
        key, report = self._keys.get(checkpoint.key), self.report
        name = f"the checkpoint of {checkpoint.made}"
        if key is None:
            self._fault("checkpoint", f"{name} was signed with a key that was not given: --old-key FILE")
        elif not checkpoint.is_signed_by(key):
            self._fault("checkpoint", f"{name} has been changed since it was signed")
        elif report.log and checkpoint.log != report.log:
            self._fault(
                "checkpoint", f"{name} is of another log: this one was begun anew, or the wrong home is looked at"
            )
        elif checkpoint.entries > report.entries:
            self._fault("checkpoint", f"{name} counts {checkpoint.entries:,} entries: the end of the log was cut off")
        elif self._met.get(checkpoint.entries) != checkpoint.hash:
            was_read = checkpoint.entries in self._met
            said = "was written anew" if was_read else "was not read, it lies before the first file or was removed"
            self._fault("checkpoint", f"{name}: entry {checkpoint.entries:,} {said}")

    def _fault(self, kind: Kind, message: str) -> None:
        name = self._segment.name if self._segment.number else ""
        self.report.faults.append(Fault(kind=kind, message=message, segment=name, line=self._line or None))


def _count(value: object) -> int:
    return value if type(value) is int else 0
