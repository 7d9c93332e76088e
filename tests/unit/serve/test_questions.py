"""Raw input becomes a question, or a message that names the field and never repeats the text."""

from __future__ import annotations

import pytest

from medqa.domain.conversation import Turn
from medqa.domain.text import cleaned
from medqa.errors import UsageError
from medqa.serve.questions import (
    read_conversation,
    read_filters,
    read_k,
    read_question,
    read_row,
    read_turns,
)
from medqa.settings import Settings

SETTINGS = Settings(max_question_chars=200, max_turns=5)


def test_a_plain_question_needs_no_options() -> None:
    question = read_question("What is HbA1c?", settings=SETTINGS)
    assert (question.text, question.language, question.audience, question.jurisdiction) == (
        "What is HbA1c?",
        "en",
        "patient",
        None,
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("糖尿病人能吃水果吗？", "zh"),
        ("HbA1c 多少算正常", "zh"),
        ("COVID 怎么办", "zh"),
        ("What does 糖尿病 mean?", "en"),
        ("¿Qué es la diabetes?", "en"),
        ("糖尿病とは何ですか", "en"),
        ("당뇨병이란 무엇입니까", "en"),
        ("120/80?", "en"),
    ],
)
def test_the_language_follows_the_text(text: str, language: str) -> None:
    assert read_question(text, settings=SETTINGS).language == language


@pytest.mark.parametrize("given", ["zh", "ZH", "zh-CN", "zh-Hant"])
def test_a_named_language_wins_over_the_text(given: str) -> None:
    assert read_question("What is flu?", language=given, settings=SETTINGS).language == "zh"


def test_what_no_reader_sees_is_taken_out() -> None:
    hidden = "fl\u200bu\u202e \x00pills\ufeff \U000e0041\ud800\r\nnow\tplease "
    assert cleaned(hidden) == "flu pills \nnow please"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"text": ""}, "question", "empty"),
        ({"text": " \u200b\n"}, "question", "empty"),
        ({"text": "a" * 100_000}, "question", "too_long"),
        ({"text": None}, "question", "bad_input"),
        ({"text": 5}, "question", "bad_input"),
        ({"text": "flu", "audience": "nurse"}, "audience", "bad_input"),
        ({"text": "flu", "language": "fr"}, "language", "bad_input"),
        ({"text": "flu", "language": 3}, "language", "bad_input"),
        ({"text": "flu", "jurisdiction": "XX"}, "jurisdiction", "bad_input"),
        ({"text": "flu", "jurisdiction": "USA"}, "jurisdiction", "bad_input"),
        ({"text": "flu", "jurisdiction": 1}, "jurisdiction", "bad_input"),
        ({"text": "flu", "turns": "before"}, "turns", "bad_input"),
        ({"text": "flu", "turns": ["x"] * 6}, "turns", "too_long"),
        ({"text": "flu", "turns": [{"role": "system", "content": "x"}]}, "turns[0].role", "bad_input"),
        ({"text": "flu", "turns": ["ok", 3]}, "turns[1]", "bad_input"),
        ({"text": "flu", "turns": ["a" * 201]}, "turns[0].content", "too_long"),
    ],
)
def test_bad_input_names_its_field(given: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_question(given.pop("text"), settings=SETTINGS, **given)
    assert (caught.value.field, caught.value.code) == (field, code)


def test_a_message_never_repeats_what_was_typed() -> None:
    secret = "my name is Zebediah"
    for given in ({"audience": secret}, {"language": secret}, {"jurisdiction": secret}, {"turns": secret}):
        with pytest.raises(UsageError) as caught:
            read_question("flu", settings=SETTINGS, **given)
        assert "Zebediah" not in str(caught.value)


def test_the_field_is_named_as_the_caller_names_it() -> None:
    with pytest.raises(UsageError) as caught:
        read_row({"query": " "}, field="query", settings=SETTINGS)
    assert caught.value.field == "query"


def test_a_jurisdiction_comes_in_any_case_and_uk_means_gb() -> None:
    assert read_question("flu", jurisdiction="cn", settings=SETTINGS).jurisdiction == "CN"
    assert read_question("flu", jurisdiction="UK", settings=SETTINGS).jurisdiction == "GB"
    assert read_question("flu", settings=Settings(jurisdiction="hk")).jurisdiction == "HK"


def test_turns_are_texts_or_objects_and_empty_ones_are_left_out() -> None:
    turns = read_turns(
        ["I have flu", {"role": "assistant", "content": "Rest."}, " ", Turn(role="user", content="ok")], SETTINGS
    )
    assert [(turn.role, turn.content) for turn in turns] == [
        ("user", "I have flu"),
        ("assistant", "Rest."),
        ("user", "ok"),
    ]


def test_turns_alone_are_a_conversation_whose_last_user_turn_is_screened() -> None:
    row = {"turns": ["my chest hurts", {"role": "assistant", "content": "Since when?"}, "an hour"]}
    said = read_conversation(row, settings=SETTINGS)
    assert (said.text, len(said.turns)) == ("an hour", 2)


def test_a_text_beside_turns_comes_after_them() -> None:
    said = read_conversation({"text": "and now my arm", "turns": ["my chest hurts"]}, settings=SETTINGS)
    assert (said.text, said.turns[0].content) == ("and now my arm", "my chest hurts")


@pytest.mark.parametrize("row", [{}, {"turns": []}, {"turns": [{"role": "assistant", "content": "Hello"}]}])
def test_a_conversation_without_the_users_words_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        read_conversation(row, settings=SETTINGS)
    assert caught.value.field == "text"


@pytest.mark.parametrize("k", [0, -1, 1_000_000, "5", 2.5, True, None])
def test_k_is_a_whole_number_within_bounds(k: object) -> None:
    with pytest.raises(UsageError, match="k must be"):
        read_k(k)


def test_filters_come_as_an_object_or_as_pairs() -> None:
    wanted = (("language", ("en", "zh")), ("year", ("2015..2024",)))
    assert read_filters({"language": ["en", "zh"], "year": "2015..2024"}) == wanted
    assert read_filters(["language=en", "language=zh", "year=2015..2024"]) == wanted
    assert read_filters({"year": 2020}) == (("year", ("2020",)),)
    assert read_filters(None) == ()


@pytest.mark.parametrize("filters", [5, ["year"], {"year": None}, {"year": []}, {"": "x"}, [3], {"year": [{}]}])
def test_malformed_filters_are_refused(filters: object) -> None:
    with pytest.raises(UsageError) as caught:
        read_filters(filters)
    assert caught.value.field == "filters"
