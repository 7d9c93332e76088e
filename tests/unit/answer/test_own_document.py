"""What somebody's own document says is answered from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from medqa.answer.chat_models.extractive import Extractive
from medqa.answer.evidence.attached import own_evidence
from medqa.domain.attached import SOURCE_ID
from medqa.domain.conversation import Query
from medqa.domain.passage import Hit

HitOf = Callable[..., Hit]
QueryOf = Callable[..., Query]

LABEL = "Take one capsule three times a day for 7 days. Store below 25 °C."
LETTER = "You were admitted with pneumonia. Stop ramipril until you are seen in clinic. The next check is in six weeks."


def own(hit: Hit) -> Hit:
    return replace(hit, metadata=replace(hit.metadata, source_id=SOURCE_ID))


def test_a_label_tells_how_often_although_its_sentences_do_not_name_the_medicine(
    hit_of: HitOf, query_of: QueryOf
) -> None:
    label = own(hit_of(LABEL, title="label.txt", aliases=("Amoxicillin 500 mg capsules",)))
    found = own_evidence(query_of("How often should I take amoxicillin?", named=("amoxicillin",)), [label], 8)
    assert found is not None
    assert found.is_own
    assert own_evidence(query_of("How often should I take ibuprofen?", named=("ibuprofen",)), [label], 8) is None


@pytest.mark.parametrize(
    ("question", "is_told"),
    [
        ("What does my letter say about ramipril?", True),
        ("When is my next check?", True),
        ("How long does pneumonia last?", False),
        ("What is asthma?", False),
        ("Can I drink alcohol with ramipril?", False),
    ],
)
def test_a_letter_answers_only_what_it_says(question: str, is_told: bool, hit_of: HitOf, query_of: QueryOf) -> None:
    letter = own(hit_of(LETTER, title="letter.md"))
    assert (own_evidence(query_of(question), [letter], 8) is not None) is is_told


def test_without_an_attached_document_nothing_is_ones_own(hit_of: HitOf, query_of: QueryOf) -> None:
    assert own_evidence(query_of("What does my letter say?"), [hit_of(LETTER, title="Pneumonia")], 8) is None


def test_the_whole_document_is_told_in_its_order(hit_of: HitOf, query_of: QueryOf) -> None:
    letter = own(hit_of(LETTER, title="letter.md"))
    told = Extractive().compose(query_of("What does my letter say?"), [letter], "patient")
    assert [sentence.split(" [")[0] for sentence in told] == [
        "You were admitted with pneumonia.",
        "Stop ramipril until you are seen in clinic.",
        "The next check is in six weeks.",
    ]


LETTER_ZH = "患者因肺炎入院。雷米普利停用至门诊复诊。出院后六周复查肾功能。"


@pytest.mark.parametrize(
    ("letter", "question", "told"),
    [
        (LETTER, "Why was I in hospital?", "You were admitted with pneumonia."),
        (LETTER, "我为什么住院？", "You were admitted with pneumonia."),
        (LETTER, "When do I have to go back?", "The next check is in six weeks."),
        (LETTER, "什么时候复查", "The next check is in six weeks."),
        (LETTER_ZH, "我为什么住院？", "患者因肺炎入院。"),
        (LETTER_ZH, "什么时候复查", "出院后六周复查肾功能。"),
        (LETTER_ZH, "When is my follow-up?", "出院后六周复查肾功能。"),
    ],
)
def test_what_a_letter_tells_of_its_reader_is_found_by_a_question_in_other_words(
    letter: str, question: str, told: str, hit_of: HitOf, query_of: QueryOf
) -> None:
    query = query_of(question)
    evidence = own_evidence(query, [own(hit_of(letter, title="letter.md"))], 8)
    assert evidence is not None
    quoted = Extractive().compose(query, evidence.hits, "patient")
    assert told in {sentence.split(" [")[0] for sentence in quoted}


@pytest.mark.parametrize("question", ["When is my next eye check?", "甲亢什么时候复查", "Why was I in hospital?"])
def test_another_letter_does_not_tell_it(question: str, hit_of: HitOf, query_of: QueryOf) -> None:
    letter = own(hit_of("Ramipril was stopped. Your kidneys are seen again in six weeks.", title="letter.md"))
    assert own_evidence(query_of(question), [letter], 8) is None
