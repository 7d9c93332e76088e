"""How questions speak of a document that somebody has attached."""

from __future__ import annotations

import pytest

from medqa.domain.attached import asks_for_whole, papers


@pytest.mark.parametrize("question", [
    "What does my letter say?", "Summarise this letter", "please explain my test results",
    "what is in the attached file?",
    "What did the doctor write in this report", "这份小结写了什么", "我的化验单上说了什么？", "帮我解读一下这份报告",
])  # fmt: skip
def test_who_asks_what_a_document_says_asks_for_all_of_it(question: str) -> None:
    assert asks_for_whole(question)


@pytest.mark.parametrize("question", [
    "What does my letter say about ramipril?", "What does hypertension mean in my letter?", "What is asthma?",
    "How often should I take amoxicillin?", "报告里的血压正常吗", "布洛芬怎么吃",
])  # fmt: skip
def test_a_question_on_a_matter_is_not_one_on_the_whole(question: str) -> None:
    assert not asks_for_whole(question)


def test_the_words_for_the_document_are_told_from_its_matter() -> None:
    assert papers("What does my discharge letter say about ramipril?") == "my discharge letter"
    assert papers("What is asthma?") == ""
