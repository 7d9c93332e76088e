from __future__ import annotations

import pytest

from medqa.answer.extraction.ages import asked_age_months, excludes, includes, names_ages


@pytest.mark.parametrize(
    ("question", "months"),
    [
        ("My 2 year old has a fever", 24),
        ("my 3-month-old", 3),
        ("孩子两岁发烧", 24),
        ("宝宝8个月大", 8),
        ("65岁老人", 780),
    ],
)
def test_the_age_asked_about_is_read(question: str, months: float) -> None:
    assert asked_age_months(question) == pytest.approx(months)


def test_a_duration_is_no_age() -> None:
    assert asked_age_months("my flu lasts 3 weeks") is None
    assert asked_age_months("咳嗽3个月了") is None


def test_a_rule_for_small_babies_excludes_a_two_year_old() -> None:
    assert excludes("A baby under 3 months with 38 °C or more needs a doctor.", 24)
    assert excludes("3 到 6 个月的婴儿，体温到 39 °C 要尽快看医生。", 24)
    assert not excludes("Fever in a child that lasts 5 days or more needs a doctor.", 24)


def test_a_rule_for_this_age_includes_it() -> None:
    assert includes("A baby under 3 months with 38 °C or more needs a doctor.", 2)
    assert includes("6 到 60 个月的孩子会抽搐。", 24)


def test_a_range_of_ages_without_a_unit_is_in_years() -> None:
    assert excludes("Guidance advises a smear every 3 years for women from age 21 to 29.", 70 * 12)
    assert includes("Guidance advises a test for women from age 30 to 65.", 40 * 12)


def test_a_sentence_that_names_ages_is_known_by_them() -> None:
    assert names_ages("Screening is advised from age 25 to 64.")
    assert not names_ages("A smear takes a few minutes.")
