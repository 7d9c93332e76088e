"""What every word index must do."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medqa.errors import SnapshotCorrupt, UsageError
from medqa.registry import load, names

FLU, ANTIVIRAL, METFORMIN, ASTHMA, PRESSURE, SUGAR = range(6)


@pytest.fixture(scope="session", params=names("medqa.index.lexical_indexes"))
def kind(request):
    return load("medqa.index.lexical_indexes", request.param)


@pytest.fixture(scope="session")
def index(kind, passages, tmp_path_factory):
    path = tmp_path_factory.mktemp("words") / kind.filename
    kind.write(path, passages, user_words=["二甲双胍", "糖尿病"])
    return kind(path)


def rows(index, text, **options):
    return [row for row, _ in index.search(text, 10, **options)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("fevers", FLU),
        ("FEVER?", FLU),
        ("treating the flu with drugs", ANTIVIRAL),
        ("grippe", FLU),
        ("高血压有什么症状", PRESSURE),
        ("水果", SUGAR),
        ("HbA1c", SUGAR),
        ("ＨｂＡ１ｃ 是什么", SUGAR),
        ("metformin nausea", METFORMIN),
    ],
)
def test_words_of_both_languages_find_their_passage(index, text, first):
    assert rows(index, text)[0] == first


def test_scores_fall_and_ranks_hold_no_row_twice(index):
    found = index.search("flu fever cough asthma metformin", 10)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert len({row for row, _ in found}) == len(found)


def test_english_search_leaves_chinese_words_out(index):
    assert rows(index, "fever 高血压", language="en") == [FLU]


@pytest.mark.parametrize("text", ["", "   ", "的", "the of", "🙂", "?!*"])
def test_no_words_find_nothing(index, text):
    assert rows(index, text) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([("language", ("zh",))], {PRESSURE, SUGAR}),
        ([("source_id", ("who", "nhc"))], {FLU, ANTIVIRAL, ASTHMA, PRESSURE, SUGAR}),
        ([("source_id", ("who",)), ("language", ("en",))], {FLU, ANTIVIRAL, ASTHMA}),
        ([("document_id", ("flu",))], {FLU, ANTIVIRAL}),
        ([("publication_type", ("label",))], {METFORMIN}),
        ([("audience", ("clinician",))], {ASTHMA}),
        ([("retracted", ("true",))], set()),
        ([("year", ("2019..2021",))], {FLU, ANTIVIRAL, METFORMIN}),
        ([("year", ("..2019", "2024"))], {METFORMIN, PRESSURE}),
        ([("source_id", ("nobody",))], set()),
    ],
)
def test_filters_keep_what_passes_all_of_them(index, filters, expected):
    everything = "flu metformin asthma 高血压 糖尿病"
    assert set(rows(index, everything, filters=filters)) == expected


def test_filters_do_not_change_scores(index):
    (plain,) = index.search("wheezing", 10)
    (filtered,) = index.search("wheezing", 10, filters=[("source_id", ("who",))])
    assert plain == pytest.approx(filtered)


def test_an_unknown_filter_names_the_known_ones(index):
    with pytest.raises(UsageError, match="publication_type"):
        index.search("flu", 5, filters=[("colour", ("red",))])


def test_asking_for_a_million_gives_what_there_is(index):
    assert len(index.search("flu", 1_000_000)) == 2
    assert index.search("flu", 0) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200) | st.from_regex(r'[a-z()":*~^\[\]{}\\ +-]{1,60}'))
def test_any_text_is_a_bag_of_words(index, text):
    for row, score in index.search(text, 3):
        assert 0 <= row < 6
        assert score > 0


def test_a_very_long_text_is_searched(index):
    assert rows(index, "fever " * 50_000)[0] == FLU


def test_a_folder_of_something_else_is_refused(kind, tmp_path):
    with pytest.raises(SnapshotCorrupt, match="medqa index build"):
        kind(tmp_path)


def test_a_folder_that_refuses_new_files_is_searched_all_the_same(kind, passages, tmp_path):
    path = tmp_path / kind.filename
    kind.write(path, passages)
    for lock in path.glob(".*.lock"):
        lock.unlink()
        lock.mkdir()  # what a read-only disk does to the lock file
    assert rows(kind(path), "fever") == [FLU]
