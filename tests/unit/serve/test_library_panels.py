"""The HTML of the library and curation panels."""

from __future__ import annotations

from collections import Counter
from datetime import date

from medqa.domain.document import Metadata, Source
from medqa.domain.passage import Hit, Passage
from medqa.index.curation import CutDocument, CutPassage, Edit
from medqa.index.holdings import Holdings, holdings_of
from medqa.serve.ui import texts
from medqa.serve.ui.context import reader_words
from medqa.serve.ui.curating import document_html, passage_label, standings_html
from medqa.serve.ui.panels.library import holdings_html
from medqa.wiring.curating import Standing

EN, ZH = texts.load("en"), texts.load("zh")
HOSTILE = "<img src=x onerror=alert(1)>"
METADATA = Metadata(title="Fever", source_id="s", source="S")


def passage(ordinal: int = 0, text: str = "Rest helps.", **known: object) -> Passage:
    return Passage(id=f"s/f#{ordinal}", document_id="s/f", ordinal=ordinal, text=text, **known)  # type: ignore[arg-type]


def test_a_source_is_shown_with_counts_languages_dates_and_what_to_note() -> None:
    held = Holdings(
        source=Source(id="s", title="Leaflets", publisher="A house", licence="CC0"),
        documents=1200,
        passages=9000,
        languages=Counter(en=1000, zh=200),
        first="2019",
        last="2024-05",
        undated=3,
        unreviewed=1200,
    )
    shown = holdings_html([held], EN)
    for words in (
        "A house · CC0",
        "Documents: 1,200",
        "Passages: 9,000",
        "English 1,000, Chinese 200",
        "2019 – 2024-05",
    ):
        assert words in shown
    assert "Undated: 3" in shown
    assert "Not clinically reviewed: 1,200" in shown
    assert "Retracted" not in shown
    assert "文档：1,200" in holdings_html([held], ZH)


def test_stale_and_retracted_documents_are_named_under_their_count() -> None:
    many = [(f"s/{n}", Metadata(title=f"Old {n}", source_id="s", source="S", review_by="2020"), 1) for n in range(25)]
    shown = holdings_html([holdings_of(Source(id="s", title="S"), many, today=date(2026, 11, 22))], EN)
    assert "<summary>Past review: 25</summary>" in shown
    assert "<li>Old 19</li><li>and 5 more</li>" in shown


def test_documents_own_licences_stand_in_for_the_sources() -> None:
    held = Holdings(source=Source(id="s", title="S"), licences=Counter({"CC BY": 3, "unknown": 9}))
    assert "CC BY" in holdings_html([held], EN)
    assert "licence unknown" in holdings_html([Holdings(source=Source(id="s", title="S"))], EN)
    assert holdings_html([], EN) == "<p>Nothing has been taken in yet.</p>"


def test_a_document_shows_place_length_state_and_the_sources_own_text() -> None:
    corrected = CutPassage(
        passage=passage(1, page=4), edit=Edit(made="2026-11-22T10:00:00+00:00", text="Rest may help.")
    )
    hidden = CutPassage(passage=passage(2), edit=Edit(made="2026-11-22T10:00:00+00:00", text=None))
    cut = CutPassage(passage=passage(0, section="Self-care"))
    shown = document_html(CutDocument(id="s/f", metadata=METADATA, passages=(cut, corrected, hidden)), EN)
    assert "#0 · Self-care · 11 characters" in shown
    assert "#1 · page 4 · 14 characters" in shown
    assert "corrected 2026-11-22" in shown
    assert "<blockquote>Rest helps.</blockquote></details>" in shown
    assert "hidden 2026-11-22" in shown
    assert passage_label(hidden, EN) == "#2 · hidden · Rest helps."


def test_standings_tell_the_place_in_the_whole_library() -> None:
    hit = Hit(rank=1, score=0.0123, passage=passage(), metadata=METADATA, similarity=0.5)
    shown = standings_html([Standing(hit=hit, rank_in_library=7), Standing(hit=hit, rank_in_library=None)], 100, EN)
    assert "place in the whole library: 7 · score 0.0123 · similarity 0.50" in shown
    assert "not among the first 100" in shown
    assert "finds no passage" in standings_html([], 100, EN)


def test_hostile_text_stays_text() -> None:
    source = Source(id="s", title=HOSTILE, publisher=HOSTILE, licence=HOSTILE)
    held = Holdings(source=source, languages=Counter({HOSTILE: 1}), first=HOSTILE, retracted=1)
    held.retracted_documents["x"] = HOSTILE
    cut = CutPassage(passage=passage(0, HOSTILE, section=HOSTILE), edit=Edit(made=HOSTILE[:10], text=HOSTILE))
    metadata = Metadata(title=HOSTILE, source_id="s", source="S")
    hit = Hit(rank=1, score=1.0, passage=passage(0, HOSTILE), metadata=metadata)
    for shown in (
        holdings_html([held], EN),
        document_html(CutDocument(id=HOSTILE, metadata=metadata, passages=(cut,)), EN),
        standings_html([Standing(hit=hit, rank_in_library=1)], 100, EN),
    ):
        assert "<img" not in shown


def test_the_page_speaks_the_browsers_language() -> None:
    assert reader_words({"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}) is ZH
    assert reader_words({"accept-language": "en-US,zh;q=0.9"}) is EN
    assert reader_words({}) is EN
