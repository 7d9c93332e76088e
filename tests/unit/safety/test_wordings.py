"""Ways of saying a thing that is not there now, each beside the nearest way in which it is."""

from __future__ import annotations

import pytest

from medqa.domain.conversation import Language
from medqa.domain.language import language_of
from medqa.safety.screen import RedFlagScreener

CLASSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "asked by somebody and answered with no": (
        (
            "The nurse asked whether I had chest pain. I don't. Why did she ask?",
            "I never had fits, just want to know what it means.",
            "护士问我有没有黑便，我没有，为什么要问？",
            "我从来没有意识模糊，就想知道是什么意思",
        ),
        (
            "The nurse asked if I had chest pain and I do",
            "I've never had fits until today",
            "I never had chest pain before but it is crushing now",
            "护士问我有没有胸痛，我有",
        ),
    ),
    "dreamt": (
        ("In my dream I had slurred speech.", "梦里我喘不上气，有什么说法吗"),
        ("I woke from a nightmare and now I have crushing chest pain", "梦里胸痛，醒了胸口还是痛"),
    ),
    "a known effect asked about": (
        (
            "Is severe belly pain a known effect of folic acid?",
            "呕血是褪黑素的副作用吗？",
            "Can stress bring on a seizure?",
        ),
        ("I have severe belly pain since the new tablets, is it an effect of them?", "我吃完药吐血了，是副作用吗？"),
    ),
    "supposed for a precaution": (
        (
            "In case I get stung and my throat swells, should I carry a pen?",
            "如果飞机上有人突然胸口剧痛，机组会怎么处理？",
            "以防被蜇后喉咙肿，我要随身带肾上腺素笔吗？",
        ),
        (
            "我妈喉咙肿了，以防万一要打120吗",
            "胸口疼得厉害，万一是心梗怎么办",
            "My throat is swelling, what if it closes?",
        ),
    ),
    "died of it long ago": (
        ("我妈八十岁哮喘发作走的，我怎么走出来？",),
        ("我妈八十岁，哮喘发作，喘得走不动",),
    ),
    "a pen that was not needed": (
        ("Can tamoxifen be taken together with an EpiPen?", "How do I dispose of an expired EpiPen?"),
        ("I've used my EpiPen", "his lips are swelling, he has an EpiPen, where is it"),
    ),
    "a small fall": (
        (
            "I fell off my bike yesterday",
            "I came off my scooter and grazed my palm.",
            "孩子从沙发上摔到地毯上，哭了一会又玩了",
        ),
        ("I fell off my bike yesterday and my belly hurts more and more", "骑车摔了一跤，腿动不了了"),
    ),
}
CRISES = (
    "last weekend I overdosed and nobody knows, do I need a blood test",
    "Once the kids are back at school I'm going to do it",
    "I paid off my debts and gave the dog to my brother. Nobody suspects.",
    "Friday night when my flatmate is away. It will look like an accident.",
    "would my insurance still pay my family if it was by my own hand",
    "if I killed myself would anyone notice",
    "I took all of the amitriptyline about an hour ago and now I'm scared",
    "上周末吃药自杀没成，没人知道，要不要验血",
    "债都还清了，猫也送人了，可以安心走了",
    "周五晚上室友不在，我打算动手",
    "我要是自己了结，保险还赔给家里吗",
    "等孩子开学了我就走，不回来了",
    "要是我自杀了有人会发现吗",
    "一小时前我把整瓶阿米替林都吃了，现在有点怕",
)
NO_CRISES = (
    "We gave our dog to my sister because my son is allergic",
    "I paid off my loan, what now?",
    "Once the kids are back at school I'm going to book the vaccine",
    "It was an accident, I only cut my finger a little",
    "Does my insurance still pay for physio if I change my doctor?",
    "债都还清了，终于睡得着了",
    "周五晚上室友不在，我打算早点睡",
    "等孩子开学了我就去体检",
    "我的保险报销理疗吗",
)


@pytest.fixture(scope="module")
def screener() -> RedFlagScreener:
    return RedFlagScreener()


def takes_over(screener: RedFlagScreener, text: str) -> bool:
    language: Language = language_of(text)
    return screener.screen(text, language=language, jurisdiction=None).takeover


@pytest.mark.parametrize("kind", CLASSES)
def test_what_only_looks_like_an_alarm_is_not_taken_over(screener: RedFlagScreener, kind: str) -> None:
    assert [text for text in CLASSES[kind][0] if takes_over(screener, text)] == []


@pytest.mark.parametrize("kind", CLASSES)
def test_the_nearest_true_alarm_still_is(screener: RedFlagScreener, kind: str) -> None:
    assert [text for text in CLASSES[kind][1] if not takes_over(screener, text)] == []


@pytest.mark.parametrize("text", CRISES)
def test_a_plan_a_method_or_an_attempt_brings_the_crisis_card(screener: RedFlagScreener, text: str) -> None:
    screening = screener.screen(text, language=language_of(text), jurisdiction="US")
    assert (screening.level, screening.takeover) == ("crisis", True)


@pytest.mark.parametrize("text", NO_CRISES)
def test_the_same_words_about_everyday_affairs_do_not(screener: RedFlagScreener, text: str) -> None:
    assert screener.screen(text, language=language_of(text), jurisdiction="US").level != "crisis"
