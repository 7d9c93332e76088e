"""Domain values become exactly the JSON that callers rely on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medqa.domain.answer import (
    Abstained,
    Answered,
    Citation,
    Claim,
    Declined,
    Done,
    Event,
    HandedOver,
    Outcome,
    Provenance,
    Reply,
    SafetyScreened,
    Token,
)
from medqa.domain.document import Metadata
from medqa.domain.passage import Hit, Passage
from medqa.domain.plain_text import card_text, piece, whole_text
from medqa.domain.safety import Card, Finding, Screening
from medqa.serve import presenting
from medqa.serve.responses import AskResponse, HitBody, PassageResponse

PASSAGE = Passage(
    id="s/en/flu#0", document_id="s/en/flu", ordinal=0, text="Flu lasts about a week.", section="Overview"
)
METADATA = Metadata(title="Flu", source_id="s", source="MedQA", published="2026-11", language="en")
CITATION = Citation(
    n=1, passage_id=PASSAGE.id, document_id="s/en/flu", title="Flu", source="MedQA", quote=PASSAGE.text, start=0, end=23
)
ANSWERED = Answered(
    text="Flu lasts about a week. [1]",
    claims=(Claim(text="Flu lasts about a week.", citations=(1,), verdict="supported", support=0.98765),),
    citations=(CITATION,),
)
CARD = Card(headline="Call 911 now", action="Call 911. Sit down.", phone="911")


def reply(outcome: Outcome, screening: Screening = Screening()) -> Reply:  # noqa: B008 - frozen
    return Reply(
        id="r1",
        question="How long does flu last?",
        language="en",
        audience="patient",
        outcome=outcome,
        screening=screening,
        notice="MedQA is an AI system.",
        provenance=Provenance(chat_model="extractive", index_snapshot="x"),
        timings_ms={"total": 1.5},
    )


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (ANSWERED, "answered"),
        (Abstained(text="No good evidence.", looked_for=("flu",)), "abstained"),
        (Declined(text="Ask your doctor.", reason="personal_dose"), "declined"),
        (HandedOver(card=CARD, level="emergency"), "emergency"),
        (HandedOver(card=CARD, level="crisis"), "crisis"),
    ],
)
def test_every_outcome_has_its_status_and_fits_the_described_shape(outcome: Outcome, status: str) -> None:
    presented = presenting.reply_json(reply(outcome))
    assert presented["status"] == status
    AskResponse.model_validate(presented, extra="allow")


def test_an_answer_carries_its_claims_and_citations() -> None:
    presented = presenting.reply_json(reply(ANSWERED))
    assert presented["claims"] == [
        {"text": "Flu lasts about a week.", "citations": [1], "verdict": "supported", "support": 0.9877}
    ]
    assert presented["citations"][0]["quote"] == PASSAGE.text[0:23]


def test_an_abstention_says_what_was_looked_for() -> None:
    presented = presenting.reply_json(reply(Abstained(text="No good evidence.", looked_for=("flu", "cure"))))
    assert (presented["looked_for"], presented["claims"]) == (["flu", "cure"], [])


def test_the_card_comes_before_what_may_still_help() -> None:
    presented = presenting.reply_json(reply(HandedOver(card=CARD, level="emergency", below=ANSWERED)))
    assert presented["answer"].startswith("**Call 911 now**")
    assert presented["answer"].endswith(ANSWERED.text)
    assert presented["citations"]


def test_the_phone_is_shown_unless_the_card_has_said_it() -> None:
    assert card_text(CARD).count("911") == 2
    assert card_text(replace(CARD, phone="Samaritans 116 123")).endswith("Samaritans 116 123")


def test_safety_holds_findings_card_and_takeover() -> None:
    finding = Finding(rule="chest.crushing", presentation="acs", tier="1", span="crushing chest pain")
    shown = presenting.safety_json(Screening(level="emergency", findings=(finding,), card=CARD, takeover=True))
    assert shown["findings"] == [
        {"rule": "chest.crushing", "presentation": "acs", "tier": "1", "span": "crushing chest pain"}
    ]
    assert (shown["card"]["phone"], shown["takeover"]) == ("911", True)


def test_hits_and_passages_fit_their_described_shapes() -> None:
    hit = presenting.hit_json(Hit(rank=1, score=0.5, passage=PASSAGE, metadata=METADATA))
    HitBody.model_validate(hit, extra="forbid")
    assert (hit["year"], hit["section"]) == (2026, "Overview")
    PassageResponse.model_validate(presenting.passage_json(PASSAGE, METADATA, [PASSAGE]), extra="forbid")


def test_a_piece_of_text_is_a_token_event() -> None:
    assert presenting.event_json(Token("Flu ")) == ("token", {"text": "Flu "})


def test_a_chat_window_sees_card_answer_sources_and_notice() -> None:
    soft = Screening(level="urgent", card=CARD)
    text = whole_text(reply(ANSWERED, soft))
    parts = ["**Call 911 now**", "Flu lasts about a week. [1]", "Sources:\n[1] Flu, MedQA", "MedQA is an AI system."]
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)


def test_a_card_that_takes_over_is_shown_once() -> None:
    takeover = Screening(level="emergency", card=CARD, takeover=True)
    text = whole_text(reply(HandedOver(card=CARD, level="emergency"), takeover))
    assert text.count("Call 911 now") == 1


def streamed(events: list[Event]) -> str:
    shown = ""
    for event in events:
        shown += piece(event, shown)
    return shown


def test_a_stream_joins_to_the_whole_text() -> None:
    soft = Screening(level="urgent", card=CARD)
    for screening in (Screening(), soft):
        whole = reply(ANSWERED, screening)
        events = [SafetyScreened(screening), Token("Flu lasts about "), Token("a week. [1]\n\n"), Done(whole)]
        assert streamed(events).split() == whole_text(whole).split()


def test_a_stream_that_hands_over_joins_to_the_whole_text() -> None:
    takeover = Screening(level="emergency", card=CARD, takeover=True)
    for below in (None, ANSWERED):
        whole = reply(HandedOver(card=CARD, level="emergency", below=below), takeover)
        events = [SafetyScreened(takeover), *([Token(ANSWERED.text)] if below else []), Done(whole)]
        assert streamed(events) == whole_text(whole)


def test_a_stream_says_when_a_shown_sentence_was_dropped() -> None:
    text = streamed(
        [Token("Flu is cured by garlic. [1] "), Token("Flu lasts about a week. [1]"), Done(reply(ANSWERED))]
    )
    assert "did not stand up to the check" in text
    assert text.count("Flu lasts about a week.") == 2
