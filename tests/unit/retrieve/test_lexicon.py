from __future__ import annotations

import pytest

from medqa.retrieve import lexicon

CATEGORIES = {
    "condition",
    "symptom",
    "body",
    "drug",
    "test",
    "procedure",
    "department",
    "person",
    "question",
    "lifestyle",
    "science",
}


def concepts(text):
    return [mention.concept.en[0] for mention in lexicon.load().mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("糖尿病人能吃水果吗？", ["diabetes", "fruit"]),
        ("二甲双胍的副作用有哪些", ["metformin", "side effects"]),
        ("What should my blood pressure be if I have diabetes?", ["blood pressure", "diabetes"]),
        ("Beta-Blockers and children's asthma", ["beta blockers", "children", "asthma"]),
        ("heart attack symptoms", ["heart attack", "symptoms"]),
        ("做CT要空腹吗", ["CT scan", "on an empty stomach"]),
        ("What is a spectrum?", []),
        ("", []),
    ],
)
def test_concepts_are_found_longest_form_first(text, expected):
    assert concepts(text) == expected


def test_a_mention_is_the_text_between_its_offsets():
    text = "Does Metformin cause 腹泻?"
    for mention in lexicon.load().mentions(text):
        assert mention.surface == text[mention.start : mention.end].lower()


def test_every_row_has_forms_in_both_languages_and_a_known_category():
    entries = lexicon.load().concepts
    assert len(entries) >= 1500
    for concept in entries:
        assert all(concept.zh)
        assert all(concept.en)
        assert concept.category in CATEGORIES, concept


def test_no_chinese_form_stands_in_two_rows():
    forms = [form for concept in lexicon.load().concepts for form in concept.zh]
    assert len(forms) == len(set(forms))


def test_words_for_cutting_are_chinese_and_longer_than_a_character():
    words = lexicon.load().chinese_forms()
    assert "二甲双胍" in words
    assert "CT" not in words
    assert all(len(word) > 1 and not any(character.isspace() for character in word) for word in words)
