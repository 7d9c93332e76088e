from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from medqa.minilm.chinese_rows import ChineseRows, is_chinese


@pytest.fixture(scope="module")
def rows():
    return ChineseRows()


def test_the_rows_ship_with_the_package_and_are_small(rows):
    folder = files("medqa.minilm").joinpath("chinese")
    assert sum(len(path.read_bytes()) for path in folder.iterdir()) < 6_000_000
    assert folder.joinpath("README.md").is_file()


def test_every_row_has_a_place_of_its_own_and_leaves_the_others_alone(rows):
    matrix = np.arange(30522 * 2, dtype=np.float32).reshape(30522, 2).repeat(192, axis=1)
    whole = rows.vectors(matrix, np.arange(30522 + 12000))
    changed = (whole[: len(matrix)] != matrix).any(axis=1).sum()
    assert len(whole) > len(matrix)
    assert 0 < changed < 400  # Chinese characters that the published vocabulary knows already
    assert np.isfinite(whole).all()
    assert np.abs(whole[len(matrix) :]).max(axis=1).min() > 0


def test_text_of_no_chinese_character_never_has_a_token_that_these_rows_replace():
    tokens = files("medqa.minilm").joinpath("chinese", "tokens.txt").read_text("utf-8").split("\n")
    assert all(is_chinese(token) for token in tokens)
    assert is_chinese("\uf900")  # a compatibility form of 豈, which the tokenizer takes for it


@pytest.mark.parametrize(
    ("text", "expected"), [("fever", False), ("β-blocker 5 µg", False), ("发热", True), ("COVID，", True)]
)
def test_chinese_is_known_by_its_characters_and_punctuation(text, expected):
    assert is_chinese(text) is expected
