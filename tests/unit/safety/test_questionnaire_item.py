"""A reported answer to the ninth item of a depression questionnaire: above 0 it is a crisis, at 0 it is not."""

from __future__ import annotations

from itertools import product

import pytest

from medqa.domain.conversation import Language, Turn
from medqa.domain.language import language_of
from medqa.domain.safety import Screening
from medqa.safety.screen import RedFlagScreener

MARKED = (
    "PHQ-9 item 9: 2",
    "I scored 1 on question 9 of the PHQ-9",
    "my PHQ9 Q9 was 3",
    "phq-9: 1,0,2,1,0,0,1,0,2",
    "My PHQ-9 answers are 1, 0, 2, 1, 0, 0, 1, 0, 1",
    "I got a 2 for item nine on my depression questionnaire",
    'On the PHQ-9 I ticked "several days" for the last question',
    "phq9 question 9 = 1",
    "PHQ-9: item 9 several days",
    "my daughter's PHQ-9, question 9: nearly every day",
    "PHQ-9 total 4, item 9 positive",
    "I answered more than half the days to question 9 of the PHQ 9",
    "On question 9 of the PHQ-9 I put 3",
    "I took a depression test and for the last question I chose several days",
    "I scored 7 on the PHQ-9 and 1 on question 9",
    "My PHQ-9 came back with question 9 at 2.",
    "I scored 1 on question 9 of the Patient Health Questionnaire",
    "PHQ-9 item 9 > 0",
    "i put 2 for no. 9 on the phq9",
    "PHQ-9: no. 9 = 2",
    "PHQ-9: 1,0,2,5,0,0,1,0,2",
    "PHQ-9：1,0,2,4,0,0,1,0,1",
    "PHQ-9第9题选了2分",
    "PHQ-9第9题：2",
    "PHQ9第九题我选了好几天",
    "我做了PHQ-9，第9题得1分",
    "抑郁量表最后一题选的几乎每天",
    "PHQ-9 第9题 2分",
    "PHQ-9：1,0,2,1,0,0,1,0,1",
    "抑郁自评问卷第九题我填的是一半以上的天数",
    "PHQ-9总分5分，第9题1分",
    "医生让我填PHQ-9，我在第九题选了2",
    "PHQ-9 第9題選了2分",
)
UNMARKED = (
    "PHQ-9 item 9: 0",
    "PHQ-9: no. 9 = 0",
    "PHQ-9: 1,0,2,5,0,0,1,2,0",
    "I scored 0 on question 9 of the PHQ-9",
    "I answered not at all to question 9 of the PHQ-9",
    "Item 9: 0, item 8: 2 on the PHQ-9",
    "PHQ-9: 1,0,2,1,0,0,1,2,0",
    "I did not score 2 on item 9 of the PHQ-9",
    "I scored 2 on question 8 of the PHQ-9",
    "my PHQ-9 score was 12",
    "I scored 9 on the PHQ-9",
    "PHQ-9 total 9",
    "PHQ-9第9题选了0分",
    "PHQ-9 第9题 完全不会",
    "抑郁量表第9题我选的完全不会",
    "PHQ-9第8题选了2分，第9题选了0分",
    "PHQ-9：1,0,2,1,0,0,1,2,0",
    "我PHQ-9得了9分",
    "PHQ-9总分9分",
)
ABOUT_IT = (
    "what does question 9 of the PHQ-9 ask?",
    "What is PHQ-9 item 9 about?",
    "What does a score of 2 on item 9 of the PHQ-9 mean?",
    "How is the PHQ-9 scored? Is 10 the cut-off?",
    "PHQ-9 has 9 questions with scores from 0 to 3",
    "how many points is several days on the PHQ-9?",
    "On question 9 of the maths exam I got 2 points",
    "PHQ-9第9题是什么",
    "PHQ-9第9题问的是什么",
    "PHQ-9 第9题得分大于0说明什么",
    "数学考试第9题得了2分",
)


@pytest.fixture(scope="module")
def rules() -> RedFlagScreener:
    return RedFlagScreener(rules_alone=True)


@pytest.fixture(scope="module")
def both_layers() -> RedFlagScreener:
    return RedFlagScreener()


def screened(screener: RedFlagScreener, text: str, *before: str) -> Screening:
    language: Language = language_of(text)
    turns = [Turn(role="user", content=said) for said in before]
    return screener.screen(text, turns, language=language, jurisdiction="US")


@pytest.mark.parametrize("text", MARKED)
def test_a_ninth_item_above_0_is_a_crisis_by_rule_alone(rules: RedFlagScreener, text: str) -> None:
    screening = screened(rules, text)
    assert (screening.level, screening.takeover) == ("crisis", True)
    assert "suicide.questionnaire" in [finding.rule for finding in screening.findings]
    assert screening.card is not None
    assert screening.card.phone == "988"


@pytest.mark.parametrize("text", [*UNMARKED, *ABOUT_IT])
def test_a_ninth_item_at_0_and_talk_about_it_raise_nothing(both_layers: RedFlagScreener, text: str) -> None:
    assert screened(both_layers, text).level == "none"


def test_the_questionnaire_may_have_been_named_earlier(rules: RedFlagScreener) -> None:
    assert screened(rules, "Question 9: I put 2", "I have filled in the PHQ-9 today").level == "crisis"
    assert screened(rules, "第九题选了1分", "我刚填完抑郁量表").level == "crisis"
    assert screened(rules, "Question 9 was 2", "I am marking my maths exam").level == "none"


@pytest.mark.parametrize("score", ["1", "2", "3"])
@pytest.mark.parametrize("said", ["PHQ-9 item 9: {}", "PHQ-9第9题选了{}分", "I put {} for question 9 on the PHQ-9"])
def test_every_score_above_0_counts_alike(rules: RedFlagScreener, said: str, score: str) -> None:
    assert screened(rules, said.format(score)).level == "crisis"
    assert screened(rules, said.format(0)).level == "none"


SAID: tuple[tuple[Language, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "en",
        (
            "On the {form}, {item} was {score}.",
            "I answered {score} to {item} on the {form}",
            "{form} total 6, {item} {score}",
            "my {item} score on the {form} is {score}",
            "I got {score} on {item} ({form}), should I worry?",
        ),
        ("item 9", "question 9", "Q9", "the last question", "number nine"),
        ("0", "not at all", "1", "several days", "two", "more than half the days", "3", "nearly every day"),
    ),
    (
        "zh",
        (
            "我做了{form}，{item}选了{score}",
            "{form}{item}：{score}",
            "{form}总分6分，{item}{score}",
            "孩子的{form}{item}是{score}",
        ),
        ("第9题", "第九个问题", "最后一题", "第9项"),
        ("0分", "完全不会", "1分", "好几天", "两分", "一半以上的天数", "3", "几乎每天"),
    ),
)
FORMS = {"en": ("PHQ-9", "depression questionnaire"), "zh": ("PHQ-9", "抑郁量表")}


def test_ways_of_saying_it_are_told_apart_by_the_score_alone(rules: RedFlagScreener) -> None:
    wrong = []
    for language, ways, items, scores in SAID:
        for way, item, form, (place, score) in product(ways, items, FORMS[language], enumerate(scores)):
            text = way.format(form=form, item=item, score=score)
            if screened(rules, text).level != ("none" if place < 2 else "crisis"):
                wrong.append(text)
    assert wrong == []
