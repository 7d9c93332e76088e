"""The audit log under processes that write at once, are killed at any moment, or run out of disk."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from medqa.records.key import make_key
from medqa.records.log import AuditLog
from medqa.records.segments import Read, read, segments
from medqa.records.verify import verify

_WRITE = """
import sys
from collections import deque
from pathlib import Path
from medqa.records.entry import Event
from medqa.records.key import read_key
from medqa.records.log import AuditLog
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
log = AuditLog(folder / "audit", read_key(folder / "audit.key"), segment_bytes=6_000)
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    log.append(deque([Event(action="asked", object_id=f"{name}:{number}")]))
    print(number, flush=True)
"""
_FULL = """
import resource, signal, sys
from collections import deque
from pathlib import Path
from medqa.errors import AuditError
from medqa.records.entry import Event
from medqa.records.key import read_key
from medqa.records.log import AuditLog
from medqa.records.writer import Writer
folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500, resource.RLIM_INFINITY))
writer = Writer(lambda: AuditLog(folder / "audit", read_key(folder / "audit.key")))
for number in range(20):
    writer.put(Event(action="asked", object_id=str(number)))
    writer.flush()
assert "check free space" in writer.trouble, writer.trouble
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.put(Event(action="asked", object_id="20"))
writer.flush()
assert writer.trouble == "", writer.trouble
"""


def started(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITE, str(folder), name, str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def recorded(folder: Path) -> list[str]:
    found = [each.entry for segment in segments(folder / "audit") for each in read(segment) if isinstance(each, Read)]
    return [str(entry.fact("object")) for entry in found if entry.action == "asked"]


def test_eight_processes_at_once_make_one_chain(tmp_path: Path) -> None:
    key = make_key(tmp_path / "audit.key")
    writers = [started(tmp_path, f"p{n}", 25) for n in range(8)]
    for process in writers:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in writers:
        let_go(process)
    for process in writers:
        process.communicate(timeout=60)
        assert process.returncode == 0
    report = verify(tmp_path / "audit", [key])
    assert report.is_sound, report.faults
    assert report.segments > 3
    names = recorded(tmp_path)
    assert sorted(names) == sorted(f"p{n}:{number}" for n in range(8) for number in range(25))
    for n in range(8):  # each one's own order is kept
        assert [name for name in names if name.startswith(f"p{n}:")] == [f"p{n}:{number}" for number in range(25)]


def test_a_log_is_sound_whenever_it_is_looked_at(tmp_path: Path) -> None:
    key = make_key(tmp_path / "audit.key")
    writer = started(tmp_path, "busy", 100_000)
    assert writer.stdout is not None
    writer.stdout.readline()
    let_go(writer)
    try:
        until, seen = time.monotonic() + 1.5, 0
        while time.monotonic() < until or not seen:
            report = verify(tmp_path / "audit", [key])
            assert report.is_sound, report.faults
            seen = report.entries
    finally:
        writer.kill()
        writer.communicate()


def test_a_process_killed_at_any_moment_loses_nothing_that_was_on_the_disk(tmp_path: Path) -> None:
    key = make_key(tmp_path / "audit.key")
    dice = random.Random(22)
    said = 0
    for turn in range(8):
        process = started(tmp_path, f"k{turn}", 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        let_go(process)
        time.sleep(dice.uniform(0.005, 0.15))
        process.kill()
        said += len(process.stdout.read().split())
        process.wait()
        report = verify(tmp_path / "audit", [key])
        assert report.is_sound, report.faults
        assert len(recorded(tmp_path)) >= said
        said = len(recorded(tmp_path))
    AuditLog(tmp_path / "audit", key)
    assert said > 8


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of a file")
def test_a_disk_that_fills_up_within_a_line_costs_no_entry(tmp_path: Path) -> None:
    key = make_key(tmp_path / "audit.key")
    done = subprocess.run([sys.executable, "-c", _FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = verify(tmp_path / "audit", [key])
    assert report.is_sound, report.faults
    assert report.set_aside == 1
    assert recorded(tmp_path) == [str(number) for number in range(21)]
