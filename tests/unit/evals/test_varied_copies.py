from __future__ import annotations

import numpy as np
import pytest

from evals.scale.copies import Originals, PerturbingEmbedder, copies
from evals.scale.exact import exact, recall
from medqa.domain.document import Metadata
from medqa.domain.ingestion import DocumentRead
from medqa.domain.passage import Passage
from medqa.index.embedding import embedding_text

DIMENSION = 64


@pytest.fixture
def originals():
    metadata = Metadata(title="Fever", source_id="leaflets", source="Leaflets", language="en")
    documents = [
        [
            (Passage(id=f"{d}#{n}", document_id=d, ordinal=n, text=f"{d} has part {n}. It rests. It drinks."), metadata)
            for n in range(3)
        ]
        for d in ("flu", "cough")
    ]
    drawn = np.random.default_rng(0).normal(size=(6, DIMENSION)).astype(np.float32)
    return Originals(documents, drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


@pytest.fixture
def embedder(originals):
    class Named:
        id, dimension, max_tokens, languages = "named", DIMENSION, 256, ("en",)

    return PerturbingEmbedder(Named(), originals)


def read(originals, embedder, passages):
    return [event for event in copies(originals, passages, embedder) if isinstance(event, DocumentRead)]


@pytest.mark.parametrize("wanted", [1, 6, 20])
def test_there_are_as_many_passages_as_asked_for_each_with_an_id_of_its_own(originals, embedder, wanted):
    ids = [passage.id for event in read(originals, embedder, wanted) for passage in event.passages]
    assert len(ids) == len(set(ids)) == wanted


def test_a_copy_lies_near_its_original_and_is_not_the_same(originals, embedder):
    events = read(originals, embedder, 12)
    made = [(p, e.document.metadata) for e in events for p in e.passages]
    vectors = embedder.encode([embedding_text(*entry) for entry in made])
    cosines = (vectors * originals.vectors[[*range(6), *range(6)]]).sum(axis=1)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert 0.9 < cosines.min() <= cosines.max() < 0.99


def test_a_copy_keeps_most_sentences(originals, embedder):
    for event in read(originals, embedder, 12):
        assert all(p.text.count("It rests.") + p.text.count("It drinks.") >= 1 for p in event.passages)


def test_the_same_size_gives_the_same_text(originals, embedder):
    assert read(originals, embedder, 9) == read(originals, embedder, 9)


def test_exact_search_finds_the_nearest_rows(originals):
    found = exact([originals.vectors[:4], originals.vectors[4:]], originals.vectors, 2)
    assert found.rows[:, 0].tolist() == list(range(6))
    assert recall(found.rows, found.rows) == [1.0] * 6
    assert recall(np.full((6, 2), -1), found.rows) == [0.0] * 6
