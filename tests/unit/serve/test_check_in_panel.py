"""The HTML of the check-in: groups that a screen reader can name, nothing chosen, and the cards at hand."""

from __future__ import annotations

import re

import pytest

from medqa.domain.conversation import Language
from medqa.safety.jurisdiction import card
from medqa.serve.ui import texts
from medqa.serve.ui.context import COUNTRIES
from medqa.serve.ui.panels.check_in import form_html
from medqa.serve.ui.rendering import card_html, emphasised
from medqa.wiring.calculating import assess, calculator

PHQ_9 = calculator("phq_9")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param  # type: ignore[no-any-return]


def shown(language: Language, jurisdiction: str | None = None) -> str:
    return form_html(PHQ_9, texts.load(language), jurisdiction)


def test_each_item_is_a_named_group_of_four_buttons_none_of_them_chosen(language: Language) -> None:
    form = shown(language)
    groups = re.findall(r"<fieldset.*?</fieldset>", form)
    assert len(groups) == 9
    for item, group in zip(PHQ_9.instrument.items, groups, strict=True):
        assert f"<legend>{item.id}. {item.text[language]}</legend>" in group
        assert re.findall(r'name="([^"]+)" value="(\d)"', group) == [(f"phq_9-{item.id}", str(n)) for n in range(4)]
    assert "checked" not in form
    assert f'lang="{language}"' in form


def test_only_item_9_is_watched(language: Language) -> None:
    assert re.findall(r'data-item="(\d)" data-crisis', shown(language)) == ["9"]
    assert shown(language).count("data-crisis") == 1


def test_the_card_of_every_place_comes_with_the_form_and_is_the_one_that_the_server_would_send(
    language: Language,
) -> None:
    form = shown(language)
    for place in ("", *COUNTRIES):
        (held,) = re.findall(rf'<template data-place="{place}">(.*?)</template>', form)
        made = assess(PHQ_9, {"9": 3}, language=language, jurisdiction=place or None)
        assert held == card_html(made.screening, language)
        expected = card("crisis", language=language, jurisdiction=place or None)
        assert expected.headline in held
        assert 'role="alert"' in held


def test_the_installations_place_is_chosen_beforehand_and_a_rare_one_still_tells_its_numbers() -> None:
    assert '<option value="GB" selected>' in shown("en", "GB")
    assert '<option value="" selected>' in shown("en")
    rare = shown("en", "CA")
    assert '<option value="" selected>' in rare
    assert card("crisis", language="en", jurisdiction="CA").phone in rare


def test_it_tells_its_source_its_terms_and_that_it_is_kept_by_nobody(language: Language) -> None:
    form = shown(language)
    assert "J Gen Intern Med 2001" in form
    assert "No permission required" in form
    assert ("nothing you mark is stored" if language == "en" else "不会被保存") in form


def test_bold_words_are_marked_and_everything_else_is_escaped() -> None:
    assert emphasised("**a** <b> & c") == "<strong>a</strong> &lt;b&gt; &amp; c"
