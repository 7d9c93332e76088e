from __future__ import annotations

import pytest

from medqa.answer.reading import read


def test_a_lead_in_takes_its_list_along() -> None:
    text = "Get help if a child:\n- is blue\n- is floppy.\nA fever is common in children."
    first, second = read(text)
    assert text[first.start : first.end] == "Get help if a child:\n- is blue\n- is floppy."
    assert first.shown == "Get help if a child:\n- is blue\n- is floppy."
    assert second.shown == "A fever is common in children."


def test_a_sentence_that_leans_on_the_one_before_says_so() -> None:
    _, second = read("Asthma is a disease of the airways. It is very common in children.")
    assert second.leans
    assert second.previous == 0


@pytest.mark.parametrize(
    "text",
    ["What is asthma in children?", "See www.example.org for a list of clinics.", "For more information, call us now.",
     "Symptoms", "Read [this page](http://example.org) about asthma."],
)  # fmt: skip
def test_what_states_nothing_is_not_usable(text: str) -> None:
    assert not any(sentence.usable for sentence in read(text))


def test_reference_marks_of_the_source_are_not_shown() -> None:
    (sentence,) = read("Asthma is common in children.[3,4]")
    assert sentence.shown == "Asthma is common in children."


def test_a_list_that_may_go_on_in_the_next_passage_is_marked() -> None:
    (sentence,) = read("Get help if a child:\n- is blue\n- is floppy")
    assert sentence.is_cut
