from __future__ import annotations

import numpy as np
import pytest

from medqa.retrieve.blending import blended, evened, relative


def unit(*rows):
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_word_scores_count_relative_to_the_best():
    assert relative({7: 4.0, 9: 2.0}, [9, 7, 8]).tolist() == [0.5, 1.0, 0.0]
    assert relative({}, [1]).tolist() == [0.0]


def test_a_score_is_a_weighted_sum_of_words_and_cosine():
    assert blended(np.array([1.0, 0.0]), np.array([0.5, 0.8]), share=0.25) == pytest.approx([0.625, 0.6])


def test_a_passage_without_a_vector_is_as_near_as_its_words_are():
    scores = blended(np.array([1.0, 0.5]), np.array([0.8, 0.0]), share=0.5)
    assert scores == pytest.approx([0.9, 0.45])


def test_a_passage_beside_good_ones_rises_over_one_that_stands_alone():
    vectors = unit([1, 0, 0], [0, 1, 0], [1, 0.05, 0], [1, 0, 0.05])
    scores = evened(np.array([0.9, 0.72, 0.7, 0.69]), vectors)
    assert scores[2] > scores[1]


def test_what_lies_beyond_the_neighbourhood_stays_below_it():
    dice = np.random.default_rng(0)
    vectors = unit(*dice.normal(size=(60, 8)))
    before = np.sort(dice.random(60))[::-1]
    after = evened(before, vectors)
    assert after[40:].max() <= after[:40].min()
    assert (np.diff(after[40:]) <= 0).all()


def test_two_passages_keep_their_scores():
    assert evened(np.array([0.5, 0.4]), unit([1, 0], [0, 1])).tolist() == [0.5, 0.4]
