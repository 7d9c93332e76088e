"""One line of the audit log: what happened, and the hash that ties it to the line before."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from medqa.records.key import AuditKey

OPENED = "opened"
"""The first entry of a file: form of entries, the file's number, the log's and the key's id, the hash before it."""
SET_ASIDE = "set_aside"
"""Names, as ``debris``, bytes that are no entry, as a crash leaves them: where, how many, their hash. So may OPENED."""
LOST = "lost"
"""Entries that could not be written when they were due, and never will be."""

FORM = 1
"""The form of entries, which each file's opening names."""
GENESIS = "0" * 64
"""The hash before the first entry of a log."""

_SEAL = re.compile(rb',"hash":"([0-9a-f]{64})"}\n')
_SEAL_BYTES = len(',"hash":""}\n') + 64
_FIRST = ("seq", "time", "action")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be recorded. ``actor`` is a pseudonym, ``facts`` are JSON values; no text of a person's in either.

    ``at`` is when it happened, in UTC; its entry may be written a little later.
    """

    action: str
    actor: str = ""
    object_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as it was read. ``canonical`` are the bytes under its hash: the line without the hash itself."""

    canonical: bytes
    fields: Mapping[str, Any]
    hash: str

    @property
    def seq(self) -> int:
        """Its place in the log, from 1."""
        return int(self.fields["seq"])

    @property
    def time(self) -> str:
        """When it happened: UTC, ISO 8601."""
        return str(self.fields["time"])

    @property
    def action(self) -> str:
        return str(self.fields["action"])

    def fact(self, name: str) -> Any:
        """One of its facts, or ``None``."""
        return self.fields.get(name)


def sealed(event: Event, seq: int, previous: str, key: AuditKey) -> tuple[bytes, str]:
    """The line of an event, its line end included, and its hash."""
    told = {"actor": event.actor, "object": event.object_id, **event.facts}
    moment = event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    fields = {
        "seq": seq,
        "time": moment,
        "action": event.action,
        **{k: v for k, v in told.items() if v not in ("", {})},
    }
    canonical = json.dumps(fields, separators=(",", ":")).encode("ascii")
    hash_ = key.link(previous, canonical)
    return canonical[:-1] + f',"hash":"{hash_}"}}\n'.encode("ascii"), hash_


def parse(line: bytes) -> Entry | None:
    """The entry that a line is, or ``None`` where it is none. Whether its hash is right is for ``verify``."""
    seal = _SEAL.fullmatch(line, max(0, len(line) - _SEAL_BYTES))
    if seal is None:
        return None
    canonical = line[: seal.start()] + b"}"
    try:
        fields = json.loads(canonical)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or tuple(fields)[:3] != _FIRST:
        return None
    if type(fields["seq"]) is not int or not all(isinstance(fields[name], str) for name in ("time", "action")):
        return None
    return Entry(canonical, fields, seal[1].decode("ascii"))
