"""The PHQ-9: every answer sheet there is, the bands, and what is said when an answer is missing."""

from __future__ import annotations

from itertools import product

import pytest

from medqa.calculators.phq_9 import Phq9
from medqa.errors import UsageError

PHQ_9 = Phq9()
ITEMS = tuple("123456789")


def sheet(*scores: int | None) -> dict[str, int]:
    return {item: score for item, score in zip(ITEMS, scores, strict=True) if score is not None}


def test_item_9_above_0_is_a_crisis_on_every_sheet_and_nothing_else_is() -> None:
    tried = 0
    for scores in product(range(4), repeat=9):
        found = PHQ_9.calculate(dict(zip(ITEMS, scores, strict=True)))
        assert found.crisis_items == (("9",) if scores[8] > 0 else ())
        assert found.total == sum(scores)
        tried += 1
    assert tried == 4**9


def test_item_9_counts_whatever_is_missing() -> None:
    for answered in product((False, True), repeat=8):
        others = {item: 0 for item, is_there in zip(ITEMS, answered, strict=False) if is_there}
        for score in range(4):
            assert bool(PHQ_9.calculate({**others, "9": score}).crisis_items) == (score > 0)
        assert not PHQ_9.calculate(others).crisis_items


# Worked by hand: a sheet, its sum, the severity that the paper gives it, and whether item 9 is marked.
@pytest.mark.parametrize(
    ("scores", "total", "english", "chinese", "is_crisis"),
    [
        ("000000000", 0, "Minimal", "很轻或没有", False),
        ("000000001", 1, "Minimal", "很轻或没有", True),
        ("110110000", 4, "Minimal", "很轻或没有", False),
        ("111110000", 5, "Mild", "轻度", False),
        ("101121111", 9, "Mild", "轻度", True),
        ("221111110", 10, "Moderate", "中度", False),
        ("222222110", 14, "Moderate", "中度", False),
        ("222222111", 15, "Moderately severe", "中重度", True),
        ("323222320", 19, "Moderately severe", "中重度", False),
        ("332232320", 20, "Severe", "重度", False),
        ("333333330", 24, "Severe", "重度", False),
        ("333333333", 27, "Severe", "重度", True),
    ],
)
def test_sheets_worked_by_hand(scores: str, total: int, english: str, chinese: str, is_crisis: bool) -> None:
    found = PHQ_9.calculate(sheet(*map(int, scores)))
    assert found.band is not None
    assert (found.total, found.band.name["en"], found.band.name["zh"]) == (total, english, chinese)
    assert bool(found.crisis_items) == is_crisis


# Kroenke 2001: cut points 5, 10, 15 and 20 for mild, moderate, moderately severe and severe.
@pytest.mark.parametrize(
    ("total", "name", "lowest", "highest"),
    [
        (0, "Minimal", 0, 4),
        (4, "Minimal", 0, 4),
        (5, "Mild", 5, 9),
        (9, "Mild", 5, 9),
        (10, "Moderate", 10, 14),
        (14, "Moderate", 10, 14),
        (15, "Moderately severe", 15, 19),
        (19, "Moderately severe", 15, 19),
        (20, "Severe", 20, 27),
        (27, "Severe", 20, 27),
    ],
)
def test_a_band_begins_and_ends_where_the_paper_says(total: int, name: str, lowest: int, highest: int) -> None:
    scores = [min(3, max(0, total - 3 * place)) for place in range(9)]
    found = PHQ_9.calculate(sheet(*scores))
    assert found.total == total
    assert found.band is not None
    assert (found.band.name["en"], found.band.lowest, found.band.highest) == (name, lowest, highest)


def test_the_bands_cover_every_total_once() -> None:
    covered = [total for band in PHQ_9.instrument.bands for total in range(band.lowest, band.highest + 1)]
    assert covered == list(range(28))


def test_an_unanswered_item_leaves_the_total_unknown_and_is_named() -> None:
    found = PHQ_9.calculate(sheet(3, 3, None, 3, 3, 3, None, 3, 0))
    assert (found.total, found.band, found.missing) == (None, None, ("3", "7"))
    assert found.interpretation["en"] == "There is no sum yet. Not answered: question 3, 7."
    assert found.interpretation["zh"] == "还没有总分。未回答：第3、7题。"


def test_no_answer_at_all_is_not_a_total_of_0() -> None:
    found = PHQ_9.calculate({})
    assert found.total is None
    assert found.missing == ITEMS


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_soothing_stands_beside_a_marked_item_9(language: str) -> None:
    soothing = PHQ_9.calculate(sheet(0, 0, 0, 0, 0, 0, 0, 0, 0)).interpretation[language]  # type: ignore[index]
    beside = PHQ_9.calculate(sheet(0, 0, 0, 0, 0, 0, 0, 0, 1)).interpretation[language]  # type: ignore[index]
    assert soothing not in beside
    assert "9" in beside


@pytest.mark.parametrize("answers", [{"10": 1}, {"0": 0}, {"1": 4}, {"1": -1}, {"item_9": 2}])
def test_an_item_or_score_that_it_does_not_have_is_refused(answers: dict[str, int]) -> None:
    with pytest.raises(UsageError) as caught:
        PHQ_9.calculate(answers)
    assert caught.value.field == "answers"


def test_the_english_wording_is_the_published_one() -> None:
    asked = [item.text["en"] for item in PHQ_9.instrument.items]
    assert asked[0] == "Little interest or pleasure in doing things"
    assert asked[1] == "Feeling down, depressed, or hopeless"
    assert asked[8] == "Thoughts that you would be better off dead, or of hurting yourself in some way"
    assert [choice.text["en"] for choice in PHQ_9.instrument.choices] == [
        "Not at all",
        "Several days",
        "More than half the days",
        "Nearly every day",
    ]
