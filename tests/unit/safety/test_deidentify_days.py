"""Days, months, feasts and seasons: of something that happened they are dates, of a habit they stay."""

from __future__ import annotations

import pytest

from medqa.safety.deidentify import find


def dates(text: str) -> set[str]:
    return {text[span.start : span.end] for span in find(text) if span.type == "DATE"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("We'll meet Monday at noon.", "Monday"),
        ("I was seen on Tuesday and sent home.", "Tuesday"),
        ("The catheter was changed Mon.", "Mon"),
        ("Started the tablets on Friday, rash since.", "Friday"),
        ("I have coughed since Christmas.", "Christmas"),
        ("My last period was in February.", "February"),
        ("Last winter I had pneumonia.", "winter"),
        ("The scan is on the 21st.", "21st"),
        ("上周三做的胃镜", "上周三"),
        ("周一烫到手，医生包扎过", "周一"),
        ("去年国庆做的手术", "去年国庆"),
        ("今年三月份孩子抽过一次", "今年三月份"),
        ("中秋节前摔了一跤", "中秋节"),
        ("末次月经是上个月8号", "上个月8号"),
        ("大年初三送的急诊", "大年初三"),
    ],
)
def test_a_day_of_what_happened_is_a_date(text: str, day: str) -> None:
    assert any(day in found for found in dates(text))


@pytest.mark.parametrize(
    "text",
    [
        "Dialysis every Monday and Thursday.",
        "I take methotrexate on Mondays.",
        "Take methotrexate on Monday and folic acid on Friday.",
        "Open Monday to Friday.",
        "Dialysis: Mon, Wed, Fri.",
        "I usually feel worse on Sunday.",
        "Can I fast during Ramadan with diabetes?",
        "Christmas disease is a bleeding disorder.",
        "I have had no sleep since my last fall.",
        "You may march on the spot.",
        "Take it at 8 am; it lasts 3 days.",
        "每周一吃甲氨蝶呤",
        "周三吃甲氨蝶呤，周四吃叶酸",
        "一周三次，每次20分钟",
        "周一三五透析",
        "门诊周一至周五",
        "孕28周三维B超",
        "每年3月鼻炎都犯",
        "3号床换药，住5号楼",
        "神志清明，语言流利",
    ],
)
def test_a_habit_or_a_number_of_weeks_is_no_date(text: str) -> None:
    assert dates(text) == set()


def test_ranges_of_a_measure_are_no_dates() -> None:
    assert dates("INR 4.5–10 without bleeding") == set()
