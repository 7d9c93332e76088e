"""What the safety cards make of a questionnaire: on every answer sheet, in both languages, everywhere."""

from __future__ import annotations

from itertools import product

import pytest

from medqa.domain.conversation import Language
from medqa.errors import UsageError
from medqa.safety.jurisdiction import jurisdictions
from medqa.safety.screen import RedFlagScreener
from medqa.wiring.calculating import assess, calculator, calculators

PHQ_9 = calculator("phq_9")
ITEMS = tuple("123456789")


def test_a_marked_item_9_brings_the_crisis_card_on_every_sheet_there_is_and_no_other_sheet_does() -> None:
    wrong = 0
    for scores in product(range(4), repeat=9):
        made = assess(PHQ_9, dict(zip(ITEMS, scores, strict=True)), language="en", jurisdiction="US")
        is_crisis = (made.screening.level, made.screening.takeover, made.status) == ("crisis", True, "crisis")
        wrong += is_crisis != (scores[8] > 0) or (made.screening.card is not None) != is_crisis
    assert wrong == 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("place", [*jurisdictions(), None])
def test_the_card_is_the_one_that_the_same_thing_in_words_brings(language: Language, place: str | None) -> None:
    said = {"en": "I want to die", "zh": "我不想活了"}[language]
    screened = RedFlagScreener(rules_alone=True).screen(said, language=language, jurisdiction=place)
    for score in (1, 2, 3):
        made = assess(PHQ_9, {"9": score}, language=language, jurisdiction=place)
        assert made.screening.card == screened.card
        assert (made.screening.level, made.screening.takeover) == (screened.level, screened.takeover)


def test_the_card_does_not_depend_on_how_often() -> None:
    cards = {assess(PHQ_9, {"9": score}, language="en", jurisdiction="GB").screening.card for score in (1, 2, 3)}
    assert len(cards) == 1


def test_the_finding_names_the_item_and_the_words_that_were_chosen() -> None:
    (finding,) = assess(PHQ_9, {"9": 1}, language="zh", jurisdiction=None).screening.findings
    assert (finding.rule, finding.presentation, finding.tier, finding.span) == (
        "phq_9.item_9",
        "suicide",
        "M",
        "好几天",
    )


def test_an_incomplete_sheet_says_so_and_a_whole_one_is_complete() -> None:
    assert assess(PHQ_9, {"1": 3}, language="en", jurisdiction=None).status == "incomplete"
    assert assess(PHQ_9, dict.fromkeys(ITEMS[:8], 3) | {"9": 0}, language="en", jurisdiction=None).status == "complete"


def test_every_calculator_is_found_by_its_name_and_an_unknown_name_lists_them() -> None:
    assert "phq_9" in [each.instrument.name for each in calculators()]
    with pytest.raises(UsageError, match="phq_9"):
        calculator("nonsense")
