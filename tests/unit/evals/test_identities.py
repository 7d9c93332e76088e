"""Invented people and the spans planted with them."""

from __future__ import annotations

import random

import pytest

from evals.identities import fill


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_filled_frame_says_where_each_value_stands(language: str) -> None:
    sample = fill("{NAME}, {PHONE} / {ID} {ADDRESS}.", random.Random(1), language, 0)
    assert [planted.type for planted in sample.planted] == ["NAME", "PHONE", "ID", "ADDRESS"]
    assert sample.text.startswith(sample.text[sample.planted[0].start : sample.planted[0].end] + ", ")
    assert all(planted.start < planted.end for planted in sample.planted)


def test_the_same_seed_invents_the_same_people() -> None:
    first, second = (fill("{NAME} {DATE} {EMAIL}", random.Random(7), "en", 0) for _ in range(2))
    assert first == second


def test_a_person_keeps_a_name_within_one_frame() -> None:
    sample = fill("{GIVEN} and {GIVEN}", random.Random(3), "en", 0)
    one, other = sample.text.split(" and ")
    assert one == other
