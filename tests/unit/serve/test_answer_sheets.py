"""Answers as they come in: lists, objects, gaps, and what is refused without being repeated."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from medqa.domain.language import language_of
from medqa.errors import UsageError
from medqa.serve.answer_sheets import read_answers, read_sheet
from medqa.serve.presenting import assessment_json, instrument_json
from medqa.serve.responses import AssessmentResponse, InstrumentResponse
from medqa.serve.terminal import assessment_text
from medqa.serve.wording import message_of
from medqa.settings import Settings
from medqa.wiring.calculating import assess, calculator

PHQ_9 = calculator("phq_9")
SETTINGS = Settings(home=Path("nowhere"), jurisdiction="GB")


def test_a_list_and_an_object_say_the_same() -> None:
    listed = [0, 1, None, 3, 0, 0, 0, 2, 1]
    named = {str(place): score for place, score in enumerate(listed, start=1)}
    answers = read_answers(listed, PHQ_9.instrument)
    assert answers == read_answers(named, PHQ_9.instrument)
    assert answers == {"1": 0, "2": 1, "4": 3, "5": 0, "6": 0, "7": 0, "8": 2, "9": 1}


@pytest.mark.parametrize(
    "value",
    [None, "012345678", 9, [0] * 8, [0] * 10, [], {"10": 1}, {"item_9": 1}, [0] * 8 + [4], [0] * 8 + [-1],
     [0] * 8 + ["2"], [0] * 8 + [True], [0] * 8 + [1.0], {"9": "many"}],
)  # fmt: skip
def test_what_is_no_answer_is_refused_in_both_languages(value: object) -> None:
    with pytest.raises(UsageError) as caught:
        read_answers(value, PHQ_9.instrument)
    assert caught.value.field == "answers"
    chinese = message_of(caught.value, "zh")
    assert language_of(chinese) == "zh"
    assert "answers" in chinese


def test_a_place_and_a_language_are_taken_from_the_request_else_from_the_settings() -> None:
    sheet = read_sheet({"answers": {}, "language": "zh-CN"}, PHQ_9.instrument, settings=SETTINGS)
    assert (sheet.language, sheet.jurisdiction) == ("zh", "GB")
    sheet = read_sheet({"answers": {}, "jurisdiction": "us"}, PHQ_9.instrument, settings=SETTINGS)
    assert (sheet.language, sheet.jurisdiction) == ("en", "US")
    with pytest.raises(UsageError):
        read_sheet({"answers": {}, "language": "fr"}, PHQ_9.instrument, settings=SETTINGS)


def test_every_way_out_says_that_an_ai_made_it_and_shows_the_card_first() -> None:
    for language, (first, last) in product(("en", "zh"), product((0, 3, None), (0, 1, None))):
        answers = {item: score for item, score in {"1": first, "9": last}.items() if score is not None}
        made = assess(PHQ_9, answers, language=language, jurisdiction="GB")
        told = assessment_json(made, "mine")
        AssessmentResponse.model_validate(told, extra="forbid", strict=True)
        assert told["notice"] == made.notice
        text = assessment_text(made)
        assert "".join(made.notice.split()) in "".join(text.split())
        assert (made.screening.card is not None) == bool(last)
        if made.screening.card:
            keys = list(told)
            assert keys.index("safety") < keys.index("total")
            assert text.index("999") < text.index("PHQ-9")


def test_no_band_stands_beside_a_card_where_it_would_look_like_a_grade() -> None:
    for last in (0, 1):
        answers = dict.fromkeys("12345678", 0) | {"9": last}
        text = assessment_text(assess(PHQ_9, answers, language="en", jurisdiction="US"))
        assert ("Minimal" in text) == (last == 0)
        assert f"Sum: {last} of 27" in text


def test_the_form_is_described_as_it_is_sent() -> None:
    InstrumentResponse.model_validate_json(json.dumps(instrument_json(PHQ_9.instrument)), extra="forbid")
