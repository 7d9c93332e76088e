"""What every passage store must do."""

from __future__ import annotations

import threading

import pytest

from medqa.errors import SnapshotCorrupt
from medqa.registry import load, names


@pytest.fixture(scope="session", params=names("medqa.index.passage_stores"))
def kind(request):
    return load("medqa.index.passage_stores", request.param)


@pytest.fixture(scope="session")
def store(kind, passages, tmp_path_factory):
    path = tmp_path_factory.mktemp("passages") / kind.filename
    kind.write(path, iter(passages))
    return kind(path)


def test_passages_come_back_whole_in_the_order_asked(store, passages):
    assert store.fetch([4, 0, 4]) == [passages[4], passages[0], passages[4]]
    assert store.fetch([]) == []
    assert len(store) == len(passages)


def test_thousands_of_rows_are_fetched_at_once(store, passages):
    assert len(store.fetch(list(range(len(passages))) * 10_000)) == len(passages) * 10_000


def test_a_row_that_is_not_there_is_damage(store):
    with pytest.raises(SnapshotCorrupt, match="no row 99"):
        store.fetch([99])


def test_a_passage_is_found_by_its_id(store, passages):
    assert store.by_id("flu#1") == passages[1]
    assert store.by_id("flu#7") is None
    assert store.by_id("'; DROP TABLE passages; --") is None


def test_neighbours_stay_within_the_document(store, passages):
    first = passages[0][0]
    assert [p.id for p in store.neighbours(first, before=2, after=5)] == ["flu#0", "flu#1"]
    assert [p.id for p in store.neighbours(first, before=0, after=0)] == ["flu#0"]


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ([], [0, 1, 2, 3, 4, 5]),
        ([("language", ("zh",))], [4, 5]),
        ([("year", ("2019..2021",))], [0, 1, 2]),
        ([("year", ("2022..",)), ("source_id", ("who",))], [4]),
        ([("audience", ("clinician", "patient")), ("language", ("en",))], [0, 1, 3]),
        ([("retracted", ("false",))], [0, 1, 2, 3, 4, 5]),
        ([("doi", ("10.1/x",))], []),
    ],
)
def test_rows_that_pass_all_filters_come_in_order(store, filters, rows):
    found = store.rows_where(filters)
    assert found.tolist() == rows
    assert found.dtype == "int64"


def test_threads_share_one_store(store, passages):
    found = []
    threads = [threading.Thread(target=lambda: found.append(store.fetch([3, 2]))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[passages[3], passages[2]]] * 8


def test_a_file_of_something_else_is_refused(kind, tmp_path):
    path = tmp_path / kind.filename
    path.write_bytes(b"not a database " * 100)
    with pytest.raises(SnapshotCorrupt, match="medqa index build"):
        kind(path)
