from __future__ import annotations

import pytest

from medqa.answer.ledger.quantities import quantities, same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500 mg to 1 g", [(500, "mg"), (1000, "mg")]),
        ("140/90 mmHg", [(140, "mmHg"), (90, "mmHg")]),
        ("15–20 g", [(15_000, "mg"), (20_000, "mg")]),
        ("100.4°F", [(38.0, "°C")]),
        ("4,000 mg", [(4000, "mg")]),
        ("HbA1c 6.5% (48 mmol/mol)", [(6.5, "%"), (48, "mmol/mol")]),
        ("a two-week course", [(336, "h")]),
        ("每4至6小时一次，每次0.5克", [(4, "h"), (6, "h"), (1, "times"), (500, "mg")]),
        ("两岁", [(24, "month")]),
        ("百分之五", [(5, "%")]),
        ("十二小时", [(12, "h")]),
        ("3.9毫摩尔/升", [(3.9, "mmol/L")]),
        ("10 mg/kg", [(10, "mg/kg")]),
    ],
)
def test_numbers_and_units_are_read(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(pytest.approx(q.value), q.unit) for q in quantities(text)] == expected


def test_offsets_point_into_the_text() -> None:
    text = "Take 500 mg now."
    (quantity,) = quantities(text)
    assert text[quantity.start : quantity.end].startswith("500 mg")


def test_equal_amounts_are_the_same_in_any_unit_of_a_kind() -> None:
    (one,), (other,) = quantities("0.5 g"), quantities("500 毫克")
    assert same(one, other)
    (low,), (high,) = quantities("7 mmol/L"), quantities("7 mg/dL")
    assert not same(low, high)


def test_words_that_hold_a_numeral_are_no_quantity() -> None:
    assert quantities("一般情况") == ()
    assert quantities("one of them") == ()
    assert quantities("COVID-19 spreads in the air.") == ()


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("每 4 人有 3 人没有癌", 75.0),
        ("每100名筛查女性，约有4名要再查", 4.0),
        ("每三人有一人", 100 / 3),
        ("about 3 in 4 men", 75.0),
    ],
)
def test_so_many_among_so_many_is_a_share(text: str, share: float) -> None:
    (found,) = quantities(text)
    assert found.unit == "%"
    assert found.value == pytest.approx(share)
