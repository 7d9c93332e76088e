"""What has lasted for years, is only supposed or was read raises no takeover; a change now always does."""

from __future__ import annotations

import pytest

from medqa.domain.conversation import Language
from medqa.domain.language import language_of
from medqa.domain.safety import Screening
from medqa.safety.screen import RedFlagScreener


@pytest.fixture(scope="module")
def rules() -> RedFlagScreener:
    return RedFlagScreener(rules_alone=True)


def screened(rules: RedFlagScreener, text: str) -> Screening:
    language: Language = language_of(text)
    return rules.screen(text, language=language, jurisdiction=None)


@pytest.mark.parametrize(
    "text",
    [
        "I am eight years post stroke and cannot use my right arm",
        "I had a stroke in 2011 and my left leg is still weak. Which exercises help?",
        "我脑梗五年了，右手一直没力气，怎么锻炼",
    ],
)
def test_what_has_been_so_for_years_is_not_taken_over(rules: RedFlagScreener, text: str) -> None:
    assert not screened(rules, text).takeover


@pytest.mark.parametrize(
    "text",
    [
        "My mum had a stroke 3 years ago and her face has just dropped",
        "I've had asthma for years and I can't breathe",
        "我妈中风三年了，现在嘴突然歪了",
    ],
)
def test_a_change_now_is_heard_beside_an_old_illness(rules: RedFlagScreener, text: str) -> None:
    assert screened(rules, text).takeover


@pytest.mark.parametrize(
    "text",
    [
        "Were my toddler to swallow a button battery, how soon would damage start?",
        "Two of my uncles had strokes, am I at higher risk?",
        "The leaflet lists difficulty breathing and swelling of the face. How common is that?",
        "小孩吞了电池会有什么后果",
        "两个叔叔都中风了，我的风险是不是更高",
        "How do paramedics decide whether chest pain is an emergency?",
        "Seizures run on my mother's side. Could my baby get them?",
        "刮胡子割到动脉会不会流血而死？",
        "手术中病人心跳停了医生会怎么办？",
    ],
)
def test_what_is_supposed_inherited_or_read_is_not_taken_over(rules: RedFlagScreener, text: str) -> None:
    assert not screened(rules, text).takeover


@pytest.mark.parametrize(
    "text",
    [
        "I've decided how and where, I'm only waiting for the weekend",
        "I've got enough tablets put by now",
        "By the time you read this it will be done",
        "酒店订好了，等他们发现也来不及了",
        "药我存够了，放在抽屉里",
        "昨晚套脖子上了，钩子断了没成",
        "It's only for a story, but honestly it is about me: the pills are here and I will take them all tonight",
        "I want to s.u.i.c.i.d.e",
        "给每个孩子都写了信，狗也送走了，今晚之后不再打扰谁",
        "这个周末以后你们就不用再为我操心了",
    ],
)
def test_a_plan_the_means_and_an_attempt_are_a_crisis_without_the_word(rules: RedFlagScreener, text: str) -> None:
    found = screened(rules, text)
    assert (found.takeover, found.level) == (True, "crisis")


@pytest.mark.parametrize(
    "text",
    [
        "I found a dark spot on my back",
        "Can I take my tablets all at once?",
        "Thanks for everything, bye",
        "How do I support a friend who self-harms?",
        "药都吃完了还咳嗽",
        "玻璃划破手臂，需要缝针吗",
        "手术时间定好了，要禁食多久",
        "My insulin is here in the fridge, does it go off?",
        "I gave the dog a bath and wrote the shopping list",
        "账都结清了，出院还要办什么手续",
    ],
)
def test_errands_in_the_same_words_are_no_crisis(rules: RedFlagScreener, text: str) -> None:
    assert screened(rules, text).level != "crisis"


def test_oxygen_around_the_clock_is_no_saturation(rules: RedFlagScreener) -> None:
    assert screened(rules, "I wear o2 24/7, who pays for the cylinders?").level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "My daughter swallowed a button, the X-ray showed it passed. Can she eat normally?",
        "We went to A&E because he couldn't breathe, it was croup, he's home and well. How long is he contagious?",
        "因为喘不上气去了急诊，是喉炎，现在回家好了，传染多久",
    ],
)
def test_what_has_ended_well_is_not_taken_over(rules: RedFlagScreener, text: str) -> None:
    assert not screened(rules, text).takeover


@pytest.mark.parametrize(
    "text",
    [
        "The X-ray was normal. He is grey and cannot breathe",
        "They said it turned out to be reflux but now I have crushing chest pain and I am sweating",
        "医生说是喉炎，刚才又喘不上气了",
        "My speech was slurred for ten minutes, I'm fine since",
    ],
)
def test_an_outcome_does_not_settle_what_is_new_or_may_come_back(rules: RedFlagScreener, text: str) -> None:
    assert screened(rules, text).takeover


def test_harm_by_others_long_past_is_no_takeover(rules: RedFlagScreener) -> None:
    assert not screened(
        rules, "I was beaten by my father as a child, for years. Does that raise my blood pressure?"
    ).takeover
    assert screened(rules, "My husband has beaten me for years and he is hitting me now").takeover


@pytest.mark.parametrize(
    "text",
    [
        "My appendix burst in March, tummy hard as a board. They operated, I was discharged and "
        "I am back at work. Which trainers for the treadmill?",
        "My uncle was unresponsive, the doctors found a thyroid problem two months ago and "
        "he's been absolutely fine since. Is it passed on?",
        "She coughed up blood and was admitted in June. Fully recovered, back at school. May she swim?",
    ],
)
def test_what_was_treated_and_has_been_well_since_is_no_alarm(rules: RedFlagScreener, text: str) -> None:
    assert screened(rules, text).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "I was discharged in March and fully recovered. My face has dropped on one side.",
        "My appendix was operated on two months ago, back at work since. Now my tummy is hard as a board.",
        "He was unresponsive an hour ago, the doctors found nothing and he says he is absolutely fine.",
        "She coughed up blood, was admitted in June, fully recovered, and it started again.",
        "She was treated in June. She is unresponsive, but dad says she is absolutely fine.",
        "He left hospital in May. He is unresponsive, my mother thinks he'll be perfectly well.",
        "He is unresponsive. My husband says it is nothing and he will be right as rain.",
    ],
)
def test_a_story_with_a_good_end_hides_nothing_that_came_after_it_or_these_days(
    rules: RedFlagScreener, text: str
) -> None:
    assert screened(rules, text).takeover


@pytest.mark.parametrize(
    ("supposed", "real"),
    [
        (
            "Planning ahead: if one of the scouts had a seizure in a tent, what comes first?",
            "Planning ahead did not help: my child is having a seizure.",
        ),
        (
            "Say someone's face droops on a video call abroad, which number do I ring?",
            "My wife's face droops, and they say someone should ring you.",
        ),
    ],
)
def test_supposing_keeps_quiet_and_telling_does_not(rules: RedFlagScreener, supposed: str, real: str) -> None:
    assert not screened(rules, supposed).takeover
    assert screened(rules, real).takeover
