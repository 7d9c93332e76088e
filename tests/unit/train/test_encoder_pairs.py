from __future__ import annotations

import numpy as np

from medqa.train import encoder_pairs, encoder_rows
from medqa.train.encoder_pairs import Article, Concept

CONCEPTS = [
    Concept(("高血压", "血压高"), ("high blood pressure", "hypertension"), "condition"),
    *(Concept((c,), (c,), c) for c in ("symptom", "drug", "test", "procedure", "body", "lifestyle", "person")),
    *(Concept((c,), (c,), c) for c in ("science", "department")),
]


def test_every_form_of_a_concept_has_an_english_twin():
    found = set(encoder_pairs.of_concepts(CONCEPTS[:1]))
    assert found == {
        ("高血压", "high blood pressure"),
        ("血压高", "high blood pressure"),
        ("高血压", "hypertension"),
    }


def test_composed_sentences_have_no_open_slot_and_are_the_same_every_time():
    first = list(encoder_pairs.composed(CONCEPTS, 300, seed=1))
    assert first == list(encoder_pairs.composed(CONCEPTS, 300, seed=1))
    assert not any("{" in side for pair in first for side in pair)


def test_sentences_are_aligned_one_to_one_and_one_to_two():
    similarity = np.array([[0.9, 0.1, 0.1], [0.1, 0.8, 0.7]])
    beads = encoder_pairs.aligned(["甲。", "乙。"], ["A.", "B one.", "B two."], similarity)
    assert beads == [("甲。", "A."), ("乙。", "B one. B two.")]


def test_articles_give_titles_sentences_and_windows():
    zh = Article("痛风", (("概述", ("甲。", "乙。")),))
    en = Article("Gout", (("Overview", ("A.", "B.")),))
    found = list(encoder_pairs.of_articles([(zh, en)], lambda a, b: np.eye(len(a), len(b))))
    assert ("痛风", "Gout") in found
    assert ("甲。", "A.") in found
    assert ("痛风\n概述\n甲。乙。", "Gout\nOverview\nA. B.") in found


def test_rows_come_back_from_their_file_nearly_as_they_were(tmp_path):
    rows = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)
    encoder_rows.write(tmp_path, ["高", "血", "压"], [5, 6, 7], rows)
    tokens, back = encoder_rows.read(tmp_path)
    assert tokens == ["高", "血", "压"]
    assert np.abs(back - rows).max() < 0.02
