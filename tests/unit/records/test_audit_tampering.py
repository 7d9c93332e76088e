"""Whatever is done to the log's files is seen, except a clean cut of its end, which a checkpoint sees."""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medqa.records.checkpoint import Checkpoint, make_checkpoint
from medqa.records.entry import GENESIS, Event, parse, sealed
from medqa.records.key import AuditKey
from medqa.records.log import AuditLog
from medqa.records.verify import Kind, Report, verify

Write = Callable[..., AuditLog]
Files = list[list[bytes]]  # the lines of each file, their line ends included
Tamper = Callable[[Files], Files]

ENTRIES = 30
BEGAN = datetime(2026, 11, 3, 8, tzinfo=UTC)  # as the log of these tests does


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, key: AuditKey, write_log: Write) -> Path:
    """A sound log of some files. Tests change copies."""
    folder = tmp_path_factory.mktemp("audit")
    write_log(folder, key, ENTRIES)
    return folder


@pytest.fixture(scope="module")
def files(folder: Path) -> Files:
    return [path.read_bytes().splitlines(keepends=True) for path in sorted(folder.glob("*.jsonl"))]


@contextmanager
def laid_out(files: Files) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for number, lines in enumerate(files, start=1):
            if lines is not None:
                (Path(name) / f"{number:06d}.jsonl").write_bytes(b"".join(lines))
        yield Path(name)


def verdict(files: Files, key: AuditKey, *checkpoints: Checkpoint) -> Report:
    with laid_out(files) as folder:
        return verify(folder, [key], checkpoints)


def kinds(report: Report) -> set[Kind]:
    return {fault.kind for fault in report.faults}


def checkpoint_of(report: Report, key: AuditKey) -> Checkpoint:
    return make_checkpoint(report.log, report.entries, report.last_hash, report.last_time, key)


def is_clean_cut(changed: Files, files: Files) -> bool:
    """Whether just the end is missing, at the end of a line."""
    kept = sum(len(lines) for lines in changed)
    whole = [line for lines in files for line in lines]
    shape = [len(lines) for lines in changed]
    full = [len(lines) for lines in files]
    return [line for lines in changed for line in lines] == whole[:kept] and shape[:-1] == full[: len(shape[:-1])]


# --- single blows, each with what is said about it ---


def test_an_untouched_log_is_sound(files: Files, key: AuditKey) -> None:
    report = verdict(files, key)
    assert report.is_sound, report.faults
    assert len(files) >= 4
    assert report.entries == ENTRIES + len(files)
    assert report.first_time.startswith("2026-11-03T08:00")


def test_an_edited_entry_is_named_with_its_file_and_line(files: Files, key: AuditKey) -> None:
    changed = [list(lines) for lines in files]
    changed[1][3] = changed[1][3].replace(b'"answered"', b'"declined"')
    (fault,) = verdict(changed, key).faults
    assert (fault.kind, fault.segment, fault.line) == ("altered", "000002.jsonl", 4)


def test_a_deleted_entry_is_missed(files: Files, key: AuditKey) -> None:
    changed = [list(lines) for lines in files]
    del changed[1][3:5]
    (fault,) = verdict(changed, key).faults
    assert (fault.kind, fault.segment, fault.line) == ("missing", "000002.jsonl", 4)
    assert "entries" in fault.message


def test_two_entries_that_change_places_are_seen(files: Files, key: AuditKey) -> None:
    changed = [list(lines) for lines in files]
    changed[0][2], changed[0][3] = changed[0][3], changed[0][2]
    assert kinds(verdict(changed, key)) == {"missing", "moved"}


def test_a_repeated_entry_is_seen(files: Files, key: AuditKey) -> None:
    changed = [list(lines) for lines in files]
    changed[0].insert(4, changed[0][3])
    assert kinds(verdict(changed, key)) == {"moved"}


def test_two_files_that_change_places_are_seen(files: Files, key: AuditKey) -> None:
    changed = [files[0], files[2], files[1], *files[3:]]
    assert "moved" in kinds(verdict(changed, key))


def test_a_removed_file_is_missed(files: Files, key: AuditKey) -> None:
    for number in range(len(files) - 1):
        changed = [*files[:number], None, *files[number + 1 :]]  # type: ignore[list-item]
        (fault,) = verdict(changed, key).faults
        assert fault.kind == "missing"
        assert f"{number + 1:06d}" in fault.message


def test_files_that_move_up_into_a_gap_are_seen(files: Files, key: AuditKey) -> None:
    assert "moved" in kinds(verdict([files[0], *files[2:]], key))


@pytest.mark.parametrize("has_the_key", [True, False])
def test_a_file_of_another_log_is_seen(
    files: Files, key: AuditKey, other_key: AuditKey, write_log: Write, tmp_path: Path, has_the_key: bool
) -> None:
    write_log(tmp_path, key if has_the_key else other_key, ENTRIES)
    foreign = [path.read_bytes().splitlines(keepends=True) for path in sorted(tmp_path.glob("*.jsonl"))]
    found = kinds(verdict([files[0], foreign[1], *files[2:]], key))
    assert ("foreign" if has_the_key else "unknown_key") in found


def test_an_entry_put_in_without_the_key_is_seen(files: Files, key: AuditKey, other_key: AuditKey) -> None:
    last = parse(files[-1][-1])
    assert last is not None
    forged, _ = sealed(Event(action="asked"), last.seq + 1, last.hash, other_key)
    (fault,) = verdict([*files[:-1], [*files[-1], forged]], key).faults
    assert fault.kind == "altered"


@pytest.mark.parametrize("junk", [None, 7, -1, 1e9, "x", [], {}, [1, None, {"segment": []}], {"a": {}}])
def test_entries_of_any_shape_are_judged_and_break_nothing(
    files: Files, key: AuditKey, other_key: AuditKey, junk: object
) -> None:
    names = ("form", "segment", "log", "key", "previous", "debris", "entries", "decision", "content")
    facts = dict.fromkeys(names, junk)
    forged = [
        sealed(Event(action=action, facts=facts), 1, GENESIS, other_key)[0] for action in ("opened", "lost", "asked")
    ]
    assert not verdict([forged, *files], key).is_sound
    assert not verdict([[*files[0], *forged], *files[1:]], key).is_sound
    with laid_out([forged]) as folder:
        AuditLog(folder, key).append(deque([Event(action="asked")]))


# --- the end of the log ---


def test_a_clean_cut_of_the_end_is_not_seen_in_the_log_but_by_a_checkpoint(files: Files, key: AuditKey) -> None:
    held = checkpoint_of(verdict(files, key), key)
    for cut in ([*files[:-1], files[-1][:-1]], files[:-1], files[:1], [files[0][:3]]):
        assert verdict(cut, key).is_sound
        (fault,) = verdict(cut, key, held).faults
        assert fault.kind == "checkpoint"
        assert "cut off" in fault.message


def test_a_log_that_is_gone_is_not_seen_but_by_a_checkpoint(files: Files, key: AuditKey) -> None:
    assert verdict([], key).is_sound
    assert kinds(verdict([], key, checkpoint_of(verdict(files, key), key))) == {"checkpoint"}


def test_cutting_and_adding_again_with_the_key_is_seen_by_a_checkpoint_alone(files: Files, key: AuditKey) -> None:
    held = checkpoint_of(verdict(files, key), key)
    with laid_out([*files[:-1], files[-1][:-2]]) as folder:
        log = AuditLog(folder, key)
        for number in range(5):
            log.append(deque([Event(action="asked", object_id=f"new {number}", at=BEGAN + timedelta(hours=2))]))
        assert verify(folder, [key]).is_sound
        (fault,) = verify(folder, [key], [held]).faults
        assert (fault.kind, "written anew" in fault.message) == ("checkpoint", True)


def test_cutting_and_adding_again_without_the_key_is_seen_in_the_log(
    files: Files, key: AuditKey, other_key: AuditKey
) -> None:
    kept = files[-1][:-2]
    last = parse(kept[-1])
    assert last is not None
    seq, before, forged = last.seq, last.hash, list(kept)
    for _ in range(3):
        line, before = sealed(Event(action="asked"), seq := seq + 1, before, other_key)
        forged.append(line)
    assert kinds(verdict([*files[:-1], forged], key)) == {"altered"}


def test_a_whole_log_begun_anew_with_the_key_is_seen_by_a_checkpoint_alone(
    files: Files, key: AuditKey, write_log: Write, tmp_path: Path
) -> None:
    held = checkpoint_of(verdict(files, key), key)
    write_log(tmp_path, key, ENTRIES)
    assert verify(tmp_path, [key]).is_sound
    (fault,) = verify(tmp_path, [key], [held]).faults
    assert "another log" in fault.message


def test_a_checkpoint_of_long_ago_still_holds_after_more_entries(
    folder: Path, key: AuditKey, write_log: Write, tmp_path: Path
) -> None:
    held = checkpoint_of(verify(folder, [key]), key)
    copy = shutil.copytree(folder, tmp_path / "audit")
    write_log(copy, key, 20, at=BEGAN + timedelta(hours=3))
    report = verify(copy, [key], [held, checkpoint_of(verify(copy, [key]), key)])
    assert report.is_sound, report.faults


def test_a_checkpoint_that_was_changed_or_signed_by_others_is_refused(
    files: Files, key: AuditKey, other_key: AuditKey
) -> None:
    report = verdict(files, key)
    good = checkpoint_of(report, key)
    told = {name: getattr(good, name) for name in good.__slots__}
    shorter = Checkpoint(**{**told, "entries": 3})
    (fault,) = verdict(files, key, shorter).faults
    assert "has been changed" in fault.message
    (fault,) = verdict(files, key, checkpoint_of(report, other_key)).faults
    assert "not given" in fault.message


# --- archived files ---


def test_files_that_were_archived_are_left_out_on_request_and_a_checkpoint_bridges_the_gap(
    files: Files, key: AuditKey
) -> None:
    at_the_cut = checkpoint_of(verdict(files[:2], key), key)
    later = [None, None, *files[2:]]
    with laid_out(later) as folder:  # type: ignore[arg-type]
        assert kinds(verify(folder, [key])) == {"missing"}
        assert verify(folder, [key], first=3).is_sound
        assert verify(folder, [key], [at_the_cut], first=3).is_sound
        assert not verify(folder, [key], [checkpoint_of(verdict(files[:1], key), key)], first=3).is_sound


# --- anything at all ---


def edits(draw: st.DrawFn, files: Files) -> Files:
    """One change: a byte, a line, a file, or where they stand."""
    file = draw(st.integers(0, len(files) - 1))
    lines = list(files[file])
    other = draw(st.integers(0, len(files) - 1))
    if not lines:
        return files
    line = draw(st.integers(0, len(lines) - 1))
    kind = draw(
        st.sampled_from(["byte", "delete", "swap", "repeat", "insert", "carry", "swap files", "drop file", "cut"])
    )
    changed = [list(each) for each in files]
    match kind:
        case "byte":
            place = draw(st.integers(0, len(lines[line]) - 1))
            byte = draw(st.integers(0, 255))
            lines[line] = lines[line][:place] + bytes([byte]) + lines[line][place + 1 :]
        case "delete":
            del lines[line : line + draw(st.integers(1, 4))]
        case "swap":
            to = draw(st.integers(0, len(lines) - 1))
            lines[line], lines[to] = lines[to], lines[line]
        case "repeat":
            lines.insert(draw(st.integers(0, len(lines))), lines[line])
        case "insert":
            lines.insert(line, draw(st.binary(min_size=1, max_size=40)))
        case "carry":
            changed[other].append(lines.pop(line))
            if other == file:
                return changed
        case "swap files":
            changed[file], changed[other] = changed[other], changed[file]
            return changed
        case "drop file":
            return [*changed[:file], *changed[file + 1 :]]
        case "cut":
            return [*changed[:file], lines[:line]]
    changed[file] = lines
    return changed


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_change_is_seen_but_a_clean_cut_and_a_checkpoint_sees_that_too(
    data: st.DataObject, files: Files, key: AuditKey
) -> None:
    changed = files
    for _ in range(data.draw(st.integers(1, 3))):
        changed = data.draw(st.composite(edits)(changed)) if changed else changed
    untouched = [b"".join(lines) for lines in changed] == [b"".join(lines) for lines in files]
    held = checkpoint_of(verdict(files, key), key)
    report = verdict(changed, key)
    assert report.is_sound == (untouched or is_clean_cut(changed, files)), report.faults
    assert verdict(changed, key, held).is_sound == untouched


def test_the_first_entry_follows_nothing(files: Files, key: AuditKey) -> None:
    first = parse(files[0][0])
    assert first is not None
    assert key.link(GENESIS, first.canonical) == first.hash
