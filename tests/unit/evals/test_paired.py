from __future__ import annotations

import pytest

from evals.scorers.paired import paired_difference


def test_a_steady_gain_is_significant_and_lies_in_its_interval():
    found = paired_difference([0.9, 0.8, 0.7, 0.95] * 20, [0.8, 0.7, 0.65, 0.8] * 20)
    assert found["difference"] == pytest.approx(0.1)
    assert 0 < found["low"] <= found["difference"] <= found["high"]
    assert found["p"] < 0.001
    assert found["n"] == 80


def test_equal_systems_differ_by_nothing():
    assert paired_difference([0.5, 1.0], [0.5, 1.0]) == {"difference": 0, "low": 0, "high": 0, "p": 1.0, "n": 2}


def test_a_difference_that_goes_both_ways_is_not_significant():
    assert paired_difference([1.0, 0.0] * 10, [0.0, 1.0] * 10)["p"] > 0.5


def test_systems_over_other_queries_are_not_compared():
    with pytest.raises(ValueError, match="zip"):
        paired_difference([1.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="no query"):
        paired_difference([], [])
