"""Sentence boundaries in English and Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medqa.domain.sentences import sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Asthma is common. It can be treated! Can it?", ["Asthma is common.", "It can be treated!", "Can it?"]),
        ("Take 5 mg. daily, e.g. with food. Then rest.", ["Take 5 mg. daily, e.g. with food.", "Then rest."]),
        ("See Dr. Smith vs. Fig. 2. It is 3.5 mmol/L. OK.", ["See Dr. Smith vs. Fig. 2.", "It is 3.5 mmol/L.", "OK."]),
        ("He took vitamin C. Vitamin D is next.", ["He took vitamin C.", "Vitamin D is next."]),
        ("E. coli is a germ. J. Smith said so.", ["E. coli is a germ.", "J. Smith said so."]),
        ("The U.S. Food and Drug Administration acts.", ["The U.S. Food and Drug Administration acts."]),
        ("pH rises. mRNA falls.", ["pH rises.", "mRNA falls."]),
        ("1. Wash hands. 2. Dry them.", ["1. Wash hands.", "2. Dry them."]),
        ("Walls [1]. Next. [2] Third.[3] Fourth.", ["Walls [1].", "Next. [2]", "Third.[3]", "Fourth."]),
        ('He asked "Why?" and left. (See below.) End.', ['He asked "Why?" and left.', "(See below.)", "End."]),
        ("Types: - Red cells. - Platelets.", ["Types:", "Red cells.", "Platelets."]),
        ("Signs are:\n- fever\n- cough", ["Signs are:", "fever", "cough"]),
        ("高血压通常没有症状。测量是唯一办法！糖尿病？", ["高血压通常没有症状。", "测量是唯一办法！", "糖尿病？"]),
        ("HbA1c为6.5%。目标为<140/90 mmHg。", ["HbA1c为6.5%。", "目标为<140/90 mmHg。"]),
        ("他说：“好的。”然后走了。", ["他说：“好的。”", "然后走了。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_finds_the_sentences_of(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@given(st.text(alphabet="aB1 .。!?\n-•[]()中文e.g", max_size=200))
def test_spans_are_in_order_and_leave_out_only_space_and_bullets(text: str) -> None:
    spans = sentences(text)
    left, at = [], 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        left.append(text[at:start])
        at = end
    left.append(text[at:])
    assert not set("".join(left)) - set(" \n-•\t\r\x0b\x0c")
