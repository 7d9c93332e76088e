"""One line for each thing that must be right, with the fix for what is not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medqa.errors import MedQAError
from medqa.wiring import parts

if TYPE_CHECKING:
    from medqa.settings import Settings

_NEEDED_MB = 500


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``fix`` says what to do when it is not ``ok``."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Every check in turn; one that fails does not stop the others."""
    for name, check in _CHECKS.items():
        try:
            yield Check(name, True, check(settings))
        except (MedQAError, OSError) as err:
            said, _, fix = str(err).partition(": ")
            yield Check(name, False, said, fix)


def _python(_: Settings) -> str:
    return sys.version.split()[0]


def _home(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    probe = settings.home / ".doctor"
    probe.write_bytes(b"")
    probe.unlink()
    free_mb = shutil.disk_usage(settings.home).free // 2**20
    if free_mb < _NEEDED_MB:
        raise OSError(f"{free_mb} MB free in {settings.home}: free at least {_NEEDED_MB} MB")
    return f"{settings.home}, {free_mb:,} MB free"


def _encoder(settings: Settings) -> str:
    encoder = parts.embedder(settings)
    vector = encoder.encode(["fever"], is_query=True)[0]
    return f"{encoder.id}, {len(vector)} dimensions"


def _index(settings: Settings) -> str:
    store = parts.snapshots(settings)
    store.verify(parts.embedder(settings))
    counts = store.info()["counts"]
    assert isinstance(counts, dict)
    return f"{store.current()}, {counts['documents']:,} documents, {counts['passages']:,} passages"


def _starter(settings: Settings) -> str:
    from medqa.errors import SnapshotMismatch
    from medqa.wiring.upkeep import starter_is_stale

    if starter_is_stale(settings):
        raise SnapshotMismatch("the starter articles are newer than the index: run `medqa index build`")
    return "up to date, or not used"


def _cards(_: Settings) -> str:
    from medqa.safety.screen import RedFlagScreener

    verdict = RedFlagScreener().screen("crushing chest pain in my left arm", language="en", jurisdiction="GB")
    if verdict.card is None or not verdict.takeover:
        raise MedQAError("the emergency screen does not fire: reinstall MedQA")
    return "the emergency screen fires"


def _chat_model(settings: Settings) -> str:
    return parts.chat_model(settings, settings.chat_model).id


def _audit_log(settings: Settings) -> str:
    """That entries can be written, and that the newest file is as it was written."""
    from medqa.wiring import audit_reading, auditing

    if not settings.audit_log:
        return "off: nothing is recorded"
    report = audit_reading.newest_part(settings)
    if any(fault.kind != "unknown_key" for fault in report.faults):  # the key was changed since: a new file will begin
        raise MedQAError("the audit log is not as it was written: run `medqa audit verify`")
    made = auditing.Auditor(settings)
    made.flush()
    if made.troubles:
        raise MedQAError(made.troubles[0].partition(": ")[2])
    return f"{report.entries:,} entries, the last {report.last_time}" if report.entries else "no entries yet"


_CHECKS: dict[str, Callable[[Settings], str]] = {
    "python": _python,
    "home": _home,
    "encoder": _encoder,
    "index": _index,
    "starter articles": _starter,
    "emergency screen": _cards,
    "chat model": _chat_model,
    "audit log": _audit_log,
}
