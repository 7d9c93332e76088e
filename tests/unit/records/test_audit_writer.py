"""Events on their way to the disk: nobody waits, trouble is loud, what can be saved is saved, in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Signal

import pytest

from medqa.errors import AuditError
from medqa.records.entry import LOST, Event
from medqa.records.key import AuditKey
from medqa.records.log import AuditLog
from medqa.records.segments import Read, read, segments
from medqa.records.verify import verify
from medqa.records.writer import Writer


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    logger = logging.getLogger("medqa")
    was, logger.propagate = logger.propagate, True
    with caplog.at_level(logging.WARNING, "medqa"):
        yield
    logger.propagate = was


def written(folder: Path) -> list[str]:
    found = [each.entry for segment in segments(folder) for each in read(segment) if isinstance(each, Read)]
    return [str(entry.fact("object") or entry.action) for entry in found][1:]


def test_events_are_written_in_the_order_in_which_they_came(tmp_path: Path, key: AuditKey) -> None:
    writer = Writer(lambda: AuditLog(tmp_path, key))
    names = [f"event {number}" for number in range(200)]
    for name in names:
        writer.put(Event(action="asked", object_id=name))
    writer.flush()
    assert written(tmp_path) == names
    assert writer.trouble == ""
    assert verify(tmp_path, [key]).is_sound


def test_nobody_waits_for_a_slow_disk(tmp_path: Path, key: AuditKey) -> None:
    goes_on = Signal()

    def slow() -> AuditLog:
        goes_on.wait(20)
        return AuditLog(tmp_path, key)

    writer = Writer(slow)
    began = time.perf_counter()
    for _ in range(100):
        writer.put(Event(action="asked"))
    assert time.perf_counter() - began < 1
    assert not segments(tmp_path)
    goes_on.set()
    writer.flush()
    assert len(written(tmp_path)) == 100


def test_a_disk_that_hangs_is_said_and_not_waited_for(tmp_path: Path, key: AuditKey) -> None:
    goes_on = Signal()

    def hanging() -> AuditLog:
        goes_on.wait(20)
        return AuditLog(tmp_path, key)

    writer = Writer(hanging)
    writer.put(Event(action="asked"))
    writer.flush(timeout_s=0.1)
    assert "not been written" in writer.trouble
    goes_on.set()
    writer.flush()
    assert writer.trouble == ""


def test_trouble_is_loud_and_over_when_the_disk_is_back(
    tmp_path: Path, key: AuditKey, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "audit"
    folder.write_text("a file in the way")
    writer = Writer(lambda: AuditLog(folder, key))
    for name in ("one", "two"):
        writer.put(Event(action="asked", object_id=name))
    writer.flush()
    assert "check free space and rights" in writer.trouble
    assert "answers go on" in caplog.text
    assert "2 audit entries are not written" in caplog.text
    folder.unlink()
    writer.put(Event(action="asked", object_id="three"))
    writer.flush()
    assert writer.trouble == ""
    assert "is written again" in caplog.text
    assert written(folder) == ["one", "two", "three"]


def test_the_log_can_be_taken_away_under_a_running_writer(tmp_path: Path, key: AuditKey) -> None:
    folder, away = tmp_path / "audit", tmp_path / "away"
    writer = Writer(lambda: AuditLog(folder, key))
    writer.put(Event(action="asked", object_id="one"))
    writer.flush()
    folder.rename(away)
    folder.write_text("a file in the way")
    writer.put(Event(action="asked", object_id="two"))
    writer.flush()
    assert writer.trouble
    folder.unlink()
    away.rename(folder)
    writer.flush()
    assert written(folder) == ["one", "two"]
    assert verify(folder, [key]).is_sound


def test_what_no_longer_fits_in_memory_is_counted_in_the_log(tmp_path: Path, key: AuditKey) -> None:
    folder = tmp_path / "audit"
    folder.write_text("a file in the way")
    writer = Writer(lambda: AuditLog(folder, key), most_waiting=3)
    for number in range(8):
        writer.put(Event(action="asked", object_id=str(number)))
    writer.lose()
    writer.flush()
    folder.unlink()
    writer.flush()
    assert written(folder) == ["0", "1", "2", LOST]
    report = verify(folder, [key])
    assert (report.is_sound, report.lost) == (True, 6)
    writer.put(Event(action="asked", object_id="later"))
    writer.flush()
    assert written(folder)[-1] == "later"
    assert verify(folder, [key]).lost == 6


def test_what_comes_first_is_written_first_and_once(tmp_path: Path, key: AuditKey) -> None:
    writer = Writer(lambda: AuditLog(tmp_path, key), first=lambda _: [Event(action="settings", object_id="first")])
    writer.put(Event(action="asked", object_id="second"))
    writer.flush()
    writer.put(Event(action="asked", object_id="third"))
    writer.flush()
    assert written(tmp_path) == ["first", "second", "third"]


def test_a_key_that_is_not_there_yet_is_asked_for_again(tmp_path: Path, key: AuditKey) -> None:
    keys: list[AuditKey] = []

    def opened() -> AuditLog:
        if not keys:
            raise AuditError("there is no audit key: make one")
        return AuditLog(tmp_path, keys[0])

    writer = Writer(opened)
    writer.open()
    writer.flush()
    assert writer.trouble == "there is no audit key: make one"
    keys.append(key)
    writer.put(Event(action="asked", object_id="one"))
    writer.flush()
    assert (writer.trouble, written(tmp_path)) == ("", ["one"])


def test_the_same_trouble_is_not_said_with_every_question(
    tmp_path: Path, key: AuditKey, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit").write_text("a file in the way")
    writer = Writer(lambda: AuditLog(tmp_path / "audit", key))
    for _ in range(20):
        writer.put(Event(action="asked"))
        writer.open()
    writer.flush()
    assert caplog.text.count("answers go on") == 1
