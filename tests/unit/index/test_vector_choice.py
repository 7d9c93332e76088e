from __future__ import annotations

import pytest

from medqa.index.manifest import read
from medqa.index.snapshot import SnapshotStore
from medqa.index.vector_choice import KINDS, choose
from medqa.registry import names


def test_every_kind_is_a_plug_in():
    assert {kind.plugin for kind in KINDS} <= set(names("medqa.index.vector_indexes"))


@pytest.mark.parametrize(
    ("passages", "memory_mb", "chosen"),
    [
        (0, 512, "faiss_flat"),
        (50_000, 512, "faiss_flat"),
        (50_001, 512, "faiss_ivf"),
        (40_000, 16, "faiss_ivf"),
        (100_000_000, 16, "faiss_ivf"),
    ],
)
def test_size_and_memory_choose(passages, memory_mb, chosen):
    assert choose(passages, 384, memory_mb=memory_mb) == chosen


def test_what_is_chosen_is_what_the_snapshot_opens_with(tmp_path, shelf, embedder):
    from medqa.index.library import Library

    library = Library(tmp_path, chunker_version="sections-1/160")
    library.apply(shelf.events({"fever": "Fever is a high temperature."}), embedder)
    store = SnapshotStore(tmp_path, vector_index="auto")
    built = store.build(library, embedder)
    library.close()
    assert read(tmp_path / "snapshots" / built).parts.vectors == "faiss_flat"
    assert len(store.open(embedder).passages) == 1


def test_a_snapshot_opens_with_the_index_it_was_made_with(tmp_path, shelf, embedder):
    from medqa.index.library import Library

    library = Library(tmp_path, chunker_version="sections-1/160")
    library.apply(shelf.events({"fever": "Fever is a high temperature."}), embedder)
    SnapshotStore(tmp_path, vector_index="faiss_ivf").build(library, embedder)
    opened = SnapshotStore(tmp_path, vector_index="faiss_flat").open(embedder)
    library.close()
    assert opened.vectors.search(embedder.encode(["fever"]), 1)[1].tolist() == [[0]]
