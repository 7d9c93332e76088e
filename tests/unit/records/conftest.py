"""Audit logs of a few entries in a few small files, with a key that a test may know."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from medqa.records.entry import Event
from medqa.records.key import AuditKey
from medqa.records.log import AuditLog

BEGAN = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def key() -> AuditKey:
    return AuditKey(bytes(range(7, 256, 8))[::-1][:16] + bytes(range(1, 128, 8)))


@pytest.fixture(scope="session")
def other_key() -> AuditKey:
    return AuditKey(bytes(range(3, 256, 16)) + bytes(range(200, 40, -10)))


@pytest.fixture(scope="session")
def write_log() -> Callable[..., AuditLog]:
    """Writes ``entries`` events into a folder: files of about seven."""

    def write(folder: Path, key: AuditKey, entries: int, *, of: str = "asked", at: datetime = BEGAN) -> AuditLog:
        log = AuditLog(folder, key, segment_bytes=1_700)
        for number in range(entries):
            facts = {"decision": {"status": "answered", "level": "none", "rules": []}}
            moment = at + timedelta(minutes=number)
            log.append(deque([Event(action=of, actor="a", object_id=f"{number}", facts=facts, at=moment)]))
        return log

    return write
