from __future__ import annotations

import pytest

from medqa.answer.extraction.aspects import asked, aspects, headed, said


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("What is gout?", "definition"), ("什么是痛风", "definition"),
        ("symptoms of asthma", "symptoms"), ("高血压有什么症状", "symptoms"),
        ("what causes migraine", "causes"), ("偏头痛是什么原因引起的", "causes"),
        ("how is diabetes diagnosed", "diagnosis"), ("糖尿病怎么诊断", "diagnosis"),
        ("treatment of eczema", "treatment"), ("湿疹怎么治疗", "treatment"),
        ("Can diabetics eat fruit?", "self_care"), ("糖尿病人能吃水果吗？", "self_care"),
        ("how to prevent kidney stones", "prevention"), ("怎么预防肾结石", "prevention"),
        ("when should I see a doctor about back pain", "help"), ("腰痛什么时候要看医生", "help"),
        ("how much paracetamol can I take", "dose"), ("对乙酰氨基酚一天最多吃多少", "dose"),
        ("side effects of statins", "side_effects"), ("他汀有什么副作用", "side_effects"),
        ("can I take ibuprofen with warfarin", "interactions"), ("布洛芬和华法林能一起吃吗", "interactions"),
        ("is shingles contagious", "contagion"), ("带状疱疹会传染吗", "contagion"),
        ("how long does flu last", "prognosis"), ("流感几天能好", "prognosis"),
        ("what is a normal HbA1c", "threshold"), ("糖化血红蛋白多少算正常", "threshold"),
        ("HbA1c target", "target"), ("血糖控制目标", "target"),
        ("can you get dengue again", "recurrence"), ("肺结核会复发吗", "recurrence"),
        ("what happens if I stop my tablets", "stopping"), ("他汀能停吗", "stopping"),
        ("do adults get acne", "who"), ("大人会得手足口吗", "who"),
        ("can I swim with asthma", "permitted"), ("哮喘能跑步吗", "permitted"),
        ("which brand of inhaler", "brand"), ("谁发现了结核杆菌", "history"),
        ("does prediabetes turn into diabetes", "complications"), ("会变成糖尿病吗", "complications"),
        ("at what age is breast cancer screening", "screening"), ("乳腺癌筛查", "screening"),
        ("can angina be cured", "cure"), ("肾结石能断根吗", "cure"),
        ("do cataracts run in the family", "inheritance"), ("白内障会不会遗传", "inheritance"),
    ],
)  # fmt: skip
def test_what_is_asked_is_recognised_in_both_languages(question: str, aspect: str) -> None:
    assert aspect in asked(question).aspects


@pytest.mark.parametrize(
    ("question", "group"),
    [("flu vaccine in pregnancy", "pregnancy"), ("孕妇能打疫苗吗", "pregnancy"),
     ("my 2 year old has a fever", "children"),
     ("宝宝发烧", "children"), ("falls in older people", "older_people"), ("老年人高血压", "older_people")],
)  # fmt: skip
def test_the_people_asked_about_are_recognised(question: str, group: str) -> None:
    assert asked(question).groups == {group}


def test_yes_no_questions_are_told_from_others() -> None:
    assert asked("is asthma curable").yes_no
    assert asked("哮喘能治好吗").yes_no
    assert not asked("how is asthma treated").yes_no


def test_a_complaint_is_recognised() -> None:
    assert asked("I have a headache").complains
    assert asked("我头疼").complains
    assert not asked("headache").complains


def test_headings_announce_aspects() -> None:
    assert "treatment" in headed("Treatment\nAsthma")
    assert "help" in headed("何时就医\n哮喘")


def test_a_sentence_about_doses_needs_a_number() -> None:
    assert said("The label states 500 mg every 4 hours.", ["dose"])
    assert not said("The dose depends on weight.", ["dose"])


def test_every_aspect_named_along_exists() -> None:
    assert all(name in aspects() for aspect in aspects().values() for name in aspect.also)


@pytest.mark.parametrize(("question", "vital"), [
    ("can angina be cured", "cure"), ("is shingles hereditary", "inheritance"), ("便秘遗传吗", "inheritance"),
    ("is heatstroke contagious", "contagion"), ("心梗传染吗", "contagion"),
])  # fmt: skip
def test_who_asks_so_is_answered_by_what_says_it_or_not_at_all(question: str, vital: str) -> None:
    assert vital in asked(question).vital


def test_a_condition_that_is_called_hereditary_does_not_ask_whether_it_is_inherited() -> None:
    assert not asked("how is hereditary angioedema treated").vital
    assert not asked("遗传性血管性水肿怎么治").vital


@pytest.mark.parametrize("question", ["中暑了怎么办", "what should I do for a burn", "how to treat a cold at home"])
def test_what_to_do_is_asked(question: str) -> None:
    assert asked(question).wants_action


@pytest.mark.parametrize("question", ["is there a treatment for gout", "what is heatstroke", "中暑是怎么引起的"])
def test_what_is_so_is_asked(question: str) -> None:
    assert not asked(question).wants_action


def test_what_was_last_night_does_not_ask_how_long_it_lasts() -> None:
    assert "prognosis" not in asked("condom broke last night").aspects
    assert "prognosis" in asked("how many days does flu last").aspects


def test_if_i_am_of_an_age_is_no_complaint() -> None:
    assert not asked("do I need smears if I'm 70").complains
    assert asked("I'm coughing all night").complains
