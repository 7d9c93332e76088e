from __future__ import annotations

import pytest

from medqa.answer.extraction.levels import agreement, level


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A low TSH with a high T4 means an overactive thyroid.", -1),
        ("促甲状腺激素低说明什么", -1),
        ("TSH 高、游离 T4 低，说明是甲减。", 1),
        ("High blood pressure often has no symptoms.", 0),
        ("低血糖怎么办", 0),
    ],
)
def test_the_first_level_that_is_named_counts(text: str, expected: int) -> None:
    assert level(text) == expected


def test_what_is_said_of_a_high_level_speaks_against_a_question_about_a_low_one() -> None:
    assert agreement("促甲状腺激素低说明什么", "TSH 高、游离 T4 低，说明是甲减。") == -1
    assert agreement("促甲状腺激素低说明什么", "TSH 低、游离 T4 或 T3 高，说明是甲亢。") == 1
