"""The audit log as an operator reads it: what verifying found, and entries one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from medqa.serve.terminal import check_line

if TYPE_CHECKING:
    from medqa.records.entry import Entry
    from medqa.records.verify import Fault, Report
    from medqa.serve.presenting import Json

_SHOWN = 50
_LEFT_OUT = ("seq", "time", "action", "actor", "versions", "content", "fields")
_NO_CHECKPOINT = (
    "no checkpoint was given: entries cut off the end, or a log begun anew by somebody with the key, would not show"
)


def report_json(report: Report) -> Json:
    """What ``medqa audit verify --json`` prints."""
    return {"ok": report.is_sound, **asdict(report)}


def report_text(report: Report) -> str:
    """Count, first and last time; then what is wrong, with its place; then what else must be known."""
    files = "1 file" if report.segments == 1 else f"{report.segments:,} files"
    head = f"{report.entries:,} entries in {files}"
    if report.first_time:
        head += f", {report.first_time} to {report.last_time}"
    lines = [check_line(report.is_sound, "audit log", head, "")]
    lines += [_fault_line(fault) for fault in report.faults[:_SHOWN]]
    if len(report.faults) > _SHOWN:
        lines.append(f"... and {len(report.faults) - _SHOWN:,} more faults; --json lists them all")
    return "\n".join([*lines, *(f"note: {note}" for note in _notes(report))])


def entry_json(entry: Entry) -> Json:
    """An entry with its hash, as it stands in the log."""
    return {**entry.fields, "hash": entry.hash}


def entry_line(entry: Entry) -> str:
    """Number, time, what happened, and what was decided."""
    told = {name: value for name, value in entry.fields.items() if name not in _LEFT_OUT}
    decision = told.pop("decision", None)
    if isinstance(decision, dict):
        told = {**decision, **told}
    facts = " ".join(f"{name}={_plain(value)}" for name, value in told.items() if value not in ("", [], {}, None))
    return _printable(f"{entry.seq:>7} {entry.time[:19]}Z {entry.action:<16} {facts}".rstrip())


def _notes(report: Report) -> Iterator[str]:
    if report.set_aside:
        yield f"{report.set_aside:,} half-written lines, as crashes leave them, were set aside; later entries name them"
    if report.lost:
        yield f"{report.lost:,} entries could not be written when they were due; an entry says so"
    if not report.checkpoints:
        yield _NO_CHECKPOINT


def _fault_line(fault: Fault) -> str:
    place = f"{fault.segment} line {fault.line}" if fault.line else fault.segment
    return _printable(f"  {place or 'log'}: {fault.kind}: {fault.message}")


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _printable(line: str) -> str:
    """Without what a terminal obeys: who changed the log may have put in commands for it."""
    return "".join(character if character.isprintable() else "?" for character in line)
