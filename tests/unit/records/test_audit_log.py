"""Writing the audit log: one chain over files, keys, crashes and processes."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import stat
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medqa.errors import AuditError
from medqa.records.entry import GENESIS, OPENED, SET_ASIDE, Event, parse
from medqa.records.key import AuditKey
from medqa.records.log import AuditLog
from medqa.records.segments import Read, read, segments
from medqa.records.verify import verify

Write = Callable[..., AuditLog]


def one(action: str = "asked", **facts: object) -> deque[Event]:
    return deque([Event(action=action, facts=facts)])


def actions(folder: Path) -> list[str]:
    return [found.entry.action for segment in segments(folder) for found in read(segment) if isinstance(found, Read)]


def test_each_hash_is_an_hmac_over_the_one_before_and_the_entry(
    tmp_path: Path, key: AuditKey, write_log: Write
) -> None:
    write_log(tmp_path, key, 3)
    chain_key = hmac.digest(key.secret, b"medqa audit chain", "sha256")
    before = GENESIS
    for line in (tmp_path / "000001.jsonl").read_bytes().splitlines():
        told = json.loads(line)
        hash_ = told.pop("hash")
        canonical = json.dumps(told, separators=(",", ":")).encode()
        assert hmac.new(chain_key, before.encode() + canonical, hashlib.sha256).hexdigest() == hash_
        before = hash_


def test_a_log_is_one_chain_over_its_files(tmp_path: Path, key: AuditKey, write_log: Write) -> None:
    write_log(tmp_path, key, 40)
    report = verify(tmp_path, [key])
    assert report.is_sound, report.faults
    assert report.segments > 3
    assert report.entries == 40 + report.segments
    opened = [json.loads(path.read_text().splitlines()[0]) for path in sorted(tmp_path.glob("*.jsonl"))]
    lasts = [json.loads(path.read_text().splitlines()[-1])["hash"] for path in sorted(tmp_path.glob("*.jsonl"))]
    assert [each["previous"] for each in opened] == [GENESIS, *lasts[:-1]]
    assert len({each["log"] for each in opened}) == 1


def test_only_the_owner_may_read_the_log(tmp_path: Path, key: AuditKey, write_log: Write) -> None:
    write_log(tmp_path / "audit", key, 1)
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "audit").iterdir()} == {0o600}


def test_each_month_has_a_file_of_its_own_and_a_clock_put_back_begins_none(tmp_path: Path, key: AuditKey) -> None:
    log = AuditLog(tmp_path, key)
    for month in (10, 11, 10, 11, 12):
        log.append(deque([Event(action="asked", at=datetime(2026, month, 5, tzinfo=UTC))]))
    assert len(segments(tmp_path)) == 3
    assert verify(tmp_path, [key]).is_sound


def test_a_new_key_begins_a_file_and_both_are_needed(
    tmp_path: Path, key: AuditKey, other_key: AuditKey, write_log: Write
) -> None:
    write_log(tmp_path, key, 3)
    write_log(tmp_path, other_key, 3)
    assert len(segments(tmp_path)) == 2
    assert verify(tmp_path, [key, other_key]).is_sound
    (fault,) = verify(tmp_path, [other_key]).faults
    assert (fault.kind, fault.segment) == ("unknown_key", "000001.jsonl")
    assert key.id in fault.message


def test_two_writers_in_turn_make_one_chain(tmp_path: Path, key: AuditKey) -> None:
    one_log, other_log = AuditLog(tmp_path, key, segment_bytes=700), AuditLog(tmp_path, key, segment_bytes=700)
    for _ in range(6):
        one_log.append(one())
        other_log.append(one())
    report = verify(tmp_path, [key])
    assert report.is_sound, report.faults
    assert actions(tmp_path).count("asked") == 12


def test_a_line_torn_at_any_byte_is_seen_and_then_set_aside_openly(tmp_path: Path, key: AuditKey) -> None:
    AuditLog(tmp_path, key).append(deque([Event(action="asked", object_id=str(n)) for n in range(3)]))
    path = tmp_path / "000001.jsonl"
    whole = path.read_bytes()
    begins = whole.rindex(b"\n", 0, -1) + 1
    for cut in {*range(begins + 1, len(whole), 9), len(whole) - 1}:
        path.write_bytes(whole[:cut])
        (fault,) = verify(tmp_path, [key]).faults
        assert (fault.kind, fault.segment, fault.line) == ("unreadable", path.name, 4)
        AuditLog(tmp_path, key).append(one("screened"))
        report = verify(tmp_path, [key])
        assert report.is_sound, report.faults
        assert report.set_aside == 1
        assert actions(tmp_path)[-2:] == [SET_ASIDE, "screened"]
        assert path.read_bytes().startswith(whole[:cut])  # nothing was taken away


def test_a_crash_while_the_torn_line_is_set_aside_is_survived(tmp_path: Path, key: AuditKey) -> None:
    AuditLog(tmp_path, key).append(one())
    path = tmp_path / "000001.jsonl"
    path.write_bytes(path.read_bytes() + b'{"seq":3,"ti\n{"seq":3')
    AuditLog(tmp_path, key).append(one())
    report = verify(tmp_path, [key])
    assert (report.is_sound, report.set_aside) == (True, 1)


@pytest.mark.parametrize("left", [b"", b'{"seq":', b"\0" * 512])
def test_a_crash_while_a_file_was_begun_is_survived(
    tmp_path: Path, key: AuditKey, write_log: Write, left: bytes
) -> None:
    write_log(tmp_path, key, 15)
    last = segments(tmp_path)[-1].number
    (tmp_path / f"{last + 1:06d}.jsonl").write_bytes(left)
    AuditLog(tmp_path, key).append(one())
    report = verify(tmp_path, [key])
    assert report.is_sound, report.faults
    assert (report.segments, report.set_aside) == (last + 1, 1 if left else 0)


def test_a_line_torn_before_the_month_ended_is_set_aside_in_the_next_file(tmp_path: Path, key: AuditKey) -> None:
    AuditLog(tmp_path, key).append(deque([Event(action="asked", at=datetime(2026, 10, 31, tzinfo=UTC))]))
    with (tmp_path / "000001.jsonl").open("ab") as file:
        file.write(b'{"seq":3')
    AuditLog(tmp_path, key).append(deque([Event(action="asked", at=datetime(2026, 11, 1, tzinfo=UTC))]))
    report = verify(tmp_path, [key])
    assert report.is_sound, report.faults
    assert (report.segments, report.set_aside) == (2, 1)


@pytest.mark.parametrize("is_all_gone", [False, True])
def test_an_end_cut_off_under_a_running_writer_leaves_a_gap(tmp_path: Path, key: AuditKey, is_all_gone: bool) -> None:
    log = AuditLog(tmp_path, key)
    for _ in range(5):
        log.append(one())
    path = tmp_path / "000001.jsonl"
    if is_all_gone:
        path.unlink()
    else:
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))
        assert verify(tmp_path, [key]).is_sound
    log.append(one())
    faults = verify(tmp_path, [key]).faults
    assert [fault.kind for fault in faults] == ["missing"]
    log.append(one())
    assert verify(tmp_path, [key]).faults == faults


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="this user may write anywhere")
def test_a_copy_that_nobody_may_write_to_can_be_verified(tmp_path: Path, key: AuditKey, write_log: Write) -> None:
    write_log(tmp_path / "audit", key, 3)
    (tmp_path / "audit" / "lock").unlink()
    (tmp_path / "audit").chmod(0o500)
    try:
        assert verify(tmp_path / "audit", [key]).is_sound
    finally:
        (tmp_path / "audit").chmod(0o700)


def test_a_log_goes_on_after_any_number_of_power_cuts(tmp_path: Path, key: AuditKey) -> None:
    """At each cut some of what was written last is on the disk, and of a new file perhaps not even the name."""
    dice, kept = random.Random(22), 0
    for turn in range(150):
        before = {path: path.stat().st_size for path in tmp_path.glob("*.jsonl")}
        events = [Event(action="asked", object_id=f"{turn}.{number}") for number in range(dice.randint(1, 3))]
        AuditLog(tmp_path, key, segment_bytes=1_500).append(deque(events))
        kept += len(events)
        if dice.random() < 0.5:
            continue
        kept -= len(events)
        for path in sorted(tmp_path.glob("*.jsonl")):
            left = dice.randint(before.get(path, 0), path.stat().st_size)
            if path not in before and dice.random() < 0.3:
                path.unlink()
            elif left < path.stat().st_size:
                os.truncate(path, left)
    AuditLog(tmp_path, key).append(one())
    report = verify(tmp_path, [key])
    assert report.is_sound, report.faults
    assert report.segments > 5
    assert report.set_aside > 20
    assert actions(tmp_path).count("asked") > kept


def test_what_was_set_aside_cannot_be_changed_or_put_elsewhere(tmp_path: Path, key: AuditKey) -> None:
    AuditLog(tmp_path, key).append(one())
    path = tmp_path / "000001.jsonl"
    path.write_bytes(path.read_bytes() + b'{"seq":3,"ti')
    AuditLog(tmp_path, key).append(one())
    good = path.read_bytes()
    for bad in (good.replace(b"ti~\n", b"tx~\n"), good.replace(b'{"seq":3,"ti~\n', b"")):
        path.write_bytes(bad)
        assert not verify(tmp_path, [key]).is_sound


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path, key: AuditKey) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "000001.jsonl").symlink_to(target)
    target.touch()
    with pytest.raises(AuditError):
        AuditLog(tmp_path / "audit", key).append(one())
    assert target.read_bytes() == b""


def test_no_text_can_end_its_line(tmp_path: Path, key: AuditKey) -> None:
    log = AuditLog(tmp_path, key)
    for text in ("a\nb", '","hash":"', "\u2028\u0000", "\ud800", "中文"):
        log.append(deque([Event(action="edited", object_id=text)]))
    report = verify(tmp_path, [key])
    assert report.is_sound, report.faults
    assert len((tmp_path / "000001.jsonl").read_bytes().splitlines()) == report.entries == 6


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[1]\n",
        b'{"seq":1}\n',
        b'{"hash":"' + b"0" * 64 + b'"}\n',
        b'{"seq":true,"time":"x","action":"y","hash":"' + b"0" * 64 + b'"}\n',
        b'{"seq":"1","time":"x","action":"y","hash":"' + b"0" * 64 + b'"}\n',
        b'{"time":"x","seq":1,"action":"y","hash":"' + b"0" * 64 + b'"}\n',
        b'{"seq":1,"time":"x","action":"y","hash":"' + b"0" * 64 + b'"}',
        b'{"a":' * 5_000 + b',"hash":"' + b"0" * 64 + b'"}\n',
        b'{"seq":' + b"9" * 9_000 + b',"time":"x","action":"y","hash":"' + b"0" * 64 + b'"}\n',
    ],
)
def test_what_is_no_entry_is_not_taken_for_one(line: bytes) -> None:
    assert parse(line) is None


def test_the_opening_names_the_file_the_log_and_the_key(tmp_path: Path, key: AuditKey, write_log: Write) -> None:
    write_log(tmp_path, key, 1)
    first = json.loads((tmp_path / "000001.jsonl").read_text().splitlines()[0])
    assert (first["action"], first["segment"], first["key"], first["previous"]) == (OPENED, 1, key.id, GENESIS)
