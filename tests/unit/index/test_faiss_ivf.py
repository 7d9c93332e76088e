from __future__ import annotations

import numpy as np
import pytest

from medqa.errors import ConfigError, SnapshotCorrupt
from medqa.index.vector_indexes import faiss_ivf
from medqa.index.vector_indexes.faiss_flat import FaissFlat
from medqa.index.vector_indexes.faiss_ivf import FaissIvf

COUNT, DIMENSION, K = 24_000, 32, 10


@pytest.fixture(scope="module")
def vectors():
    """Unit vectors in 300 groups, as texts lie; every twentieth row has none."""
    dice = np.random.default_rng(0)
    groups = dice.normal(size=(300, DIMENSION))
    drawn = groups[dice.integers(300, size=COUNT)] + 0.7 * dice.normal(size=(COUNT, DIMENSION))
    unit = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    unit[::20] = 0
    return unit


@pytest.fixture(scope="module")
def path(vectors, tmp_path_factory):
    made = tmp_path_factory.mktemp("ivf") / FaissIvf.filename
    FaissIvf.write(made, vectors)
    return made


@pytest.fixture(scope="module")
def index(path):
    return FaissIvf(path)


def recall(found, queries, vectors, allowed):
    exact = allowed[np.argsort(-(queries @ vectors[allowed].T), axis=1)[:, :K]]
    return np.mean([len(set(a) & set(b)) / K for a, b in zip(found, exact, strict=True)])


def test_the_approximate_search_finds_almost_all_that_an_exact_one_finds(index, vectors):
    queries = vectors[1:400:4]
    assert len(vectors) > faiss_ivf._EXACT_ROWS
    _, rows = index.search(queries, K)
    assert recall(rows, queries, vectors, np.arange(COUNT)) > 0.97


@pytest.mark.parametrize("kept", [2, 60])  # half of the rows by lists, a sixtieth by comparing each
def test_a_filter_keeps_the_recall(index, vectors, kept):
    queries, allowed = vectors[1:400:4], np.arange(1, COUNT, kept)
    _, rows = index.search(queries, K, rows=allowed)
    assert set(rows.ravel().tolist()) <= set(allowed.tolist())
    assert recall(rows, queries, vectors, allowed) > 0.97


def test_scores_are_cosines(index, vectors):
    scores, rows = index.search(vectors[1:20], K)
    assert np.allclose(scores, (vectors[1:20, None] * vectors[rows]).sum(axis=2), atol=2e-3)


def test_rows_without_a_vector_are_not_found(index, vectors):
    _, rows = index.search(vectors[1:400:4], 100)
    assert not (rows % 20 == 0).any()


def test_one_query_at_a_time_finds_what_many_find(index, vectors):
    _, together = index.search(vectors[1:9], K)
    alone = np.vstack([index.search(vectors[row : row + 1], K)[1] for row in range(1, 9)])
    assert (together == alone).all()


def test_the_same_vectors_make_the_same_file(path, vectors, tmp_path):
    FaissIvf.write(tmp_path / "again", vectors)
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("count", [0, 1, 30])
def test_the_smallest_library_works_too(vectors, tmp_path, count):
    FaissIvf.write(tmp_path / "small", vectors[1 : count + 1])
    _, rows = FaissIvf(tmp_path / "small").search(vectors[1:2], 2)
    assert (rows[0] >= 0).sum() == min(count, 2)


def test_the_file_of_another_index_is_refused(vectors, tmp_path):
    FaissFlat.write(tmp_path / "flat", vectors[:100])
    with pytest.raises(SnapshotCorrupt, match="another kind"):
        FaissIvf(tmp_path / "flat")


@pytest.mark.parametrize("kind", [FaissFlat, FaissIvf])
def test_a_gpu_that_is_not_there_is_named_with_its_setting(kind, vectors, tmp_path):
    kind.write(tmp_path / "index", vectors[:100])
    with pytest.raises(ConfigError, match="MEDQA_VECTOR_DEVICE"):
        kind(tmp_path / "index", device="cuda")


def test_half_precision_is_read_as_it_was_written():
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(-1, 2)
    assert (faiss_ivf._single_precision(finite) == finite.astype(np.float32)).all()
