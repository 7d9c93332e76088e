from __future__ import annotations

import pytest

from medqa.answer.terms import phrases, terms, weight


@pytest.mark.parametrize(
    ("one", "other"),
    [("causes", "causing"), ("diabetics", "diabetes"), ("infection", "infected"), ("allergies", "allergy"),
     ("curable", "cure"), ("children", "toddler"), ("bitten", "bites"), ("vaccines", "vaccination")],
)  # fmt: skip
def test_forms_of_one_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_stop_words_carry_nothing() -> None:
    assert terms("What is it that you have?") == ()


def test_chinese_is_read_two_characters_at_a_time_between_function_words() -> None:
    assert terms("糖尿病人能吃水果吗") == ("糖尿", "尿病", "病人", "水果")


def test_everyday_words_and_numbers_weigh_less_than_names_of_things() -> None:
    assert weight("asthma") == 1.0
    assert weight("help") < 0.5
    assert weight("39") < 0.5


def test_phrases_are_neighbouring_words() -> None:
    assert ("blood", "pressur") in phrases("my blood pressure is high")
    assert not phrases("blood and the pressure")


@pytest.mark.parametrize(("one", "same", "other"), [
    ("type 1 diabetes", "Type I diabetes", "type 2 diabetes"),
    ("1型糖尿病", "一型糖尿病", "2型糖尿病"),
])  # fmt: skip
def test_the_types_of_diabetes_are_told_apart(one: str, same: str, other: str) -> None:
    assert terms(one) == terms(same)
    assert terms(one)[0] != terms(other)[0]
    assert weight(terms(one)[0]) == 1.0


def test_a_chinese_word_that_holds_a_word_to_cut_at_stays_whole() -> None:
    assert terms("中暑了怎么办") == ("中暑",)
    assert terms("食物中毒") == ("食物", "中毒")
