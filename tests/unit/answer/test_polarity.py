"""Denials and opposites, each pair of statements read both ways."""

from __future__ import annotations

import re

import pytest

from medqa.answer.ledger.polarity import denies, opposes
from medqa.answer.ledger.statement import state
from medqa.domain.naming import Named, knows_nothing


def denied(one: str, other: str) -> bool:
    return denies(state(one, knows_nothing), state(other, knows_nothing))


def opposed(one: str, other: str) -> str | None:
    return opposes(state(one, knows_nothing), state(other, knows_nothing))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gout is contagious.", "Gout is not contagious, but it can run in families."),
        ("Metformin is insulin and does not treat diabetes.", "Metformin does not treat diabetes and is not insulin."),
        (
            "Aspirin alone does not protect well, so it is advised.",
            "Aspirin alone does not protect well, so it is not advised.",
        ),
        ("LABA without LAMA is encouraged.", "LABA without LAMA is not encouraged."),
        ("痛风会传染。", "痛风不会传染，但可能有家族倾向。"),
        ("成人公式适合儿童。", "成人公式不适合儿童。"),
        ("食物中毒不会通过没洗的手传播。", "食物中毒会通过没洗的手传播。"),
        ("可以吃东西。", "不要吃东西。"),
    ],
)
def test_what_one_says_and_the_other_denies_is_found_both_ways(one: str, other: str) -> None:
    assert denied(one, other)
    assert denied(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You cannot catch eczema by touch.", "Eczema is not contagious, so nobody can catch it by touch."),
        (
            "Never share left-over antibiotics, and never use them for a new illness.",
            "Left-over antibiotics must not be saved, shared or used for a new illness.",
        ),
        ("Not everyone with arthritis can take tablets.", "Tablets do not suit everyone with arthritis."),
        ("Use no more than 6 g of salt.", "Use at most 6 g of salt."),
        ("避开烟雾可以减少发作。", "远离烟雾，能减少发作。"),
        ("用药不良反应很少。", "用药的反应很少。"),
    ],
)
def test_other_words_for_the_same_denial_agree(one: str, other: str) -> None:
    assert not denied(one, other)


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ("Salt lowers blood pressure.", "Salt raises blood pressure.", "amount"),
        ("It increases high blood pressure.", "It reduces high blood pressure.", "amount"),
        ("Eat after the test.", "Eat before the test.", "order"),
        ("The pill works better.", "The pill works less well.", "quality"),
        ("喝酒会降低血压。", "喝酒会升高血压。", "amount"),
        ("手术后吃药。", "手术前吃药。", "order"),
        ("结果为阴性才治疗。", "结果为阳性才治疗。", "finding"),
    ],
)
def test_opposite_words_about_the_same_thing_are_found(one: str, other: str, name: str) -> None:
    assert opposed(one, other) == name


def test_an_opposite_word_about_another_thing_is_none() -> None:
    assert opposed("Salt raises blood pressure.", "Exercise helps sleep; rest lowers stress.") is None
    assert opposed("高血压病人要少吃盐。", "高血压病人要少吃盐，低血糖的人不用。") is None


# A vocabulary of one: eating, in either language.
def names_eating(text: str) -> tuple[Named, ...]:
    return tuple(
        Named(key="吃", category="other", start=m.start(), end=m.end()) for m in re.finditer("eat(?:ing)?|吃", text)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("People with reflux should avoid eating late.", "反流病人睡前不要吃东西。"),
        ("Women who are not pregnant can eat fish.", "没怀孕的女性可以吃鱼。"),
        ("Untreated people do not eat.", "未治疗的人不吃东西。"),
    ],
)
def test_a_denial_agrees_with_its_translation(one: str, other: str) -> None:
    assert not denies(state(one, names_eating), state(other, names_eating))
    assert not denies(state(other, names_eating), state(one, names_eating))


def test_a_denial_across_languages_is_found_both_ways() -> None:
    one, other = state("You may eat fish.", names_eating), state("不要吃鱼。", names_eating)
    assert denies(one, other)
    assert denies(other, one)


@pytest.mark.parametrize(
    "text",
    [
        "HbA1c≥6.5%（48 mmol/mol）或空腹血糖≥7.0 mmol/L（126 mg/dL）为糖尿病。",
        "蛋白尿：PCR ≥30 mg/mmol 或 ACR ≥8 mg/mmol（NICE）。",
    ],
)
def test_units_and_abbreviations_make_no_sentence_english(text: str) -> None:
    assert state(text, knows_nothing).language == "zh"
