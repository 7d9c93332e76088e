from __future__ import annotations

import pytest

from medqa.answer.extraction.numbers import asks_number, tells_number


@pytest.mark.parametrize(
    "question", ["how long does flu last", "what age to start", "吃华法林INR多少合适", "感冒几天能好"]
)
def test_a_question_for_a_number_is_recognised(question: str) -> None:
    assert asks_number(question)


@pytest.mark.parametrize("question", ["is flu contagious", "流感会传染吗", "几乎每天头疼是什么病"])
def test_other_questions_ask_for_none(question: str) -> None:
    assert not asks_number(question)


@pytest.mark.parametrize("sentence", ["It lasts 2 weeks.", "Take it twice a day.", "一般两周会好。"])
def test_a_number_is_told_in_digits_or_words(sentence: str) -> None:
    assert tells_number(sentence)


def test_a_sentence_may_tell_none() -> None:
    assert not tells_number("Rest helps.")
