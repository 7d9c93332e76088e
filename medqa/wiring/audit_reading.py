"""Looking into an installation's audit log: verified, marked by a checkpoint, or entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medqa.domain.text import cleaned
from medqa.errors import AuditError
from medqa.records.checkpoint import Checkpoint, make_checkpoint, read_checkpoints
from medqa.records.key import AuditKey, read_key
from medqa.records.segments import Read, read, segments
from medqa.records.verify import Report, verify
from medqa.wiring.auditing import folder, key_file

if TYPE_CHECKING:
    from medqa.records.entry import Entry
    from medqa.settings import Settings

_VERIFY = "run `medqa audit verify`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which entries are wanted. Times are beginnings of ``2026-11-22T17:30:00Z``, both included.

    ``text`` keeps those whose question or answer is just this text.
    """

    since: str = ""
    until: str = ""
    actions: tuple[str, ...] = ()
    text: str | None = None


def verified(
    settings: Settings, *, old_keys: Sequence[Path] = (), checkpoints: Sequence[Path] = (), first: int = 1
) -> Report:
    """The whole log held against its keys, and against checkpoints that were kept elsewhere.

    Raises AuditError for a key or a file that cannot be used, UsageError for a checkpoint that is not there.
    """
    held = [checkpoint for path in checkpoints for checkpoint in read_checkpoints(path)]
    return verify(folder(settings), _keys(settings, old_keys), held, first=first)


def checkpoint(settings: Settings, *, old_keys: Sequence[Path] = (), first: int = 1) -> Checkpoint:
    """A signed checkpoint of the log as it is. Raises AuditError for one that is empty or not sound."""
    report = verified(settings, old_keys=old_keys, first=first)
    if not report.is_sound:
        raise AuditError(f"the audit log has {len(report.faults):,} faults, no checkpoint is made of it: {_VERIFY}")
    if not report.entries:
        raise AuditError("the audit log is empty: it begins with the first question once MEDQA_AUDIT_LOG is true")
    key = _keys(settings, ())[0]
    return make_checkpoint(report.log, report.entries, report.last_hash, report.last_time, key)


def newest_part(settings: Settings) -> Report:
    """The last file of the log, verified as far as the present key goes. Raises AuditError."""
    present = segments(folder(settings))
    return verify(folder(settings), _keys(settings, ()), first=present[-1].number if present else 1)


def selected(settings: Settings, wanted: Selection, *, old_keys: Sequence[Path] = ()) -> Iterator[Entry]:
    """Entries in order, as they stand there: nothing is verified. Raises AuditError."""
    keys = _keys(settings, old_keys) if wanted.text is not None else []
    for segment in segments(folder(settings)):
        for found in read(segment):
            if isinstance(found, Read) and _fits(found.entry, wanted, keys):
                yield found.entry


def _keys(settings: Settings, old: Sequence[Path]) -> list[AuditKey]:
    return [read_key(path) for path in (key_file(settings), *old)]


def _fits(entry: Entry, wanted: Selection, keys: Sequence[AuditKey]) -> bool:
    if wanted.actions and entry.action not in wanted.actions:
        return False
    if entry.time < wanted.since or (wanted.until and entry.time[: len(wanted.until)] > wanted.until):
        return False
    return wanted.text is None or any(_says(entry, wanted.text, key) for key in keys)


def _says(entry: Entry, text: str, key: AuditKey) -> bool:
    content = entry.fact("content")
    if not isinstance(content, dict):
        return False
    wordings = {text, cleaned(text).strip()}  # a question is kept as it is answered: without invisible characters
    return any(key.content(str(entry.fact("object")), each) in content.values() for each in wordings)
