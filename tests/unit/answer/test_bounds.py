"""Numbers as bounds, and the periods in which they count, in both languages."""

from __future__ import annotations

import pytest

from medqa.answer.ledger.bounds import bound, periods
from medqa.answer.ledger.quantities import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people aged 65 or over", [1]),
        ("at 140/90 mmHg or above", [1, 1]),
        ("no more than 6 g a day", [-1]),
        ("not less than 6 g a day", [1]),
        ("up to 4 times", [-1]),
        ("a fasting glucose of 7.0 mmol/L (126 mg/dL) or more", [1, 1]),
        ("50 ml over 4 hours", [0, 0]),
        ("for over 2 hours", [1]),
        ("不超过7天", [-1]),
        ("24小时内不得超过4次", [-1, -1]),
        ("不应低于90 mmHg", [1]),
        ("should not be more than 6 g", [-1]),
        ("眼压达到24 mmHg或更高", [1]),
        ("13岁以下", [-1]),
        ("满两周", [1]),
        ("FeNO≥35 ppb", [1]),
        ("24小时内", [-1]),
        ("起始剂量2 mg", [0]),
    ],
)
def test_a_bound_is_read_before_and_after_its_number(text: str, expected: list[int]) -> None:
    assert [bound(text, quantity) for quantity in quantities(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twice daily", {"day"}),
        ("4 times in 24 hours", {"day"}),
        ("每天一次", {"day"}),
        ("100 mg/天", {"day"}),
        ("once a week", {"week"}),
        ("每年查一次", {"year"}),
        ("for 3 days", set()),
    ],
)
def test_periods_are_read_in_words_and_signs(text: str, expected: set[str]) -> None:
    assert periods(text) == expected
