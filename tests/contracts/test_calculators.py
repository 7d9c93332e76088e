"""Every calculator: a form in both languages, a source, bands without gaps, and nothing taken for answered."""

from __future__ import annotations

import re

import pytest

from medqa.domain.language import language_of
from medqa.errors import UsageError
from medqa.protocols import Calculator
from medqa.registry import load_all

CALCULATORS: dict[str, Calculator] = {name: factory() for name, factory in load_all("medqa.calculators").items()}

pytestmark = pytest.mark.parametrize("name", CALCULATORS)


def test_it_is_named_as_its_file_and_says_where_it_comes_from(name: str) -> None:
    instrument = CALCULATORS[name].instrument
    assert instrument.name == name
    assert re.search(r"\b(19|20)\d\d\b", instrument.source)
    assert instrument.version
    assert instrument.terms


def test_everything_that_people_read_stands_in_both_languages(name: str) -> None:
    instrument = CALCULATORS[name].instrument
    said = [instrument.title, instrument.stem, instrument.population, instrument.caveat]
    said += [each.text for each in (*instrument.items, *instrument.choices)]
    said += [text for band in instrument.bands for text in (band.name, band.meaning)]
    for wording in said:
        assert set(wording) == {"en", "zh"}
        assert [language_of(wording["en"]), language_of(wording["zh"])] == ["en", "zh"]


def test_items_scores_and_bands_fit_each_other(name: str) -> None:
    instrument = CALCULATORS[name].instrument
    ids = [item.id for item in instrument.items]
    scores = [choice.score for choice in instrument.choices]
    assert len(set(ids)) == len(ids)
    assert len(set(scores)) == len(scores)
    totals = [total for band in instrument.bands for total in range(band.lowest, band.highest + 1)]
    assert totals == list(range(min(scores) * len(ids), max(scores) * len(ids) + 1))


def test_a_missing_answer_is_unknown_and_no_total_is_told(name: str) -> None:
    calculator = CALCULATORS[name]
    items = [item.id for item in calculator.instrument.items]
    least = min(choice.score for choice in calculator.instrument.choices)
    for missing in items:
        found = calculator.calculate({item: least for item in items if item != missing})
        assert (found.total, found.band, found.missing) == (None, None, (missing,))
    assert calculator.calculate(dict.fromkeys(items, least)).missing == ()


def test_a_crisis_item_counts_alone_and_in_every_company(name: str) -> None:
    calculator = CALCULATORS[name]
    instrument = calculator.instrument
    for item in instrument.items:
        for choice in instrument.choices:
            is_crisis = item.is_crisis_item and choice.score > 0
            assert calculator.calculate({item.id: choice.score}).crisis_items == ((item.id,) if is_crisis else ())


def test_an_item_or_a_score_that_it_does_not_have_is_refused(name: str) -> None:
    calculator = CALCULATORS[name]
    first = calculator.instrument.items[0].id
    for answers in ({"nonsense": 0}, {first: 99}, {first: -1}):
        with pytest.raises(UsageError):
            calculator.calculate(answers)
