"""The screen over messages and conversations: scope, turns, levels, spans."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medqa.domain.conversation import Language, Turn
from medqa.domain.safety import Screening
from medqa.safety.screen import RedFlagScreener


@pytest.fixture(scope="module")
def screener() -> RedFlagScreener:
    return RedFlagScreener()


def screened(
    screener: RedFlagScreener, text: str, *before: str | Turn, language: Language = "en", place: str | None = "US"
) -> Screening:
    turns = [turn if isinstance(turn, Turn) else Turn(role="user", content=turn) for turn in before]
    return screener.screen(text, turns, language=language, jurisdiction=place)


def test_an_emergency_takes_over_with_the_users_words_as_span(screener: RedFlagScreener) -> None:
    screening = screened(screener, "Crushing CHEST PAIN going into my left arm")
    assert screening.level == "emergency"
    assert screening.takeover
    assert screening.card is not None
    assert screening.card.phone == "911"
    assert any("CHEST" in finding.span for finding in screening.findings)


def test_tier_2_is_urgent_and_a_crisis_is_a_crisis(screener: RedFlagScreener) -> None:
    assert screened(screener, "I'm on chemo and have a fever of 38.5").level == "urgent"
    assert screened(screener, "I want to kill myself").level == "crisis"


def test_an_injured_person_in_crisis_is_sent_an_ambulance_first(screener: RedFlagScreener) -> None:
    screening = screened(screener, "I took 40 paracetamol because I want to die")
    assert screening.level == "crisis"
    assert screening.card is not None
    assert "911" in screening.card.headline


@pytest.mark.parametrize(
    ("alarm", "denied"),
    [
        ("I have chest pain and sweating", "I have no chest pain and no sweating"),
        ("my baby is 6 weeks old and has a fever", "my baby is 6 weeks old and has no fever"),
        ("I'm pregnant and bleeding", "I'm pregnant and not bleeding"),
        ("胸痛，出冷汗", "没有胸痛，也没有出冷汗"),
        ("孩子抽搐了", "孩子没有抽搐"),
        ("我呼吸困难", "我没有呼吸困难"),
        ("My cough had blood in it", "My cough has never had any blood in it"),
        ("He has suicidal thoughts", "He denies suicidal thoughts"),
        ("I feel low and want to hurt myself", "I feel low but I don't want to die or hurt myself"),
        ("毛巾都湿透了，血止不住", "每天出汗把衣服湿透"),
    ],
)
def test_a_true_negation_lowers_the_alarm(screener: RedFlagScreener, alarm: str, denied: str) -> None:
    assert screened(screener, alarm).takeover
    assert screened(screener, denied).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "I can't breathe, no I am not joking",
        "not sure if it matters but I have crushing chest pain",
        "the bleeding won't stop and I have no idea why",
        "I don't know why but my face is drooping",
        "不知道怎么回事，突然胸痛",
        "没办法呼吸了",
    ],
)
def test_words_that_only_look_like_a_negation_deny_nothing(screener: RedFlagScreener, text: str) -> None:
    assert screened(screener, text).takeover


@pytest.mark.parametrize(
    "text",
    [
        "What are the symptoms of stroke?",
        "Explain how a seizure is treated in hospital",
        "I had a stroke in 2015, which exercises help?",
        "In my novel the hero is stabbed, how long would he live?",
        "The leaflet says to stop if you get chest pain. What is it for?",
        "My dog swallowed a battery, which vet is open?",
        "My feet are killing me",
        "In case I get stung and my throat swells, should I carry an adrenaline pen?",
        "It says on the packet: stop if black stools or vomiting blood occur. Is ibuprofen that dangerous?",
        "心梗有哪些症状",
        "我爷爷十年前中风过",
        "小说里主角割腕自杀",
        "吓死我了，血脂有点高",
    ],
)
def test_talk_about_things_in_general_never_takes_over(screener: RedFlagScreener, text: str) -> None:
    assert not screened(screener, text).takeover


def test_the_same_words_about_ones_own_body_do(screener: RedFlagScreener) -> None:
    assert screened(screener, "I read that chest pain can be dangerous and I have crushing chest pain").takeover
    assert screened(screener, "I'm a nurse but my husband has crushing chest pain").takeover
    assert screened(screener, "We were watching a film and dad collapsed, he isn't breathing").takeover


@pytest.mark.parametrize(
    "variant",
    [
        "CRUSHING CHEST PAIN AND SWEATING",
        "crushing chest pian and sweating",
        "crushing   chest\u200b pain 😭😭 and sweating",
        "crushing chesttttt painnnn and sweating",
        "ｃrushing chest pain and sweating",
        "胸 口 痛，出冷汗",
        "胸口痛！！！出冷汗",
        "xiong kou tong 出冷汗",
        "胸口痛，出冷汗，心臟好難受",
        "凶口痛 出冷汗",
    ],
)
def test_spelling_does_not_hide_an_alarm(screener: RedFlagScreener, variant: str) -> None:
    assert "chest_pain" in {finding.presentation for finding in screened(screener, variant).findings}


@pytest.mark.parametrize(
    "text",
    [
        "how do i use my blue reliever puffer vs the preventer",
        "what brings on angina",
        "my nose bled for two minutes yesterday and stopped",
        "一天喝多少酒算过量",
        "孩子发烧多少度要吃退烧药",
        "小孩能吃布洛芬吗",
        "哮喘用药控制得不错",
        "一小时前吃了两片布洛芬，下一次什么时候吃",
        "打呼噜憋气要戴呼吸机吗",
    ],
)
def test_everyday_questions_about_medicines_and_habits_are_left_alone(screener: RedFlagScreener, text: str) -> None:
    assert not screened(screener, text).takeover


def test_a_sore_throat_on_thyroid_tablets_is_urgent_and_no_allergy(screener: RedFlagScreener) -> None:
    screening = screened(screener, "甲亢吃药期间突然喉咙痛发烧要紧吗", language="zh")
    assert screening.level == "urgent"
    assert {finding.presentation for finding in screening.findings} == {"neutropenic_fever"}


@pytest.mark.parametrize("denial", ["is not breathing", "isn't breathing", "cannot breathe", "can not breathe"])
def test_a_denial_spelt_out_is_read_like_its_short_form(screener: RedFlagScreener, denial: str) -> None:
    assert screened(screener, f"my dad {denial}").takeover


def test_an_alarm_builds_up_over_turns(screener: RedFlagScreener) -> None:
    before = ("I started chemo last week", "Can I eat sushi?", "I feel a bit tired")
    assert not screened(screener, before[2], *before[:2]).takeover
    assert screened(screener, "I have a temperature of 38.4", *before).takeover
    assert screened(screener, "今天摔倒撞到头", "我在吃华法林", "饮食要注意什么", language="zh").takeover


@pytest.mark.parametrize(
    "reassurance",
    ["My husband says it is nothing.", "I already took paracetamol", "家里人说没事", "It feels a bit better now"],
)
def test_reassurance_does_not_end_an_alarm(screener: RedFlagScreener, reassurance: str) -> None:
    alarm = "My dad has crushing chest pain and is sweating"
    assert screened(screener, reassurance, alarm).takeover
    assert screened(screener, f"{alarm}. {reassurance}").takeover


def test_an_alarm_ends_when_help_has_come(screener: RedFlagScreener) -> None:
    screening = screened(screener, "The ambulance is here now, thank you", "He is not breathing")
    assert screening.level == "advice"
    assert not screening.takeover


def test_a_new_alarm_after_help_has_come_takes_over(screener: RedFlagScreener) -> None:
    before = ("He is not breathing", "The ambulance is here now")
    assert screened(screener, "my baby has swallowed a button battery", *before).takeover


def test_a_bare_yes_stands_for_the_question_that_it_answers(screener: RedFlagScreener) -> None:
    asked = Turn(role="assistant", content="I am sorry to hear that. Do you have chest pain?")
    assert screened(screener, "yes", "I feel unwell", asked).takeover
    assert not screened(screener, "no", "I feel unwell", asked).takeover


def test_the_assistants_words_raise_no_alarm(screener: RedFlagScreener) -> None:
    asked = Turn(role="assistant", content="Call 999 for chest pain with sweating or if you cannot breathe.")
    assert screened(screener, "thanks, what should I eat for diabetes?", "hello", asked).level == "none"


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("SpO2 85 and puffing", True),
        ("SpO2 98 at home", False),
        ("blood pressure 190/125 with headache", True),
        ("blood pressure 128/82 with headache", False),
        ("my 5 week old has 38.2 degrees", True),
        ("my 5 year old has 38.2 degrees", False),
        ("my six week old is 101 F", True),
        ("blood sugar 480 mg/dl and vomiting", True),
        ("血糖28，呕吐", True),
        ("血糖6.5，有点恶心", False),
        ("宝宝两个月，三十八度五", True),
        ("血氧饱和度86", True),
        ("高压二百二低压一百二，眼睛看不清", True),
        ("高压一百二低压八十，眼睛看不清", False),
        ("little one is two months, 38.6 under the arm", True),
    ],
)
def test_numbers_decide(screener: RedFlagScreener, text: str, fires: bool) -> None:
    assert screened(screener, text).takeover is fires


def test_the_same_message_gets_the_same_verdict(screener: RedFlagScreener) -> None:
    text = "胸口闷得慌 喘不上气 crushing chest pain"
    assert len({repr(RedFlagScreener().screen(text, language="zh", jurisdiction="CN")) for _ in range(5)}) == 1


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "?", "👍", "\u200b", "a" * 4000, "痛" * 4000, "((((" * 500, "\ud83d"]
)
def test_any_text_gets_a_verdict(screener: RedFlagScreener, text: str) -> None:
    assert screened(screener, text).level in {"none", "advice", "urgent", "emergency", "crisis"}


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), max_size=200)
    | st.from_regex(r"[0-9 /.:a-f度岁周痛mgCF%-]{1,40}", fullmatch=True)
)
def test_no_text_breaks_the_screen_and_spans_are_the_users_words(text: str) -> None:
    screening = RedFlagScreener().screen(f"chest pain {text}", language="en", jurisdiction=None)
    for finding in screening.findings:
        assert all(part in f"chest pain {text}" or "\n" in text or "\r" in text for part in finding.span.split(" … "))


def test_the_rules_take_a_few_milliseconds() -> None:
    screener = RedFlagScreener(rules_alone=True)
    text = "My dad is 72 and has had a cough for a week; today he has chest pain, sweating and feels faint."
    screened(screener, text)
    began = time.process_time()
    for _ in range(50):
        screened(screener, text)
    assert (time.process_time() - began) / 50 < 0.015  # about 3 ms on an idle core


def test_the_screen_imports_nothing_heavy() -> None:
    code = (
        "import sys, medqa.safety.screen\n"
        "heavy = {'torch', 'numpy', 'faiss', 'jieba', 'transformers', 'pydantic', 'opencc'} & set(sys.modules)\n"
        "sys.exit(bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
