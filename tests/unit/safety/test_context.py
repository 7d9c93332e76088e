"""Asking back, and the lines under an answer."""

from __future__ import annotations

import pytest

from evals.tasks.context import Context
from medqa.domain.conversation import Audience, Language, Question, Turn
from medqa.safety.context.counsel import PatientCounsel


@pytest.fixture(scope="module")
def counsel() -> PatientCounsel:
    return PatientCounsel()


def asked(text: str, *before: str, language: Language = "en", audience: Audience = "patient") -> Question:
    turns = tuple(Turn(role="user", content=said) for said in before)
    return Question(text=text, turns=turns, language=language, audience=audience, jurisdiction="GB")


def test_asks_what_is_missing_in_the_readers_language(counsel: PatientCounsel) -> None:
    assert counsel.questions(asked("I have a fever, what should I do?"))[0] == "How old is the person?"
    assert counsel.questions(asked("我发烧了怎么办", language="zh"))[0] == "多大年龄？"


def test_never_asks_more_than_three_questions(counsel: PatientCounsel) -> None:
    assert len(counsel.questions(asked("can I take ibuprofen?"))) == 3


def test_does_not_ask_what_an_earlier_turn_has_told(counsel: PatientCounsel) -> None:
    questions = counsel.questions(asked("I have a fever, what should I do?", "I am 34 years old"))
    assert questions
    assert "How old is the person?" not in questions


@pytest.mark.parametrize("text", ["What is a fever?", "side effects of ibuprofen", "How does metformin work?"])
def test_asks_nothing_back_about_a_subject_in_general(counsel: PatientCounsel, text: str) -> None:
    assert counsel.questions(asked(text)) == ()


def test_clinicians_are_asked_and_reminded_of_nothing(counsel: PatientCounsel) -> None:
    question = asked("how do I use an inhaler, I have a fever", audience="clinician")
    assert counsel.questions(question) == ()
    assert counsel.reminders(question) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [("How do I use an inhaler?", "en"), ("steps for measuring blood pressure", "en"), ("血压怎么量", "zh")],
)
def test_instructions_end_with_saying_them_back(counsel: PatientCounsel, text: str, language: Language) -> None:
    lines = counsel.reminders(asked(text, language=language))
    assert any("own words" in line or "自己的话" in line for line in lines)


def test_somebody_who_is_unwell_is_told_when_and_where_to_seek_help(counsel: PatientCounsel) -> None:
    lines = counsel.reminders(asked("I have a sore throat"))
    assert any("doctor" in line and "999" in line for line in lines)


def test_asking_back_reaches_its_goals_on_the_shipped_set() -> None:
    shares = Context().run(None, {})["asked_back"]
    assert shares["needs_context"]["share"] >= 0.85
    assert shares["complete"]["share"] <= 0.10
