"""A plain message is no alarm, and how-to questions about an emergency get a card beside the answer."""

from __future__ import annotations

import pytest

from medqa.domain.conversation import Language
from medqa.safety.screen import RedFlagScreener

PLAIN: tuple[tuple[Language, str], ...] = (
    ("en", "I've got a cold"),
    ("en", "I've got eczema"),
    ("en", "my son has acne"),
    ("en", "my thumb hurts when I type"),
    ("en", "thank you"),
    ("en", "123"),
    ("en", "condom broke last night"),
    ("en", "I missed two pills this week"),
    ("en", "I don't want to go on insulin"),
    ("zh", "我便秘了"),
    ("zh", "我失眠了"),
    ("zh", "我搬家了"),
    ("zh", "昨天没做措施，会怀孕吗？"),
    ("zh", "一口气吃了半个蛋糕，血糖会高吗？"),
    ("zh", "孩子湿疹好几天了"),
    ("zh", "幼儿园下周演练过敏性休克，要准备什么道具？"),
)
TOLD: tuple[tuple[Language, str], ...] = (
    ("en", "Do beta blockers hide the shakes of low sugar?"),
    ("en", "why do my poos go black on iron"),
    ("en", "The sheet from the eye clinic tells me to come back if I see a curtain. What does that curtain mean?"),
    ("zh", "吃利伐沙班，流鼻血是不是更难止？"),
    ("zh", "报纸讲后背撕裂样疼是主动脉的事，医生怎么跟拉伤区分？"),
)


@pytest.fixture(scope="module")
def screener() -> RedFlagScreener:
    return RedFlagScreener()


@pytest.mark.parametrize(("language", "text"), PLAIN)
def test_a_plain_message_raises_no_takeover(screener: RedFlagScreener, language: Language, text: str) -> None:
    assert not screener.screen(text, language=language, jurisdiction=None).takeover


@pytest.mark.parametrize(("language", "text"), TOLD)
def test_what_is_past_read_or_asked_in_general_is_not_taken_over(
    screener: RedFlagScreener, language: Language, text: str
) -> None:
    assert not screener.screen(text, language=language, jurisdiction=None).takeover


@pytest.mark.parametrize("text", ["我中暑了", "中暑了怎么办"])
def test_a_heat_stroke_told_or_asked_about_has_a_soft_card(screener: RedFlagScreener, text: str) -> None:
    screening = screener.screen(text, language="zh", jurisdiction="CN")
    assert screening.card is not None
    assert [finding.presentation for finding in screening.findings] == ["heat_or_cold"]
    assert not screening.takeover


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "36 weeks pregnant, flashing lights and a pounding head"),
        ("en", "my stools are black and tarry and I feel faint"),
        ("en", "I've got the pills lined up for tonight"),
        ("en", "took 30 tablets of 250mg"),
        ("zh", "我中暑了，头晕说胡话"),
    ],
)
def test_the_same_words_told_of_now_still_raise_one(screener: RedFlagScreener, language: Language, text: str) -> None:
    assert screener.screen(text, language=language, jurisdiction=None).takeover
