"""The check-in: the PHQ-9 as a form. The crisis card appears as soon as its item is marked, before any sum.

The form is HTML of our own: the framework's radio buttons are no group to a keyboard or a screen reader. The cards of
all places come with it, hidden, so that the right one is shown at once and without a server; ``check_in.js`` does
that, and has the sum made by our own route.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING

from medqa.serve.ui import rendering
from medqa.serve.ui.context import COUNTRIES, PageContext, language_of_words, markup, speaking
from medqa.wiring.calculating import assess, calculator

if TYPE_CHECKING:
    from medqa.domain.calculation import Instrument, Item
    from medqa.domain.conversation import Language
    from medqa.protocols import Calculator

Words = Mapping[str, str]

_INSTRUMENT = "phq_9"


class CheckIn:
    """A form in the reader's language. Nothing of it is kept: the browser holds the answers until they are cleared."""

    title = "check_in"
    position = 30
    only_for_administrators = False

    def build(self, context: PageContext) -> None:
        """One HTML component, filled when the page loads."""
        import gradio as gr

        form = markup("check-in")
        chosen = calculator(_INSTRUMENT)

        def shown(words: Words) -> str:
            return rendering.block(form_html(chosen, words, context.settings.jurisdiction))

        gr.on(fn=speaking(shown), outputs=form, show_progress="hidden", api_visibility="private")


def form_html(chosen: Calculator, words: Words, jurisdiction: str | None) -> str:
    """Items, hidden cards, a place for the result, and where it all comes from, in the language of the words."""
    language, instrument = language_of_words(words), chosen.instrument
    rows = "".join(_row_html(instrument, item, language) for item in instrument.items)
    told = (instrument.population[language], instrument.source, instrument.terms)
    origin = "".join(f"<p>{html.escape(text)}</p>" for text in told)
    return (
        f'<form id="check-in-form" data-calculator="{instrument.name}" lang="{language}" autocomplete="off" novalidate>'
        f"<p>{rendering.emphasised(words['check_in_hint'])}</p><p>{html.escape(instrument.stem[language])}</p>"
        f"{rows}{_cards_html(chosen, words, jurisdiction)}"
        f'<p class="deeds"><button type="submit">{words["check_in_button"]}</button>'
        f'<button type="reset">{words["check_in_clear"]}</button></p>'
        '<div class="assessment" role="status"></div>'
        f'<details class="origin"><summary>{words["check_in_origin"]}</summary>{origin}</details></form>'
    )


def _row_html(instrument: Instrument, item: Item, language: Language) -> str:
    """One item as a group of radio buttons, of which none is chosen beforehand."""
    name = f"{instrument.name}-{item.id}"
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{choice.score}"> <span>{choice.text[language]}</span></label>'
        for choice in instrument.choices
    )
    crisis = " data-crisis" if item.is_crisis_item else ""
    legend = f"<legend>{item.id}. {html.escape(item.text[language])}</legend>"
    return f'<fieldset data-item="{item.id}"{crisis}>{legend}<div class="choices">{choices}</div></fieldset>'


def _cards_html(chosen: Calculator, words: Words, jurisdiction: str | None) -> str:
    """A hidden card for each place, and the choice of the place."""
    home = jurisdiction if jurisdiction in COUNTRIES else ""
    places = {"": words["country_unknown"], **{code: words[code] for code in COUNTRIES}}
    options = "".join(
        f'<option value="{code}"{" selected" if code == home else ""}>{html.escape(name)}</option>'
        for code, name in places.items()
    )
    cards = "".join(
        f'<template data-place="{code}">{_card_html(chosen, language_of_words(words), code or jurisdiction)}</template>'
        for code in places
    )
    return (
        f'<div class="check-in-card">{cards}<div class="shown"></div>'
        f"<label hidden>{words['country']} <select>{options}</select></label></div>"
    )


def _card_html(chosen: Calculator, language: Language, place: str | None) -> str:
    marked = {item.id: 1 for item in chosen.instrument.items if item.is_crisis_item}
    return rendering.card_html(assess(chosen, marked, language=language, jurisdiction=place).screening, language)


plugin = CheckIn
