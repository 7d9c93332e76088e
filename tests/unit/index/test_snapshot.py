from __future__ import annotations

import json
import shutil

import pytest
from filelock import FileLock

from medqa.errors import ConfigError, HomeError, PublishConflict, SnapshotCorrupt, SnapshotMismatch, SnapshotMissing
from medqa.index import snapshot as snapshots
from medqa.index.library import Library
from medqa.index.snapshot import SnapshotStore

TEXTS = {"fever": "Fever is a high temperature.|Rest helps.", "cough": "A cough clears the throat."}


def test_a_built_snapshot_opens_and_finds_what_it_holds(store, library, embedder):
    built = store.build(library, embedder)
    opened = store.open(embedder)
    assert opened.id == built == store.current()
    rows = [row for row, _ in opened.lexical.search("cough", 5)]
    assert [passage.document_id for passage, _ in opened.passages.fetch(rows)] == ["cough"]
    assert opened.vectors.search(embedder.encode(["cough throat"]), 1)[1][0][0] == rows[0]


def test_building_again_without_changes_keeps_the_snapshot(store, library, embedder):
    assert store.build(library, embedder) == store.build(library, embedder)
    assert len(store.ids()) == 1


def test_building_by_force_makes_a_new_one(store, library, embedder):
    assert store.build(library, embedder) != store.build(library, embedder, force=True)


def test_opening_without_an_index_names_the_command(store):
    with pytest.raises(SnapshotMissing, match="medqa index build"):
        store.open()


@pytest.mark.parametrize("name", ["vectors.faiss", "passages.sqlite", "lexical/meta.json"])
def test_one_changed_byte_refuses_to_open(tmp_path, store, library, embedder, name):
    path = tmp_path / "snapshots" / store.build(library, embedder) / name
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(SnapshotCorrupt, match=path.name):
        store.open(embedder)


def test_a_missing_file_refuses_to_open(tmp_path, store, library, embedder):
    (tmp_path / "snapshots" / store.build(library, embedder) / "vectors.faiss").unlink()
    with pytest.raises(SnapshotCorrupt, match="is missing"):
        store.open(embedder)


def test_a_missing_manifest_means_incomplete(tmp_path, store, library, embedder):
    (tmp_path / "snapshots" / store.build(library, embedder) / "manifest.json").unlink()
    with pytest.raises(SnapshotCorrupt, match="incomplete"):
        store.open(embedder)


def test_a_damaged_snapshot_is_built_anew(tmp_path, store, library, embedder):
    broken = store.build(library, embedder)
    (tmp_path / "snapshots" / broken / "vectors.faiss").write_bytes(b"")
    assert store.build(library, embedder) != broken
    assert store.open(embedder).id != broken


def test_another_encoder_is_refused_with_the_fix(store, library, embedder):
    store.build(library, embedder)
    with pytest.raises(SnapshotMismatch, match=r"word-hashes.*medqa index build"):
        store.open(type(embedder)("another"))


def test_an_encoder_that_lies_about_its_id_fails_the_self_test(store, library, embedder):
    store.build(library, embedder)
    liar = type(embedder)()
    liar.encode = lambda texts, is_query=False: -embedder.encode(texts)
    with pytest.raises(SnapshotMismatch, match="does not fit"):
        store.open(liar)


def test_another_schema_is_a_mismatch(tmp_path, store, library, embedder):
    path = tmp_path / "snapshots" / store.build(library, embedder) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99, "seal": ""}))
    with pytest.raises(SnapshotMismatch, match="99"):
        store.open(embedder)


def test_a_current_file_that_points_outside_is_refused(tmp_path, store, library, embedder):
    store.build(library, embedder)
    (tmp_path / "current").write_text("../../etc")
    with pytest.raises(SnapshotCorrupt, match="names no snapshot"):
        store.open(embedder)


def test_rollback_publishes_the_one_before(store, library, shelf, embedder):
    first = store.build(library, embedder)
    library.apply(shelf.events(TEXTS | {"cold": "A cold passes."}), embedder)
    second = store.build(library, embedder)
    assert store.rollback() == first == store.current()
    assert store.ids() == [first, second]
    with pytest.raises(SnapshotMissing, match="no older"):
        store.rollback()


def test_rollback_leaves_a_damaged_snapshot(tmp_path, store, library, shelf, embedder):
    first = store.build(library, embedder)
    library.apply(shelf.events(TEXTS | {"cold": "A cold passes."}), embedder)
    (tmp_path / "snapshots" / store.build(library, embedder) / "passages.sqlite").write_bytes(b"")
    with pytest.raises(SnapshotCorrupt, match="rollback"):
        store.open(embedder)
    store.rollback()
    assert store.open(embedder).id == first


def test_old_snapshots_are_pruned_but_never_the_published_one(store, library, embedder):
    built = [store.build(library, embedder, force=True) for _ in range(5)]
    assert store.ids() == built[-snapshots.KEPT :]
    store.rollback()
    store.prune(keep=1)
    assert store.current() in store.ids()


def test_a_reader_in_flight_keeps_a_snapshot_that_is_pruned(tmp_path, store, library, embedder):
    opened = store.open(embedder) if store.build(library, embedder) else None
    shutil.rmtree(tmp_path / "snapshots")
    rows = [row for row, _ in opened.lexical.search("fever", 5)]
    assert opened.passages.fetch(rows)
    assert opened.vectors.search(embedder.encode(["fever"]), 2)[1].shape == (1, 2)


def test_two_publishers_at_once_conflict(tmp_path, store, library, embedder, monkeypatch):
    monkeypatch.setattr(snapshots, "_WAIT_S", 0.05)
    (tmp_path / "snapshots").mkdir()
    with FileLock(tmp_path / "snapshots" / "publish.lock"), pytest.raises(PublishConflict, match="run again"):
        store.build(library, embedder)


def test_a_build_that_fails_leaves_the_published_snapshot_and_no_rubbish(tmp_path, store, library, shelf, embedder):
    built = store.build(library, embedder)
    library.apply(shelf.events(TEXTS | {"cold": "A cold passes."}), embedder)
    with pytest.raises(ConfigError):
        SnapshotStore(tmp_path, vector_index="unheard_of").build(library, embedder)
    assert store.open(embedder).id == built
    assert not list((tmp_path / "snapshots").glob(".building-*"))


def test_an_empty_library_makes_an_empty_snapshot(tmp_path, embedder):
    with_nothing = Library(tmp_path / "empty", chunker_version="x")
    store = SnapshotStore(tmp_path / "empty")
    store.build(with_nothing, embedder)
    opened = store.open(embedder)
    assert len(opened.passages) == 0
    assert opened.lexical.search("fever", 5) == []
    with_nothing.close()


def test_verify_passes_on_an_intact_snapshot(store, library, embedder):
    store.build(library, embedder)
    store.verify(embedder)
    assert store.info()["self_test"]["document_id"] in TEXTS


def test_a_home_that_is_a_file_cannot_be_published_to(tmp_path, library, embedder):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError):
        SnapshotStore(tmp_path / "file").build(library, embedder)
