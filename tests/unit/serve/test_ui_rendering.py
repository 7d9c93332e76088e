"""What the page shows is inert: documents, models and people cannot put markup into it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from medqa.domain.answer import Answered, Citation, Claim, HandedOver, Provenance, Reply
from medqa.domain.safety import Card, Screening
from medqa.serve.ui import page, rendering, texts
from medqa.settings import Settings
from medqa.wiring.uploads import OWN


def citation(**changes: object) -> Citation:
    values: dict[str, object] = {
        "n": 1,
        "passage_id": "d#0",
        "document_id": "d",
        "title": "Fever",
        "source": "Publisher",
        "quote": "Fever is common.",
        "start": 4,
        "end": 20,
        "url": "https://example.org/fever",
        "page": 3,
        "published": "2024-05-01",
    }
    return Citation(**(values | changes))  # type: ignore[arg-type]


def reply(**changes: object) -> Reply:
    card = Card(headline="Call 999 now.", action="Sit down.", phone="999")
    answered = Answered(
        text="Fever is common. [1]",
        claims=(Claim(text="Fever is common.", citations=(1,), verdict="supported", support=1.0),),
        citations=(citation(),),
    )
    values: dict[str, object] = {
        "id": "r",
        "question": "fever?",
        "language": "en",
        "audience": "patient",
        "outcome": HandedOver(card=card, level="emergency", below=answered),
        "screening": Screening(level="emergency", card=card, takeover=True),
        "notice": "MedQA is an AI system.",
        "provenance": Provenance(chat_model="extractive", index_snapshot="s"),
    }
    return Reply(**(values | changes))  # type: ignore[arg-type]


def test_a_citation_mark_links_to_its_source_and_stays_on_the_line_of_its_sentence() -> None:
    assert rendering.answer_markdown("Rest. [2] Sleep. ", turn=3) == "Rest.\u00a0[\\[2\\]](#source-3-2) Sleep. "
    assert rendering.answer_markdown("- [1]", turn=1) == "- [\\[1\\]](#source-1-1)"


def test_a_readers_own_document_is_called_so_in_the_language_of_the_answer() -> None:
    mine = citation(source=OWN["en"])
    assert OWN["zh"] in rendering.sources_html([mine], {}, turn=1, language="zh")
    answer = Answered(text="x", claims=(), citations=(mine,))
    assert OWN["zh"] in rendering.copy_text(reply(language="zh", outcome=answer))


@given(st.text())
def test_no_markup_of_the_text_survives(text: str) -> None:
    shown = rendering.escape_markdown(text)
    assert "<" not in shown
    for place, character in enumerate(shown):
        if character in "[]!`":
            assert shown[place - 1] == "\\"


def test_the_quote_is_marked_in_its_context() -> None:
    shown = rendering.sources_html([citation()], {"d#0": "Yes Fever is common. <b>More</b>"}, turn=1, language="en")
    assert 'Yes <mark id="source-1-1" tabindex="-1">Fever is common.</mark><sup>1</sup> &lt;b&gt;More' in shown
    assert "page 3" in shown


def test_the_words_around_a_quote_are_whole_words() -> None:
    before, after = "alpha " * 60, " omega" * 60
    quote = citation(quote="Rest.", start=len(before), end=len(before) + 5)
    shown = rendering.sources_html([quote], {"d#0": f"{before}Rest.{after}"}, turn=1, language="en")
    around = re.sub("<mark.*</sup>", "", shown.split("<blockquote")[1].split(">", 1)[1].split("</blockquote>")[0])
    assert set(around.strip("…").split()) == {"alpha", "omega"}
    assert around.startswith("…")
    assert around.endswith("…")


def test_a_text_without_spaces_keeps_its_context() -> None:
    passage = "甲" * 300 + "休息。" + "乙" * 300
    quote = citation(quote="休息。", start=300, end=303)
    shown = rendering.sources_html([quote], {"d#0": passage}, turn=1, language="zh")
    assert "…甲" in shown
    assert "乙…" in shown


def test_the_facts_for_the_page_s_script_cannot_end_their_element() -> None:
    script = page.head_script(Settings(home=Path("/nowhere")))
    facts = json.loads(script.split('id="attaching">')[1].split("</script>")[0])
    assert facts["most"] == 3
    assert facts["texts"]["en"].keys() == facts["texts"]["zh"].keys()


def test_where_no_document_may_be_attached_its_script_is_not_there() -> None:
    assert "attaching" not in page.head_script(Settings(home=Path("/nowhere"), uploads_held=0))


def test_a_passage_cited_twice_is_shown_once_with_both_quotes() -> None:
    second = citation(n=2, quote="More rest.", start=21, end=31)
    shown = rendering.sources_html(
        [second, citation()], {"d#0": "Yes Fever is common. More rest."}, turn=1, language="en"
    )
    assert shown.count("<article") == 1
    assert shown.index("Fever is common") < shown.index("More rest.")
    assert 'id="source-1-2"' in shown


def test_html_of_ours_is_one_line_so_that_markdown_leaves_it_alone() -> None:
    assert rendering.block("<p>a\n\n[x](y)</p>") == "<div><p>a&#10;&#10;[x](y)</p></div>"


def test_only_web_addresses_become_links() -> None:
    assert "href" not in rendering.sources_html([citation(url="javascript:alert(1)")], {}, turn=1, language="en")


def test_words_that_are_not_the_sources_own_say_so() -> None:
    shown = rendering.sources_html([citation(corrected=True)], {}, turn=1, language="en")
    assert "Corrected in this library" in shown


def test_a_retracted_source_says_so() -> None:
    assert "Retracted" in rendering.sources_html([citation(retracted=True)], {}, turn=1, language="en")


def test_the_card_is_an_alert_whose_number_can_be_dialled() -> None:
    shown = rendering.card_html(reply().screening, "en")
    assert 'role="alert"' in shown
    assert '<a href="tel:999">999</a>' in shown


def test_the_copied_text_holds_card_answer_source_and_notice() -> None:
    copied = rendering.copy_text(reply())
    for part in ("Call 999 now.", "Fever is common. [1]", "[1] Fever", "https://example.org/fever", "AI system"):
        assert part in copied


def test_both_languages_of_the_page_have_the_same_texts() -> None:
    assert texts.load("en").keys() == texts.load("zh").keys()
