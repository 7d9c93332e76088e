"""Vectors of sentences: made once, kept with their passage, found again in the snapshot."""

from __future__ import annotations

import numpy as np
import pytest

from medqa.errors import SnapshotCorrupt
from medqa.index.curation import Curation
from medqa.index.sentence_vectors import FOLDER, SentenceVectors, packed
from medqa.index.snapshot import SnapshotStore

TEXTS = {"fever": "Fever is a high temperature. Rest helps.|Drink water.", "cough": "A cough clears the throat."}
SENTENCES = ["Fever is a high temperature.", "Rest helps.", "Drink water.", "A cough clears the throat."]


def similarities(store, embedder, question):
    """By passage id, the sentences' text and cosine."""
    snapshot = store.open(embedder)
    rows = range(len(snapshot.passages))
    found = snapshot.sentences.similarities(embedder.encode([question]), rows)
    passages = [passage for passage, _ in snapshot.passages.fetch(rows)]
    return {
        passage.id: [(passage.text[start:].split(".")[0] + ".", cosine) for start, cosine in each]
        for passage, each in zip(passages, found, strict=True)
    }


def test_each_sentence_is_compared_with_the_query(store, library, embedder):
    store.build(library, embedder)
    found = similarities(store, embedder, "Does rest help?")
    assert [words for words, _ in found["fever#0"]] == SENTENCES[:2]
    for words, cosine in found["fever#0"]:
        exact = float(embedder.encode([words])[0] @ embedder.encode(["Does rest help?"])[0])
        assert cosine == pytest.approx(exact, abs=0.01)


def test_sentences_are_counted_and_verified(tmp_path, store, library, embedder):
    built = store.build(library, embedder)
    assert store.info()["counts"]["sentences"] == len(SENTENCES)
    path = tmp_path / "snapshots" / built / FOLDER / "vectors.npy"
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(SnapshotCorrupt, match=r"vectors\.npy"):
        store.open(embedder)


def test_a_library_beyond_the_limit_is_indexed_without_them(tmp_path, library, embedder):
    small = SnapshotStore(tmp_path, sentences_up_to=2)
    small.build(library, embedder)
    assert small.open(embedder).sentences is None
    assert "sentences" not in small.info()["counts"]


def test_a_changed_limit_makes_a_new_snapshot(tmp_path, library, embedder):
    without = SnapshotStore(tmp_path, sentences_up_to=0).build(library, embedder)
    assert SnapshotStore(tmp_path).build(library, embedder) != without


def test_only_new_sentences_are_embedded(store, library, shelf, embedder):
    store.build(library, embedder)
    library.apply(shelf.events(TEXTS | {"cough": "A cough is a reflex."}), embedder)
    embedder.encoded.clear()
    with library.frozen(embedder, sentences=True):
        pass
    assert embedder.encoded == ["A cough is a reflex."]


def test_a_corrected_passage_has_the_sentences_of_its_new_text(tmp_path, store, library, embedder):
    curation = Curation(tmp_path)
    curation.correct("fever#1", "Drink tea. Drink soup.")
    curation.close()
    store.build(library, embedder)
    found = similarities(store, embedder, "soup")
    assert [words for words, _ in found["fever#1"]] == ["Drink tea.", "Drink soup."]


def test_a_language_that_the_encoder_does_not_read_has_none(store, library, shelf, embedder):
    library.apply(shelf.events({"fever": "发热是体温高。"}), embedder)
    store.build(library, embedder)
    assert similarities(store, embedder, "fever") == {"fever#0": []}


def test_files_that_are_no_vectors_are_refused(tmp_path):
    folder = tmp_path / FOLDER
    SentenceVectors.write(folder, [1], [packed([0], np.ones((1, 4), np.float32)).tobytes()], 4)
    (folder / "vectors.npy").write_bytes(b"no array")
    with pytest.raises(SnapshotCorrupt, match="medqa index build"):
        SentenceVectors(folder)
