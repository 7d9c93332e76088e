"""A damaged, cut or foreign index is refused before anything reads it, and the last good one goes on serving."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from medqa.errors import SnapshotCorrupt, SnapshotError, SnapshotMissing
from medqa.index.snapshot import SnapshotStore
from medqa.settings import Settings, load_settings
from medqa.wiring import Application, parts, upkeep

FLIPS = 1000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A home with two small snapshots, the second one published; the ids of both. Never change it."""
    folder = tmp_path_factory.mktemp("poison")
    home, notes = folder / "home", folder / "notes"
    notes.mkdir()
    (notes / "asthma.md").write_text("# Asthma\n\nAsthma narrows the airways and makes breathing hard.\n")
    _, old = upkeep.ingest(load_settings(home=home), [notes])
    (notes / "gout.md").write_text("# Gout\n\nGout is a painful swelling of a joint, often of the big toe.\n")
    _, new = upkeep.ingest(load_settings(home=home), [notes])
    assert old
    assert new
    return home, old, new


@pytest.fixture
def copy(made: tuple[Path, str, str], tmp_path: Path) -> tuple[Settings, Path, str]:
    """Settings of a copy of the home, the folder of its published snapshot, and the id of the older one."""
    home, old, new = made
    shutil.copytree(home, tmp_path / "home")
    return load_settings(home=tmp_path / "home"), tmp_path / "home" / "snapshots" / new, old


def parts_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_every_one_of_a_thousand_flipped_bytes_is_refused(copy: tuple[Settings, Path, str]) -> None:
    settings, folder, _ = copy
    store, dice = parts.snapshots(settings), random.Random(6)
    files = {path: path.read_bytes() for path in parts_of(folder)}
    paths = list(files)
    opened = []
    for number in range(FLIPS):
        path = paths[number % len(paths)]  # every file gets its share, however small
        data = bytearray(files[path])
        at = dice.randrange(len(data))
        data[at] ^= dice.randrange(1, 256)
        path.write_bytes(data)
        try:
            store.open()
        except SnapshotError:
            pass
        else:
            opened.append((path.name, at))
        path.write_bytes(files[path])
    assert opened == []
    store.open()


def test_truncated_files_are_refused(copy: tuple[Settings, Path, str]) -> None:
    settings, folder, _ = copy
    store = parts.snapshots(settings)
    for path in parts_of(folder):
        data = path.read_bytes()
        for length in {0, len(data) // 2, len(data) - 1}:
            path.write_bytes(data[:length])
            with pytest.raises(SnapshotError):
                store.open()
        path.write_bytes(data)


def test_files_of_another_snapshot_are_refused(copy: tuple[Settings, Path, str]) -> None:
    settings, folder, old = copy
    for path in parts_of(folder):
        other = folder.parent / old / path.relative_to(folder)
        data = path.read_bytes()
        if not other.exists() or other.read_bytes() == data:
            continue
        shutil.copyfile(other, path)
        if path.name == "manifest.json":
            continue
        with pytest.raises(SnapshotCorrupt):
            parts.snapshots(settings).open()
        path.write_bytes(data)


def test_a_pickle_beside_the_index_is_never_opened(copy: tuple[Settings, Path, str], tmp_path: Path) -> None:
    settings, folder, _ = copy
    mark = tmp_path / "ran"
    payload = f"cos\nsystem\n(S'touch {mark}'\ntR.".encode()
    for name in ("index.pkl", "vectors.pkl", "passages.pkl"):
        (folder / name).write_bytes(payload)
    parts.snapshots(settings).open()
    assert not mark.exists()


def damage(folder: Path) -> None:
    path = next(path for path in parts_of(folder) if path.suffix not in {".json", ".lock"} and path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def test_the_last_good_snapshot_serves_and_says_so(copy: tuple[Settings, Path, str]) -> None:
    settings, folder, old = copy
    damage(folder)
    application = Application(settings, parts.embedder(settings))
    assert application.snapshot.id == old
    assert "damaged" in application.degraded[0]
    assert not application.refresh(), "a snapshot that is known to be damaged is not read again"


def test_a_snapshot_damaged_while_serving_leaves_the_open_one_in_use(
    made: tuple[Path, str, str], tmp_path: Path
) -> None:
    home, old, new = made
    shutil.copytree(home, tmp_path / "home")
    settings = load_settings(home=tmp_path / "home")
    (tmp_path / "home" / "current").write_text(old)
    application = Application(settings, parts.embedder(settings))
    assert (application.snapshot.id, application.degraded) == (old, ())
    damage(tmp_path / "home" / "snapshots" / new)
    (tmp_path / "home" / "current").write_text(new)
    with pytest.raises(SnapshotCorrupt):
        application.refresh()
    assert application.snapshot.id == old
    assert application.degraded
    assert not application.refresh()


def test_without_an_intact_snapshot_nothing_opens(copy: tuple[Settings, Path, str]) -> None:
    settings, folder, old = copy
    damage(folder)
    damage(folder.parent / old)
    with pytest.raises(SnapshotCorrupt):
        Application(settings, parts.embedder(settings))


def test_an_empty_home_still_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SnapshotMissing, match="medqa index build"):
        SnapshotStore(tmp_path).open()


def test_readiness_names_the_damage(copy: tuple[Settings, Path, str]) -> None:
    from fastapi.testclient import TestClient

    from medqa.serve.api import create_app

    settings, folder, old = copy
    damage(folder)
    application = Application(settings, parts.embedder(settings))
    with TestClient(create_app(settings, application), base_url="http://127.0.0.1") as client:
        ready = client.get("/readyz").json()
    assert (ready["status"], ready["index_snapshot"]) == ("degraded", old)
    assert "damaged" in ready["reasons"][0]
