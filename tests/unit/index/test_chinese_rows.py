from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from medqa.index.embedders._chinese_rows import ChineseRows, is_chinese


@pytest.fixture(scope="module")
def rows():
    return ChineseRows()


def test_the_rows_ship_with_the_package_and_are_small(rows):
    folder = files("medqa.index.embedders").joinpath("minilm_chinese")
    assert sum(len(path.read_bytes()) for path in folder.iterdir()) < 6_000_000
    assert folder.joinpath("README.md").is_file()


def test_every_row_has_a_place_of_its_own_and_leaves_the_others_alone(rows):
    matrix = np.arange(30522 * 2, dtype=np.float32).reshape(30522, 2).repeat(192, axis=1)
    whole = rows.beside(matrix)
    changed = (whole[: len(matrix)] != matrix).any(axis=1).sum()
    assert len(whole) > len(matrix)
    assert 0 < changed < 400  # Chinese characters that the published vocabulary knows already
    assert np.isfinite(whole).all()
    assert np.abs(whole[len(matrix) :]).max(axis=1).min() > 0


@pytest.mark.parametrize(
    ("text", "expected"), [("fever", False), ("β-blocker 5 µg", False), ("发热", True), ("COVID，", True)]
)
def test_chinese_is_known_by_its_characters_and_punctuation(text, expected):
    assert is_chinese(text) is expected
