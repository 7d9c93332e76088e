"""What every vector index must do."""

from __future__ import annotations

import numpy as np
import pytest

from medqa.errors import SnapshotCorrupt
from medqa.registry import load, names

COUNT, DIMENSION = 500, 32


@pytest.fixture(scope="module", params=names("medqa.index.vector_indexes"))
def kind(request):
    return load("medqa.index.vector_indexes", request.param)


@pytest.fixture(scope="module")
def vectors():
    drawn = np.random.default_rng(0).normal(size=(COUNT, DIMENSION)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def index(kind, vectors, tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / kind.filename
    kind.write(path, vectors)
    return kind(path)


def test_each_vector_finds_itself_first_with_its_cosine(index, vectors):
    scores, rows = index.search(vectors[:20], 3)
    assert rows[:, 0].tolist() == list(range(20))
    assert np.allclose(scores[:, 0], 1, atol=2e-3)
    assert (np.diff(scores, axis=1) <= 0).all()


def test_the_ranking_is_that_of_exact_search(index, vectors):
    exact = np.argsort(-(vectors[:50] @ vectors.T), axis=1)[:, :10]
    _, rows = index.search(vectors[:50], 10)
    assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact, rows, strict=True)]) > 0.95


def test_only_the_given_rows_are_found_and_the_rest_is_padded(index, vectors):
    _, rows = index.search(vectors[:2], 4, rows=np.array([3, 77, 499]))
    assert all(set(found[:3]) == {3, 77, 499} and found[3] == -1 for found in rows.tolist())


def test_no_rows_find_nothing(index, vectors):
    _, rows = index.search(vectors[:1], 3, rows=np.array([], np.int64))
    assert rows.tolist() == [[-1, -1, -1]]


def test_more_than_there_is_pads(index, vectors):
    _, rows = index.search(vectors[:1], COUNT + 5)
    assert sorted(rows[0].tolist()) == [-1] * 5 + list(range(COUNT))


def test_where_nothing_is_wanted_nothing_is_found(index, vectors):
    scores, rows = index.search(vectors[:2], 0)
    assert scores.shape == rows.shape == (2, 0)


def test_a_file_of_something_else_is_refused(kind, tmp_path):
    path = tmp_path / kind.filename
    path.write_bytes(b"not an index at all")
    with pytest.raises(SnapshotCorrupt, match="medqa index build"):
        kind(path)


def test_a_file_that_claims_more_than_it_holds_is_refused(kind, vectors, tmp_path):
    path = tmp_path / kind.filename
    kind.write(path, vectors)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SnapshotCorrupt):
        kind(path)
