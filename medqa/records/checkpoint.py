"""A checkpoint: how long the log is and how it ends, signed, to be kept where who can change the log cannot.

A log alone cannot show that its end was cut off, nor that its keeper wrote it anew; a checkpoint kept elsewhere can.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medqa.errors import AuditError, UsageError
from medqa.records.key import AuditKey

_FORM = "medqa_audit_checkpoint"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log as it was: ``entries`` of them, the last one's hash and time, and when that was noted."""

    log: str
    entries: int
    hash: str
    last_time: str
    made: str
    key: str
    signature: str = ""

    def statement(self) -> bytes:
        """The bytes that are signed."""
        told = {name: value for name, value in asdict(self).items() if name != "signature"}
        return json.dumps({_FORM: _VERSION, **told}, sort_keys=True, separators=(",", ":")).encode("ascii")

    def is_signed_by(self, key: AuditKey) -> bool:
        """Whether it was made with this key and has not been changed since."""
        return hmac.compare_digest(key.signature(self.statement()), self.signature)

    def as_json(self) -> dict[str, Any]:
        return {_FORM: _VERSION, **asdict(self)}


def make_checkpoint(log: str, entries: int, hash_: str, last_time: str, key: AuditKey) -> Checkpoint:
    """A signed checkpoint of a log that has just been verified."""
    made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    blank = Checkpoint(log=log, entries=entries, hash=hash_, last_time=last_time, made=made, key=key.id)
    return Checkpoint(**{**asdict(blank), "signature": key.signature(blank.statement())})


def read_checkpoints(path: Path) -> list[Checkpoint]:
    """The checkpoints in a file, one a line; their signatures are for ``verify``.

    Raises UsageError when the file cannot be read, AuditError when it holds something else.
    """
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"cannot read the checkpoint {path}: name a file of `medqa audit checkpoint`") from err
    try:
        held = [_parsed(line) for line in lines]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        raise _none_in(path) from err
    if not held:
        raise _none_in(path)
    return held


def _parsed(line: str) -> Checkpoint:
    told = json.loads(line)
    if told.pop(_FORM) != _VERSION or type(told["entries"]) is not int:
        raise ValueError
    made = Checkpoint(**told)
    if not all(isinstance(value, str) and value.isascii() for name, value in asdict(made).items() if name != "entries"):
        raise ValueError
    return made


def _none_in(path: Path) -> AuditError:
    return AuditError(f"{path} is no checkpoint: give what `medqa audit checkpoint` printed, one line each")
