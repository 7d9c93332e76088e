from __future__ import annotations

import json
from importlib.resources import files

import pytest

from evals.scorers.ratio import ratio_of_means
from medqa.retrieve.wording import script


def questions():
    text = files("evals").joinpath("data/chinese_medquad.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_there_are_150_questions_with_an_english_twin_and_relevant_documents():
    rows = questions()
    assert len(rows) == 150
    assert len({row["id"] for row in rows}) == len({row["zh"] for row in rows}) == 150
    for row in rows:
        assert set(row) == {"id", "zh", "en", "relevant"}
        assert script(row["zh"]) == "zh"
        assert script(row["en"]) == "en"
        assert row["relevant"]
        assert len(row["relevant"]) == len(set(row["relevant"]))


def test_the_ratio_of_equal_values_is_one_without_a_spread():
    assert ratio_of_means([0.2, 0.8, 1.0], [0.2, 0.8, 1.0]) == {"ratio": 1.0, "low": 1.0, "high": 1.0, "n": 3}


def test_the_ratio_lies_inside_its_interval():
    found = ratio_of_means([0.0, 0.5, 1.0, 0.6] * 20, [0.4, 0.5, 1.0, 0.9] * 20)
    assert found["ratio"] == 0.75
    assert found["low"] < 0.75 < found["high"]


def test_values_of_unequal_number_or_without_a_positive_one_have_no_ratio():
    with pytest.raises(ValueError, match="zip"):
        ratio_of_means([1.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="zero"):
        ratio_of_means([1.0], [0.0])
